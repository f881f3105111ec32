import { valueOf, type Answer, type MaybeAnswer, type OktaExamined } from '../plan/examined.ts'
import { comingCommands } from '../plan/permissions.ts'
import { refusalsOf, refusalsWithoutSettings } from '../plan/refusals/refusals.ts'
import type { Finding } from '../plan/types.ts'
import { checkBuckets, checkBucketsReached } from './bucket/buckets.ts'
import { checkCallers } from './distribution/callers.ts'
import { checkClock } from './account/clock.ts'
import { checkDeploying } from './distribution/distribution.ts'
import type { Examination } from './examination.ts'
import { checkKeys, checkRevocations, checkSite } from './index.ts'
import { checkStack, checkTerraform } from './distribution/infrastructure.ts'
import { checkIssuer, checkOktaCredentials } from './okta/okta.ts'
import { checkPermissions } from './account/permissions.ts'
import { notChecked, refused } from './refused.ts'
import { checkRegion } from './account/region.ts'
import { checkSharedBucket } from './bucket/shared-bucket.ts'
import { checkThroughput } from './account/throughput.ts'
import { checkViewerFunctions } from './distribution/viewer-functions.ts'

export interface Area {
  check: string
  detail: string
  /** Why it could not be looked at. */
  unknown?: string | undefined
  findings: Finding[]
}

const NO_AWS = 'AWS could not be asked'
const NO_DISTRIBUTION = 'no distribution was named, or it could not be read'

/** Everything that was looked at, in the order in which a command would meet it. */
export function areasOf(examination: Examination): Area[] {
  return [...accountAreas(examination), ...oktaAreas(examination), ...siteAreas(examination)]
}

function accountAreas({ examined, env }: Examination): Area[] {
  const { identity, permissions, clockAhead, documents } = examined
  const caller = valueOf(identity)
  const coming = comingCommands(valueOf(documents)?.manifest?.state)
  const known = permissions.allowed.length + permissions.denied.length
  const all = known + permissions.unknown.length
  return [
    {
      check: 'AWS credentials',
      detail: caller ? `account ${caller.account} as ${caller.arn}` : '',
      findings: identity.ok ? partition(examined.identity) : [refused(identity.error)],
    },
    {
      check: 'AWS permissions',
      detail: `${permissions.allowed.length} of ${all} allowed, for ${coming.join(', ')}`,
      unknown: all === 0 ? NO_AWS : undefined,
      findings: caller ? checkPermissions(permissions, caller.arn, coming) : [],
    },
    {
      check: 'Clock and region',
      detail: clockAhead === undefined ? '' : "this machine's clock is AWS's; all is in us-east-1",
      unknown: clockAhead === undefined ? NO_AWS : undefined,
      findings: [...checkClock(clockAhead), ...checkRegion(env)],
    },
  ]
}

function partition(identity: Examination['examined']['identity']): Finding[] {
  const caller = valueOf(identity)
  if (!caller || caller.partition === 'aws') return []
  return [
    {
      code: 'partition-unsupported',
      severity: 'broken',
      subject: caller.partition,
      message: `Account ${caller.account} is in the partition ${caller.partition}, where Lambda@Edge does not exist; nothing else of AWS was looked at.`,
      next: 'Use credentials of an account in the commercial partition, aws.',
    },
  ]
}

function oktaAreas({ examined: { okta, documents }, settings }: Examination): Area[] {
  const client = settings?.okta.client
  const manifest = valueOf(documents)?.manifest
  const issuer = valueOf(okta.issuer)
  return [
    {
      check: 'Okta credentials',
      detail: client ? `none needed: ${client.id} is your Okta admin's` : sourceOf(okta),
      findings: [
        ...checkOktaCredentials(okta, manifest, client),
        ...failed(okta.observed, 'Okta app'),
      ],
    },
    {
      check: 'Okta discovery',
      detail: issuer === undefined ? '' : `the issuer is ${issuer}`,
      unknown: okta.issuer ? undefined : 'no Okta org is known',
      findings: checkIssuer(okta, manifest),
    },
  ]
}

function sourceOf({ credentials, orgUrl }: OktaExamined): string {
  return credentials ? `from ${credentials.source}, for ${orgUrl ?? '?'}` : ''
}

