import type { PlanContext } from '../context.ts'
import type { Manifest } from '../manifest.ts'
import type { Observed } from '../observed.ts'
import { step } from '../step.ts'
import type { Later, Ref, Step } from '../types.ts'

/** Replicas of a detached version "typically" go within a few hours; asking earlier is of no use. */
const REPLICA_HOURS = 6

/** Versions that are no longer attached: deleted when their replicas had time to go. */
export function versionHousekeeping(
  observed: Observed,
  context: PlanContext,
  attached: string | Ref,
): { steps: Step[]; later: Later[] } {
  const steps: Step[] = []
  const later: Later[] = []
  for (const { arn, since } of observed.manifest?.retired ?? []) {
    if (arn === attached) continue
    const due = new Date(Date.parse(since) + REPLICA_HOURS * 3_600_000).toISOString()
    const what = `Lambda version ${arn.split(':').at(-1) ?? ''}, no longer attached`
    if (due > context.now) {
      later.push({ what, due, next: 's3-okta-guard apply' })
    } else if (observed.lambda?.versions.some((version) => version.arn === arn)) {
      steps.push(
        step({
          id: `lambda.version.${arn.split(':').at(-1) ?? ''}`,
          kind: 'lambda.version.delete',
          action: 'delete',
          reason: 'housekeeping',
          resource: what,
          inputs: { arn },
        }),
      )
    }
  }
  return { steps, later }
}

/** What the manifest remembers of former versions once `attached` is the one in use. */
export function retiredVersions(
  observed: Observed,
  context: PlanContext,
  attached: string | Ref,
): Manifest['retired'] {
  const former = observed.manifest?.function?.versionArn
  const known = (observed.manifest?.retired ?? [])
    .filter(({ arn }) => arn !== attached)
    .filter(({ arn }) => observed.lambda?.versions.some((version) => version.arn === arn))
  const replaced = former !== undefined && former !== attached
  const exists = observed.lambda?.versions.some(({ arn }) => arn === former)
  if (!replaced || !exists || known.some(({ arn }) => arn === former)) return known
  return [...known, { arn: former, since: context.now }]
}
