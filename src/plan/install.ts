import type { Settings } from '../access/settings.ts'
import { plannedAccess, siteOf } from './access.ts'
import { same } from './canonical.ts'
import type { PlanContext, PlanInput } from './context.ts'
import { keysLater } from './keys/age.ts'
import { RINGS } from './names.ts'
import type { Observed } from './observed.ts'
import { refuseDistribution, refuseUnlessPossible } from './refusals/refusals.ts'
import { planApp } from './resources/app.ts'
import { attachmentSteps, plannedBefore } from './resources/attachment.ts'
import {
  beforeStep,
  manifestStep,
  settingsStep,
  versionArnStep,
  type PlannedManifest,
} from './resources/documents.ts'
import { planFunction } from './resources/edge-function.ts'
import { encryptionSteps } from './resources/encryption.ts'
import { planKeys } from './resources/keys.ts'
import { startedClient } from './resources/okta-client.ts'
import {
  effectiveRevocations,
  knownRevocations,
  notBeforeOf,
  revocationsStep,
  revocationState,
} from './resources/revocations.ts'
import { roleSteps } from './resources/role.ts'
import { retiredVersions, versionHousekeeping } from './resources/versions.ts'
import { refuseNewerTool } from './refusals/tool-version.ts'
import type { Plan, Step } from './types.ts'

/**
 * What must be done so that the settings are installed: none when they are.
 * Throws a GuardError where nothing may be done. Pure: same input, same plan.
 */
export function planInstall(settings: Settings, observed: Observed, input: PlanInput): Plan {
  refuseUnlessPossible(settings, observed)
  refuseNewerTool(observed.manifest, input.tool)
  const distribution = refuseDistribution(settings.distribution, observed)
  const context: PlanContext = {
    ...input,
    distribution: settings.distribution,
    settings,
    ...reasonsOf(observed),
    access: plannedAccess(settings, observed.manifest),
    site: siteOf(settings, distribution),
  }

  const keys = planKeys(observed, context)
  const made = RINGS.filter((ring) => keys.steps.some(({ id }) => id === `keys.${ring}`))
  const encryption = encryptionSteps(observed, context, made)
  const app = planApp(observed, context, keys.client, made)
  const { clientId } = app
  const edge = planFunction(observed, context, {
    clientId,
    sessionKeys: keys.session,
    sessionKids: keys.sessionKids,
    notBefore: notBeforeOf(effectiveRevocations(observed)),
  })
  const before = plannedBefore(observed, context, distribution)
  const attachment = attachmentSteps(observed, context, edge, distribution)
  const versions = versionHousekeeping(observed, context, edge.versionArn)

  const withKeys: PlannedManifest = {
    ...startedManifest(observed, context),
    keys: keys.entries,
  }
  const withFunction: PlannedManifest = {
    ...withKeys,
    okta: app.installed,
    metadata: edge.metadata,
    access: context.access,
    function: edge.installed,
    retired: retiredVersions(observed, context, edge.versionArn),
  }
  // Until a stranger has met the guard again, a run that dies must leave a trace.
  const repairs = attachment.length > 0 && observed.manifest?.state === 'installed'
  const steps: Step[] = [
    ...firstManifest(observed, context),
    ...lostRevocations(observed, context),
    ...keys.steps,
    ...(keys.steps.length > 0
      ? [manifestStep('manifest.keys', withKeys, observed, context, context.reasonForMissing)]
      : []),
    ...app.steps,
    ...roleSteps(observed, context, encryption),
    ...edge.steps,
    ...(edge.steps.length > 0 || repairs
      ? [
          manifestStep(
            'manifest.function',
            { ...withFunction, state: 'installing' },
            observed,
            context,
            edge.steps[0]?.reason ?? attachment[0]?.reason ?? 'missing',
          ),
        ]
      : []),
    ...beforeStep(observed, context, before),
    ...attachment,
    ...versions.steps,
    ...settingsStep(observed, context, ['web.probe']),
    ...versionArnStep(observed, context, edge.versionArn, ['web.probe']),
    ...keys.retirement,
  ]
  const final: PlannedManifest = {
    ...withFunction,
    keys: keys.left,
    state: 'installed',
    revocations: knownRevocations(effectiveRevocations(observed)),
  }
  if (steps.length > 0 || !sameManifest(observed, final)) {
    const otherwise = same(keys.left, keys.entries) ? context.reasonForMissing : 'housekeeping'
    const reason = steps.find((one) => one.reason !== 'missing')?.reason ?? otherwise
    steps.push(manifestStep('manifest.installed', final, observed, context, reason))
  }
  const { manifest } = observed
  const later = manifest ? keysLater(manifest, context.now) : []
  return { steps, later: [...later, ...versions.later], findings: [] }
}

/** Written anew where it was lost: else the next plan would forget them. */
function lostRevocations(observed: Observed, { distribution }: PlanContext): Step[] {
  const wanted = effectiveRevocations(observed)
  if (!wanted || revocationState(observed) !== 'lost') return []
  return [revocationsStep(distribution, observed.revocations, wanted, 'drift')]
}

function reasonsOf({
  manifest,
}: Observed): Pick<PlanContext, 'reasonForMissing' | 'reasonForOlder'> {
  if (manifest?.state !== 'installed') {
    return { reasonForMissing: 'missing', reasonForOlder: 'missing' }
  }
  return { reasonForMissing: 'drift', reasonForOlder: manifest.access ? 'drift' : 'update' }
}

function startedManifest(observed: Observed, context: PlanContext): PlannedManifest {
  const { manifest } = observed
  const taken = manifest?.state === 'tearing-down'
  const { client } = context.settings.okta
  return {
    version: 1,
    tool: context.tool,
    distribution: context.distribution,
    account: observed.identity.account,
    state: manifest?.state === 'installed' ? 'installed' : 'installing',
    installedAt: manifest?.installedAt ?? context.now,
    // A teardown that was begun may have deleted the private halves: none of them is trusted again.
    keys: (taken ? undefined : manifest?.keys) ?? { session: [], client: [], seal: [] },
    rotation: taken ? undefined : manifest?.rotation,
    okta: client ? startedClient(client, context, manifest) : manifest?.okta,
    metadata: manifest?.metadata,
    access: manifest?.access,
    function: manifest?.function,
    revocations: taken ? undefined : manifest?.revocations,
    retired: manifest?.retired ?? [],
  }
}

/** Written before the first create, so that a run that dies leaves a trace of where it was. */
function firstManifest(observed: Observed, context: PlanContext): Step[] {
  const state = observed.manifest?.state
  if (state === 'installed' || state === 'installing') return []
  const started = startedManifest(observed, context)
  return [manifestStep('manifest', started, observed, context, 'missing')]
}

/** The tool's version moves by itself and is no reason to write. */
function sameManifest(observed: Observed, final: PlannedManifest): boolean {
  return same({ ...observed.manifest, tool: '' }, { ...final, tool: '' })
}