function siteAreas(examination: Examination): Area[] {
  const { examined, observed, settings, now } = examination
  const distribution = observed?.distribution
  if (!observed || !settings || !distribution) return withoutSite(examination)
  const { buckets, others, highThroughput, role, lambda, parameters, documents } = examined
  const { behaviors, origins, status, domainName } = distribution
  const refusals = refusalsOf(settings, observed).filter(({ code }) => code !== 'foreign-function')
  const take = taker(checkSite(settings, observed, now))
  const runtime = take('runtime-end-of-life')
  return [
    {
      check: 'Distribution',
      detail: `${domainName}, ${status}`,
      findings: [
        ...refusals.map((error) => refused(error)),
        ...take('continuous-deployment'),
        ...checkDeploying(distribution),
      ],
    },
    {
      check: 'Cache behaviors',
      detail: behaviors.map(({ pattern }) => pattern).join(', '),
      findings: [
        ...take('behavior-open'),
        ...checkViewerFunctions(settings, distribution, observed.identity.account),
        ...checkCallers(settings, distribution),
        ...take('viewer-protocol', 'behavior-unguarded'),
      ],
    },
    {
      check: 'Error pages',
      detail: `${counted(distribution.customErrorResponses.length, 'mapping')}`,
      findings: take('error-page'),
    },
    {
      check: 'Bucket around CloudFront',
      detail: `${origins.map((origin) => origin.domainName).join(', ')}: asked as a stranger, and refused`,
      findings: [
        ...take('origin-website', 'origin-unprotected'),
        ...checkBuckets(buckets ?? []),
        ...checkBucketsReached(buckets ?? []),
      ],
    },
    {
      check: 'Other distributions',
      detail: `none of ${counted((valueOf(others)?.length ?? 1) - 1, 'other')} leads to the same objects`,
      findings: others?.ok ? checkSharedBucket(distribution, others.value) : unlisted(others),
    },
    ...(settings.okta.client
      ? [
          {
            check: 'Okta app',
            detail: settings.okta.client.id,
            findings: take('okta-client', 'okta-client-pkce', 'okta-not-checked'),
          },
        ]
      : []),
    {
      check: 'Access rules',
      detail: `${counted(settings.access.rules.length, 'rule')}, ${counted(settings.access.public.length, 'public path')}`,
      findings: take(),
    },
    {
      check: 'What is installed',
      detail: observed.manifest ? observed.manifest.state : 'nothing yet',
      unknown: unread([role, lambda, parameters, documents]),
      findings: [
        ...failed(documents, 'what is installed'),
        ...failed(role, 'IAM role'),
        ...failed(lambda, 'Lambda function'),
        ...failed(parameters, 'SSM parameters'),
        ...runtime,
        ...checkRevocations(observed, distribution.id),
        ...checkKeys(settings, observed, now),
        ...examination.planned,
      ],
    },
    {
      check: 'SSM throughput',
      detail: 'the higher one is on',
      findings: checkThroughput(highThroughput),
    },
    {
      check: 'Infrastructure code',
      detail: '',
      findings: [...checkStack(distribution), checkTerraform(distribution.id)],
    },
  ]
}

/** Hands out the findings of the site, each once; without codes, all that are left. */
function taker(findings: Finding[]): (...codes: string[]) => Finding[] {
  let left = findings
  return (...codes) => {
    const taken = codes.length === 0 ? left : left.filter(({ code }) => codes.includes(code))
    left = left.filter((finding) => !taken.includes(finding))
    return taken
  }
}

/** The site cannot be judged, and that is said once. */
function withoutSite(examination: Examination): Area[] {
  const { examined, observed } = examination
  const { distributionId: id, distribution } = examined
  const refusals =
    id !== undefined && distribution?.ok && observed ? refusalsWithoutSettings(id, observed) : []
  const next = `s3-okta-guard doctor --distribution ${id ?? 'ID'}`
  const why = id === undefined ? 'no distribution was named' : NO_DISTRIBUTION
  return [
    {
      check: 'Distribution',
      detail: '',
      unknown: examined.identity.ok ? NO_DISTRIBUTION : NO_AWS,
      findings: [
        ...refusals.map((error) => refused(error)),
        ...failed(distribution, id ?? ''),
        ...(refusals.length === 0 ? [notChecked('site', why, next)] : []),
        ...(id === undefined ? [] : [checkTerraform(id)]),
      ],
    },
  ]
}

/** What AWS denies is told with all the other permissions. */
function failed(answer: MaybeAnswer<unknown>, subject: string): Finding[] {
  if (!answer || answer.ok || answer.error.code === 'aws-denied') return []
  return [refused(answer.error, subject)]
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function unread(answers: MaybeAnswer<unknown>[]): string | undefined {
  const bad = answers.find((answer): answer is Extract<Answer<unknown>, { ok: false }> =>
    answer ? !answer.ok : false,
  )
  return bad && bad.error.message
}

function unlisted(others: MaybeAnswer<unknown>): Finding[] {
  const why = others && !others.ok ? others.error.message : NO_AWS
  return [
    notChecked(
      'other distributions',
      `whether another one serves the same bucket (${why})`,
      'Allow cloudfront:ListDistributions, or look through the list of distributions.',
    ),
  ]
}
