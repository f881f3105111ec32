import type { Settings } from '../access/settings.ts'
import {
  accept,
  checkApplied,
  checkBuckets,
  checkKeys,
  checkOkta,
  checkPlan,
  checkRevocations,
  checkSite,
  exitOf,
  partsOf,
} from '../checks/index.ts'
import { toSettings } from '../config/settings.ts'
import { EXIT, type ExitCode } from '../errors/codes.ts'
import { GuardError } from '../errors/guard-error.ts'
import { keyAges } from '../plan/keys/age.ts'
import { isAdmins } from '../plan/manifest.ts'
import { planInstall } from '../plan/install.ts'
import { refuseDistribution, refuseOtherAccount } from '../plan/refusals/refusals.ts'
import type { BucketLook } from '../plan/examined.ts'
import type { Observed } from '../plan/observed.ts'
import type { Finding, Plan } from '../plan/types.ts'
import { cloudTime, type Cloud } from '../provision/cloud.ts'
import { observeSite } from '../provision/observe.ts'
import type { StatusData } from '../ui/schemas/data.ts'
import { askDistribution, toldSettings } from './shared/ask.ts'
import { sitesOf } from './shared/carry-out.ts'
import { cloudOf } from './shared/connect.ts'
import type { Command, CommandContext, CommandResult, View } from './program/context.ts'
import { INSTALL_DEFAULTS, type StatusOptions } from './program/options.ts'
import { typedAll } from './shared/next.ts'
import { openTarget } from './shared/target.ts'

type Context = CommandContext<StatusOptions>

/** What is installed and whether it is right; changes nothing and takes no lock. */
export const run: Command<StatusOptions, StatusData> = async (context) => {
  const asking = { ...context, options: { ...INSTALL_DEFAULTS, ...context.options } }
  const { distribution, aws, okta } = await openTarget(context, (cloud) =>
    askDistribution(toldSettings(asking), asking, cloud),
  )
  const cloud = await cloudOf(context, aws, okta)
  const { observed, buckets } = await observeSite(distribution, cloud)
  refuseOtherAccount(observed)
  if (!observed.manifest) {
    // In the wrong account everything looks absent.
    if (!observed.distribution) refuseDistribution(distribution, observed)
    return absent(distribution)
  }
  const state = observed.manifest?.state ?? 'absent'
  const { settings } = observed
  if (!settings || state === 'tearing-down') return unfinished(distribution, state, observed)
  return full(context, cloud, settings, observed, buckets)
}

function full(
  context: Context,
  cloud: Cloud,
  settings: Settings,
  observed: Observed,
  buckets: BucketLook[],
): CommandResult<StatusData> {
  const now = cloudTime(cloud.aws).toISOString()
  const { plan, refusal } = tryPlan(settings, observed, cloud, now)
  const filed = context.config && toSettings(context.config.file)
  const fromFile =
    filed?.distribution === settings.distribution
      ? tryPlan(filed, observed, cloud, now).plan
      : undefined
  const about = [context, settings.distribution] as const
  const found = accept(
    [
      ...(refusal ? [refusal] : []),
      ...checkRevocations(observed, settings.distribution),
      ...checkSite(settings, observed, now),
      ...checkBuckets(buckets),
      ...checkPlan(plan, observed),
      ...checkKeys(settings, observed, now),
      ...checkOkta(observed),
      ...checkApplied(fromFile),
    ],
    [...settings.status.accept, ...(filed?.status.accept ?? [])],
  )
  const findings = typedAll(found, ...about)
  const state = observed.manifest?.state ?? 'absent'
  const data: StatusData = {
    distribution: settings.distribution,
    state,
    parts: refusal
      ? unchecked(partsOf(settings, observed, plan, now))
      : partsOf(settings, observed, plan, now),
    keys: observed.manifest ? keyAges(observed.manifest, now, settings.keys.maxAgeDays) : [],
    findings,
    later: typedAll(plan.later, ...about),
    sites: sitesOf(settings),
    next: [...new Set(findings.filter(needsAction).map(({ next }) => next))],
  }
  return {
    exitCode: exitCode(findings, state, context.options.strict),
    data,
    render: (view) => render(view, data),
  }
}

/** Without a plan to compare with, what is there may be right or not. */
function unchecked(parts: StatusData['parts']): StatusData['parts'] {
  return parts.map((part) => (part.state === 'ok' ? { ...part, state: 'not-checked' } : part))
}

function needsAction({ severity, accepted, next }: Finding): boolean {
  return severity !== 'info' && accepted === undefined && next !== ''
}

/** Where several fit: attention, then unfinished, then fine. */
function exitCode(findings: Finding[], state: StatusData['state'], strict = false): ExitCode {
  const attention = exitOf(findings, strict)
  if (attention !== EXIT.ok) return attention
  return state === 'installed' ? EXIT.ok : EXIT.unfinished
}

