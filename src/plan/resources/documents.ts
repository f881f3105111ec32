import { same } from '../canonical.ts'
import type { PlanContext } from '../context.ts'
import type { Before, Manifest } from '../manifest.ts'
import { namesOf } from '../names.ts'
import type { Observed } from '../observed.ts'
import { step } from '../step.ts'
import type { Reason, Ref, Step } from '../types.ts'

/** Like {@link Manifest}, with refs where apply will fill in. */
export type PlannedManifest = { [Field in keyof Manifest]: unknown }

export function manifestStep(
  id: string,
  manifest: PlannedManifest,
  observed: Observed,
  context: { distribution: string },
  reason: Reason,
  after: string[] = [],
): Step {
  const { manifest: name } = namesOf(context.distribution)
  return step({
    id,
    kind: 'document.put',
    action: observed.manifest || id !== 'manifest' ? 'update' : 'create',
    reason,
    resource: `Record in SSM: ${stateWords(manifest.state)}`,
    inputs: { name, value: manifest },
    after,
  })
}

function stateWords(state: unknown): string {
  if (state === 'installing') return 'what is being installed'
  if (state === 'tearing-down') return 'tearing down'
  return 'what is installed'
}

export function settingsStep(observed: Observed, context: PlanContext, after: string[]): Step[] {
  if (observed.settings && same(observed.settings, context.settings)) return []
  const { settings: name } = namesOf(context.distribution)
  return [
    step({
      id: 'settings',
      kind: 'document.put',
      action: observed.settings ? 'update' : 'create',
      reason: observed.settings ? 'settings' : 'missing',
      resource: 'Record in SSM: the installed settings',
      inputs: { name, value: context.settings },
      after,
    }),
  ]
}

export function beforeStep(observed: Observed, context: PlanContext, before: Before): Step[] {
  if (observed.before && same(observed.before, before)) return []
  const { before: name } = namesOf(context.distribution)
  return [
    step({
      id: 'before',
      kind: 'document.put',
      action: observed.before ? 'update' : 'create',
      reason: observed.before ? 'missing' : context.reasonForMissing,
      resource: 'Record in SSM: what was there before',
      inputs: { name, value: before },
      after: ['manifest'],
    }),
  ]
}

/** For infrastructure code to read: Terraform's data.aws_ssm_parameter, CDK's valueForStringParameter. */
export function versionArnStep(
  observed: Observed,
  context: PlanContext,
  versionArn: string | Ref,
  after: string[],
): Step[] {
  if (observed.versionArn !== undefined && observed.versionArn === versionArn) return []
  const { versionArn: name } = namesOf(context.distribution)
  return [
    step({
      id: 'version-arn',
      kind: 'document.put',
      action: observed.versionArn === undefined ? 'create' : 'update',
      reason: typeof versionArn === 'string' ? context.reasonForMissing : 'missing',
      resource: `SSM parameter ${name}, for infrastructure code`,
      inputs: { name, value: versionArn, plain: true },
      after,
    }),
  ]
}

/** Keys first, then everything but the manifest, which another step deletes last. */
export function parameterDestroySteps(observed: Observed, distribution: string): [Step[], Step[]] {
  const names = namesOf(distribution)
  const found = observed.parameters
    .map(({ name }) => name)
    .filter((name) => !name.startsWith(names.lock))
  const keys = found.filter((name) => name.startsWith(`${names.path}keys/`))
  const rest = found.filter((name) => !keys.includes(name) && !isManifest(name, names.manifest))
  const remove = (id: string, what: string, list: string[]): Step[] =>
    list.length === 0
      ? []
      : [
          step({
            id,
            kind: 'parameters.delete',
            action: 'delete',
            reason: 'settings',
            resource: what,
            inputs: { names: list },
          }),
        ]
  return [
    remove('keys', `Private keys in SSM (${keys.length})`, keys),
    [
      ...remove('parameters', `Other records in SSM (${rest.length})`, rest),
      ...remove(
        'manifest.last',
        'Record in SSM: what is installed',
        found.filter((name) => isManifest(name, names.manifest)),
      ),
    ],
  ]
}

/** The head and its further chunks (`manifest.<digest>.2`). */
function isManifest(name: string, head: string): boolean {
  return name === head || name.startsWith(`${head}.`)
}
