import { accessOf } from '../../access/rules.ts'
import { originOf } from '../../access/settings.ts'
import { isGuarded, isOurs, isViewer, probePath } from '../distribution/behaviors.ts'
import { same } from '../canonical.ts'
import type { PlanContext } from '../context.ts'
import type { Before } from '../manifest.ts'
import { functionArn } from '../names.ts'
import type { Behavior, Distribution, LambdaAssociation } from '../distribution/distribution.ts'
import type { Observed } from '../observed.ts'
import { change, step } from '../step.ts'
import type { Reason, Ref, Step } from '../types.ts'
import type { PlannedFunction } from './edge-function.ts'
import { revocationState } from './revocations.ts'

/** What one behavior shall have at viewer-request; null takes the guard off and puts `restore` back. */
export interface AttachmentTarget {
  pattern: string
  versionArn: string | Ref | null
  restore: LambdaAssociation[]
}

export interface ProbeTarget {
  pattern: string
  origin: string
  path: string
}

export function attachmentSteps(
  observed: Observed,
  context: PlanContext,
  { versionArn, steps: publishing }: Pick<PlannedFunction, 'versionArn' | 'steps'>,
  distribution: Distribution,
): Step[] {
  const ours = functionArn(observed.identity.account, context.distribution)
  const targets = distribution.behaviors.flatMap((behavior) =>
    targetOf(behavior, context, observed, versionArn, ours),
  )
  const unfinished = observed.manifest !== undefined && observed.manifest.state !== 'installed'
  if (targets.length === 0 && !unfinished) return []
  const steps: Step[] = []
  if (targets.length > 0) {
    steps.push(
      step({
        id: 'cloudfront.behaviors',
        kind: 'cloudfront.associate',
        action: 'update',
        reason: attachReason(observed, context, targets, publishing),
        resource: `CloudFront distribution ${distribution.id}: viewer-request function of ${count(targets.length)}`,
        inputs: { distribution: distribution.id, function: ours, targets },
        changes: targets.map(({ pattern, versionArn: arn }) =>
          change(
            `behavior ${pattern}`,
            currentName(distribution, pattern, ours),
            arn === null ? '' : 'the guard',
          ),
        ),
        after: ['lambda.version', 'before'],
        warnings: distribution.behaviors
          .filter(({ pattern }) => targets.some((target) => target.pattern === pattern))
          .flatMap((behavior) => riskOf(behavior, distribution)),
      }),
    )
  }
  steps.push(
    waitStep(distribution.id),
    step({
      id: 'web.probe',
      kind: 'web.probe',
      action: 'check',
      reason: 'missing',
      resource: `Ask the site as a stranger`,
      inputs: {
        distribution: distribution.id,
        function: ours,
        connect: distribution.domainName,
        probes: probesOf(distribution, context),
        rollback:
          targets.length > 0
            ? asItIs(distribution, targets, ours, observed)
            : asItWas(distribution, context, observed),
      },
      after: ['cloudfront.deployed'],
    }),
  )
  return steps
}

/**
 * What the run is about to replace. A behavior that was guarded, and from which others took the guard,
 * is not opened again: it keeps what is attached.
 */
function asItIs(
  distribution: Distribution,
  targets: AttachmentTarget[],
  ours: string,
  { settings }: Observed,
) {
  return distribution.behaviors
    .filter(({ pattern }) => targets.some((target) => target.pattern === pattern))
    .map(({ pattern, lambda }) => ({
      pattern,
      versionArn: lambda.find(({ arn }) => isOurs(arn, ours))?.arn ?? null,
      restore: [],
    }))
    .filter(
      ({ pattern, versionArn }) =>
        versionArn !== null || !settings || !isGuarded(settings, pattern),
    )
}

/**
 * What a run that died after attaching had replaced: the version before, if there was one.
 * A site that was guarded before and has no such version keeps what is attached: closed, not open.
 */
function asItWas(distribution: Distribution, context: PlanContext, observed: Observed) {
  const versionArn = observed.manifest?.retired.at(-1)?.arn ?? null
  if (versionArn === null && observed.settings) return []
  return distribution.behaviors
    .filter(({ pattern }) => isGuarded(context.settings, pattern))
    .map(({ pattern }) => ({ pattern, versionArn, restore: [] }))
}

function waitStep(distribution: string): Step {
  return step({
    id: 'cloudfront.deployed',
    kind: 'cloudfront.wait',
    action: 'wait',
    reason: 'missing',
    resource: `Wait until CloudFront has deployed it to every edge`,
    inputs: { distribution },
    after: ['cloudfront.behaviors'],
  })
}

function count(behaviors: number): string {
  return behaviors === 1 ? '1 behavior' : `${behaviors} behaviors`
}

function targetOf(
  behavior: Behavior,
  context: PlanContext,
  observed: Observed,
  versionArn: string | Ref,
  ours: string,
): AttachmentTarget[] {
  const { pattern } = behavior
  const mine = behavior.lambda.filter(({ arn }) => isOurs(arn, ours))
  const restore = beforeOf(observed.before, pattern)
  if (!isGuarded(context.settings, pattern)) {
    return mine.length > 0 ? [{ pattern, versionArn: null, restore }] : []
  }
  const wanted = { arn: versionArn, eventType: 'viewer-request', includeBody: false }
  return same(mine, [wanted]) ? [] : [{ pattern, versionArn, restore }]
}