/** What makes a run refuse to start is here one finding among others. */
function tryPlan(
  settings: Settings,
  observed: Observed,
  cloud: Cloud,
  now: string,
): { plan: Plan; refusal: Finding | undefined } {
  try {
    const plan = planInstall(settings, observed, {
      now,
      tool: cloud.tool,
      build: cloud.build.digest,
      ssmEndpoint: cloud.aws.endpoint,
    })
    return { plan, refusal: undefined }
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    return {
      plan: { steps: [], later: [], findings: [] },
      refusal: {
        code: error.code,
        // Where a newer tool installed, nothing is wrong but the version of this one.
        severity: error.code === 'manifest-newer' ? 'due' : 'broken',
        subject: '',
        message: [error.message, ...error.details].join(' '),
        next: error.hint ?? '',
      },
    }
  }
}

function absent(distribution: string): CommandResult<StatusData> {
  const data: StatusData = {
    distribution,
    state: 'absent',
    parts: [],
    keys: [],
    findings: [],
    later: [],
    sites: [],
    next: [`s3-okta-guard init --distribution ${distribution}`],
  }
  return { exitCode: EXIT.absent, data, render: (view) => render(view, data) }
}

/** Killed before the settings were written, on its way out, or without its settings. */
function unfinished(
  distribution: string,
  state: StatusData['state'],
  observed: Observed,
): CommandResult<StatusData> {
  const next = `s3-okta-guard ${state === 'tearing-down' ? 'teardown' : 'init'} --distribution ${distribution}${appOf(observed)}`
  const finding: Finding = { ...WHY_UNFINISHED[state], next }
  const data: StatusData = {
    distribution,
    state,
    parts: leftParts(observed),
    keys: [],
    findings: [finding],
    later: [],
    sites: [],
    next: [next],
  }
  return { exitCode: exitCode([finding], state), data, render: (view) => render(view, data) }
}

/** Without its flags, `init` would want an app of the guard's own, and admin rights for it. */
function appOf({ manifest }: Observed): string {
  const app = manifest?.okta
  if (manifest?.state === 'tearing-down' || !isAdmins(app)) return ''
  return ` --okta-org-url ${app.orgUrl} --client-id ${app.clientId}`
}

const UNFINISHED = { code: 'unfinished', severity: 'due', subject: '' } as const

const WHY_UNFINISHED: Record<StatusData['state'], Omit<Finding, 'next'>> = {
  absent: { ...UNFINISHED, message: 'The first install did not finish.' },
  installing: { ...UNFINISHED, message: 'The first install did not finish.' },
  'tearing-down': {
    ...UNFINISHED,
    message: 'The guard is being taken away; some of it is still there.',
  },
  installed: {
    code: 'drift',
    severity: 'broken',
    subject: 'settings',
    message: 'The record of the installed settings is gone.',
  },
}

function leftParts({ role, lambda, parameters, okta }: Observed): StatusData['parts'] {
  const part = (name: string, exists: boolean, detail: string): StatusData['parts'][number] => ({
    part: name,
    state: exists ? 'pending' : 'missing',
    detail,
  })
  return [
    okta.checked
      ? part('Okta app', okta.app !== undefined, okta.app?.label ?? 'not there')
      : { part: 'Okta app', state: 'not-checked', detail: okta.reason },
    part('IAM role', role !== undefined, role?.name ?? 'not there'),
    part('Edge function', lambda !== undefined, lambda?.name ?? 'not there'),
    part('SSM parameters', parameters.length > 0, String(parameters.length)),
  ]
}

const MARKS: Record<StatusData['parts'][number]['state'], string> = {
  ok: '✓',
  drift: '✗',
  missing: '✗',
  'not-checked': '?',
  pending: '…',
}

/** A change that stands still does not take the guard off. */
function headingOf({ state, sites }: StatusData): string {
  return state === 'installing' && sites.length > 0 ? 'installed, a change is not finished' : state
}

function render(view: View, data: StatusData): void {
  view.heading(`${data.distribution}: ${headingOf(data)}`)
  for (const site of data.sites) view.line(`  ${site}`)
  const goes = data.state === 'tearing-down'
  view.table(
    data.parts.map(({ part, state, detail }) =>
      goes && state === 'missing'
        ? [` ${MARKS.ok}`, part, 'gone', '']
        : [` ${MARKS[state]}`, part, goes && state === 'pending' ? 'still there' : state, detail],
    ),
  )
  if (data.findings.length > 0) {
    view.line()
    view.findings(data.findings)
  }
  view.later(data.later)
  if (data.next.length > 0) {
    view.line()
    view.next(data.next)
  }
}
