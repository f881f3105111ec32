import type { Settings } from '../access/settings.ts'
import type { AwsCall } from '../aws/create.ts'
import type { Aws } from '../aws/types.ts'
import { checkApplied, checkPlan } from '../checks/index.ts'
import { diagnose, exitOfDiagnosis } from '../checks/doctor.ts'
import { refused } from '../checks/refused.ts'
import { checkSizes } from '../checks/guard/sizes.ts'
import { toSettings } from '../config/settings.ts'
import { GuardError } from '../errors/guard-error.ts'
import { valueOf, type Examined, type OktaExamined } from '../plan/examined.ts'
import { planInstall } from '../plan/install.ts'
import { namesOf } from '../plan/names.ts'
import type { Observed } from '../plan/observed.ts'
import { comingCommands } from '../plan/permissions.ts'
import type { Finding, Plan } from '../plan/types.ts'
import { cloudTime, type Cloud } from '../provision/cloud.ts'
import { sizeOfDocument } from '../provision/documents.ts'
import { examine } from '../provision/examine.ts'
import { assertFeasible } from '../provision/feasible.ts'
import type { SeenActions } from '../provision/permissions.ts'
import type { DoctorData } from '../ui/schemas/data.ts'
import { askDistribution, completeSettings, toldSettings } from './shared/ask.ts'
import { cloudOf, findOktaHere, normalized, openAws, openOkta } from './shared/connect.ts'
import { installedOrg, refuseUnsaidOrg, saysOrg, sendable } from './shared/okta-org.ts'
import type { Command, CommandContext, CommandResult } from './program/context.ts'
import { typedAll } from './shared/next.ts'
import { renderDoctor } from './doctor/view.ts'
import { INSTALL_DEFAULTS, type DoctorOptions, type InstallOptions } from './program/options.ts'

type Context = CommandContext<DoctorOptions>
type Told = ReturnType<typeof toldSettings>

/** What would stop a command and what leaves the site open; changes nothing and takes no lock. */
export const run: Command<DoctorOptions, DoctorData> = async (context) => {
  const asking = { ...context, options: { ...INSTALL_DEFAULTS, ...context.options } }
  const told = toldSettings(asking)
  context.output.info('Looking at AWS, Okta and the site. Nothing is changed.')
  const seen = recorder()
  const aws = await openAws(context, seen.record)
  const distribution = told.distribution ?? (await chosen(told, asking, aws))
  const okta = await oktaOf(context, told, distribution, aws)
  const cloud = await cloudOf(context, aws, okta.admin)
  const wanted = wantedOf(told, distribution, okta.orgUrl, context)
  const examined = await examine(cloud, {
    distribution,
    wanted,
    okta,
    authorizationServer: told.okta.authorizationServer,
    now: context.io.now,
    seen: seen.actions,
  })
  return resultOf(context, cloud, told, wanted, examined)
}

/** A call that was answered was allowed, though what it asked for may be missing. */
function recorder(): { record(call: AwsCall): void; actions(): SeenActions } {
  const allowed = new Set<string>()
  const denied = new Set<string>()
  return {
    record({ service, operation, status = 0 }) {
      const action = `${service}:${operation}`
      if (status === 404 || (status >= 200 && status < 300)) allowed.add(action)
      if (status === 403) denied.add(action)
    },
    actions: () => ({ allowed, denied }),
  }
}

/** Without one, and nobody to ask, the rest is examined all the same. */
async function chosen(
  told: Told,
  asking: CommandContext<InstallOptions>,
  aws: Aws,
): Promise<string | undefined> {
  if (!asking.prompter.available) return undefined
  try {
    return await askDistribution(told, asking, aws)
  } catch (error) {
    if (error instanceof GuardError && error.code !== 'interrupted') return undefined
    throw error
  }
}

type OktaHere = Pick<OktaExamined, 'orgUrl' | 'credentials'> & {
  admin: Cloud['okta']
  error: GuardError | undefined
}

/** Whatever is wrong with the address or the credentials is a finding. */
async function oktaOf(
  context: Context,
  told: Told,
  distribution: string | undefined,
  aws: Aws,
): Promise<OktaHere> {
  const here: OktaHere = {
    orgUrl: told.okta.orgUrl,
    credentials: undefined,
    admin: undefined,
    error: undefined,
  }
  try {
    const found = await findOktaHere(context, told.okta.orgUrl)
    for (const warning of found.warnings) context.output.warn(warning)
    const { credentials } = found
    here.credentials = credentials && {
      source: credentials.source,
      scopes: credentials.kind === 'service-app' ? credentials.scopes : undefined,
    }
    const isSaid = saysOrg(context, found)
    const installed = isSaid ? undefined : await orgIn(distribution, aws)
    const url = told.okta.orgUrl ?? found.orgUrl ?? installed
    here.orgUrl = url === undefined ? undefined : normalized(context, url)
    const what = sendable(found)
    if (credentials && what !== undefined && here.orgUrl !== undefined) {
      if (!isSaid) refuseUnsaidOrg(context, here.orgUrl, installed, what)
      here.admin = await openOkta(context, here.orgUrl, credentials)
    }
    return here
  } catch (error) {
    if (!(error instanceof GuardError) || error.code === 'interrupted') throw error
    return { ...here, error }
  }
}

async function orgIn(distribution: string | undefined, aws: Aws): Promise<string | undefined> {
  if (distribution === undefined) return undefined
  try {
    return await installedOrg(distribution, aws)
  } catch (error) {
    // Said by the examination, which reads them again.
    if (error instanceof GuardError && error.code !== 'interrupted') return undefined
    throw error
  }
}

