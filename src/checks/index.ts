import type { AcceptedFinding, Settings } from '../access/settings.ts'
import { EXIT, type ExitCode } from '../errors/codes.ts'
import type { Observed } from '../plan/observed.ts'
import type { Finding, Severity } from '../plan/types.ts'
import {
  checkGroupsClaim,
  checkPublicPaths,
  checkPublicStart,
  checkUnassignedGroups,
} from './okta/access.ts'
import {
  checkOpenBehaviors,
  checkUnguarded,
  checkViewerProtocol,
} from './distribution/behaviors.ts'
import { checkStaging } from './distribution/distribution.ts'
import { checkErrorPages } from './distribution/error-pages.ts'
import { checkClient } from './okta/okta-client.ts'
import { checkOrigins } from './distribution/origins.ts'
import { checkRuntime } from './guard/runtime.ts'
import { checkSessionSize } from './guard/session-size.ts'

export { checkRevocations } from './guard/revocations.ts'
export { checkBuckets } from './bucket/buckets.ts'
export { checkTerraform } from './distribution/infrastructure.ts'
export { checkApplied, checkOkta, checkPlan } from './guard/state.ts'
export { checkKeys } from './guard/keys.ts'
export { partsOf } from './guard/parts.ts'

/** What can be told from the settings, the distribution and the function, before and after an install. */
export function checkSite(settings: Settings, observed: Observed, now: string): Finding[] {
  const { distribution } = observed
  if (!distribution) return []
  return [
    ...checkOpenBehaviors(settings, observed, distribution),
    ...checkStaging(distribution),
    ...checkErrorPages(distribution),
    ...checkOrigins(distribution),
    ...checkUnguarded(settings, distribution),
    ...checkViewerProtocol(settings, distribution),
    ...checkRuntime(observed.lambda, now),
    ...checkPublicPaths(settings),
    ...checkPublicStart(settings, distribution),
    ...checkGroupsClaim(settings),
    ...checkUnassignedGroups(settings),
    ...checkSessionSize(settings),
    ...checkClient(settings, observed),
  ]
}

/** Marks what the operator has accepted, by code or by `code:subject`. */
export function accept(findings: Finding[], accepted: AcceptedFinding[]): Finding[] {
  return findings.map((finding) => {
    const entry = accepted.find(
      (one) => one.finding === finding.code || one.finding === `${finding.code}:${finding.subject}`,
    )
    return entry ? { ...finding, accepted: entry.reason } : finding
  })
}

/** How a script names one finding to accept it. */
export function nameOf(finding: Finding): string {
  return finding.subject === '' ? finding.code : `${finding.code}:${finding.subject}`
}

/** Exposed and broken ask for attention; what is due does where it is `strict`; known or accepted does not. */
export function exitOf(findings: Finding[], strict = false): ExitCode {
  const counting: Severity[] = ['exposed', 'broken', ...(strict ? (['due'] as const) : [])]
  const counts = findings.some(
    ({ severity, accepted }) => accepted === undefined && counting.includes(severity),
  )
  return counts ? EXIT.attention : EXIT.ok
}