function beforeOf(before: Before | undefined, pattern: string): LambdaAssociation[] {
  return before?.behaviors.find((behavior) => behavior.pattern === pattern)?.lambda ?? []
}

function attachReason(
  observed: Observed,
  context: PlanContext,
  targets: AttachmentTarget[],
  [published]: Step[],
): Reason {
  const installed = observed.manifest?.function?.versionArn
  if (!observed.settings || observed.manifest?.state !== 'installed') return 'missing'
  const changesOnly = targets.every(({ versionArn }) => versionArn !== installed)
  if (!same(observed.settings, context.settings)) return 'settings'
  if (!changesOnly) return 'drift'
  if (revocationState(observed) === 'pending') return 'missing'
  return published?.reason === 'housekeeping' ? 'housekeeping' : 'update'
}

function currentName(distribution: Distribution, pattern: string, ours: string): string {
  const behavior = distribution.behaviors.find((one) => one.pattern === pattern)
  const mine = behavior?.lambda.find(({ arn }) => isOurs(arn, ours))
  return mine ? `version ${mine.arn.split(':').at(-1) ?? ''}` : ''
}

/** One path per guarded behavior and host, as far as strangers may not read it and no earlier pattern hides it. */
function probesOf(distribution: Distribution, context: PlanContext): ProbeTarget[] {
  const { settings, site } = context
  const isPublic = (path: string): boolean => accessOf(path, settings.access, site).isPublic
  return settings.hosts.flatMap((host) =>
    distribution.behaviors
      .filter(({ pattern }) => isGuarded(settings, pattern))
      .flatMap(({ pattern }) => {
        const path = probePath(distribution.behaviors, pattern, isPublic)
        return path === undefined ? [] : [{ pattern, origin: originOf(host), path }]
      }),
  )
}

/** Why guarding this behavior may surprise somebody. */
export function riskOf(behavior: Behavior, distribution: Distribution): string[] {
  const risks: string[] = []
  const name = `behavior ${behavior.pattern}`
  if (behavior.signed)
    risks.push(`${name} serves signed URLs or cookies: their holders must sign in too`)
  const other = behavior.allowedMethods.filter(
    (method) => !['GET', 'HEAD', 'OPTIONS'].includes(method),
  )
  if (other.length > 0) {
    risks.push(`${name} takes ${other.join(', ')}: callers without a session get 401`)
  }
  const origin = distribution.origins.find(({ id }) => id === behavior.targetOriginId)
  if (origin && !isS3(origin)) {
    risks.push(
      `${name} goes to ${origin.domainName}, which is not S3: callers without a session get 401`,
    )
  }
  return risks
}

function isS3(origin: { kind: string; domainName: string }): boolean {
  return origin.kind === 's3' || /\.s3[.-][a-z0-9.-]*amazonaws\.com$/.test(origin.domainName)
}

/** Recorded before the first change, for behaviors that were not recorded yet. */
export function plannedBefore(
  observed: Observed,
  context: PlanContext,
  distribution: Distribution,
): Before {
  const ours = functionArn(observed.identity.account, context.distribution)
  const known = observed.before?.behaviors ?? []
  const added = distribution.behaviors
    .filter(({ pattern }) => isGuarded(context.settings, pattern))
    .filter(({ pattern }) => !known.some((entry) => entry.pattern === pattern))
    .map(({ pattern, lambda, functions }) => ({
      pattern,
      lambda: lambda.filter((entry) => isViewer(entry) && !isOurs(entry.arn, ours)),
      functions,
    }))
  return { version: 1, behaviors: [...known, ...added] }
}

/** Takes the guard off wherever it is found, also where the settings do not know of it. */
export function detachSteps(observed: Observed, distribution: Distribution): Step[] {
  const ours = functionArn(observed.identity.account, distribution.id)
  const targets: AttachmentTarget[] = distribution.behaviors
    .filter(({ lambda }) => lambda.some(({ arn }) => isOurs(arn, ours)))
    .map(({ pattern }) => ({
      pattern,
      versionArn: null,
      restore: beforeOf(observed.before, pattern),
    }))
  const detach =
    targets.length === 0
      ? []
      : [
          step({
            id: 'cloudfront.behaviors',
            kind: 'cloudfront.associate',
            action: 'update',
            reason: 'settings',
            resource: `CloudFront distribution ${distribution.id}: take the guard off ${count(targets.length)}`,
            inputs: { distribution: distribution.id, function: ours, targets },
            changes: targets.map(({ pattern }) =>
              change(`behavior ${pattern}`, currentName(distribution, pattern, ours), ''),
            ),
            after: ['manifest'],
            warnings: ['the site becomes public: whoever knows its address can read it'],
          }),
        ]
  const waiting = targets.length > 0 || distribution.status !== 'Deployed'
  return waiting ? [...detach, waitStep(distribution.id)] : detach
}