/** What the operator has said, where that is enough to compare with. */
function wantedOf(
  told: Told,
  distribution: string | undefined,
  orgUrl: string | undefined,
  { config }: Context,
): Settings | undefined {
  const filed = config && toSettings(config.file)
  if (filed && filed.distribution !== distribution) return undefined
  const { hosts, allow } = told
  if (distribution === undefined || orgUrl === undefined || !hosts || !allow) return undefined
  const asked = { distribution, orgUrl, hosts, allow, behaviors: told.behaviors }
  return completeSettings(told, undefined, asked, true)
}

function resultOf(
  context: Context,
  cloud: Cloud,
  told: Told,
  wanted: Settings | undefined,
  examined: Examined,
): CommandResult<DoctorData> {
  const documents = valueOf(examined.documents)
  const observed = observedOf(examined)
  const settings = documents?.settings ?? wanted ?? assumed(told, observed)
  const now = cloudTime(cloud.aws).toISOString()
  const planned = observed ? plannedFindings(cloud, observed, examined, wanted, now) : []
  const accepted = [...(settings?.status.accept ?? []), ...told.status.accept]
  const { findings, ...diagnosis } = diagnose(
    { examined, observed, settings, planned, now, env: context.io.env },
    accepted,
  )
  const manifest = documents?.manifest
  const state = examined.documents?.ok ? (manifest?.state ?? 'absent') : 'unknown'
  const coming = comingCommands(manifest?.state)
  const exitCode = exitOfDiagnosis({ ...diagnosis, findings }, context.options.strict)
  const data: DoctorData = {
    distribution: examined.distributionId ?? null,
    state,
    coming,
    ...diagnosis,
    findings: typedAll(findings, context, examined.distributionId),
    next: exitCode === 0 ? [nextOf(state, examined.distributionId)] : [],
  }
  return { exitCode, data, render: (view) => renderDoctor(view, data, context.io.columns) }
}

function nextOf(state: DoctorData['state'], id: string | undefined): string {
  const command = state === 'installed' ? 'status' : state === 'tearing-down' ? 'teardown' : 'init'
  return `s3-okta-guard ${command}${id === undefined ? '' : ` --distribution ${id}`}`
}

/** As far as it could be read; what could not is as if it were not there, and is said to be unread. */
function observedOf(examined: Examined): Observed | undefined {
  const identity = valueOf(examined.identity)
  if (!identity || examined.distributionId === undefined) return undefined
  const documents = valueOf(examined.documents)
  return {
    identity,
    distribution: valueOf(examined.distribution),
    role: valueOf(examined.role),
    lambda: valueOf(examined.lambda),
    parameters: valueOf(examined.parameters) ?? [],
    manifest: documents?.manifest,
    settings: documents?.settings,
    before: documents?.before,
    revocations: documents?.revocations,
    versionArn: documents?.versionArn,
    okta: valueOf(examined.okta.observed) ?? { checked: false, reason: 'Okta could not be asked' },
  }
}

/** What init would take without being told; enough to judge the distribution by. */
function assumed(told: Told, observed: Observed | undefined): Settings | undefined {
  const distribution = observed?.distribution
  if (!distribution) return undefined
  const names = distribution.aliases.filter((name) => !name.startsWith('*.'))
  const asked = {
    distribution: distribution.id,
    orgUrl: told.okta.orgUrl ?? '',
    hosts: told.hosts ?? (names.length > 0 ? names : [distribution.domainName]),
    allow: told.allow ?? { everyone: true as const },
    behaviors: told.behaviors,
  }
  return completeSettings(told, undefined, asked, true)
}

/** What the installed and the wanted settings would change, and whether that could be carried out. */
function plannedFindings(
  cloud: Cloud,
  observed: Observed,
  examined: Examined,
  wanted: Settings | undefined,
  now: string,
): Finding[] {
  const { role, lambda, parameters, documents, distribution } = examined
  const complete = [role, lambda, parameters, documents, distribution].every((one) => one?.ok)
  if (!complete || !observed.distribution) return []
  const { settings: installed } = observed
  const sizes = checkSizes(sizesOf(observed))
  const found = installed
    ? attempt(() => checkPlan(plan(installed, observed, cloud, now), observed))
    : []
  const ahead = wanted
    ? attempt(() => {
        const steps = plan(wanted, observed, cloud, now)
        if (observed.okta.checked) assertFeasible(steps, cloud)
        return installed ? checkApplied(steps) : []
      })
    : []
  return [...found, ...ahead, ...sizes]
}

function plan(settings: Settings, observed: Observed, cloud: Cloud, now: string): Plan {
  return planInstall(settings, observed, {
    now,
    tool: cloud.tool,
    build: cloud.build.digest,
    ssmEndpoint: cloud.aws.endpoint,
  })
}

/** What refuses a plan is told by the checks of the distribution; what cannot be built is told here. */
function attempt(look: () => Finding[]): Finding[] {
  try {
    return look()
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    const ours = ['too-large-for-ssm', 'edge-too-large', 'manifest-newer'].includes(error.code)
    return ours ? [refused(error)] : []
  }
}

function sizesOf({ settings, manifest, revocations }: Observed) {
  if (!manifest) return []
  const names = namesOf(manifest.distribution)
  return [
    sizeOfDocument(names.settings, settings),
    sizeOfDocument(names.manifest, manifest),
    sizeOfDocument(names.revocations, revocations),
  ]
}
