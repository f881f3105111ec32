import type { Distribution } from '../../plan/distribution/distribution.ts'
import type { OtherDistribution } from '../../plan/examined.ts'
import { namesOf } from '../../plan/names.ts'
import { s3OriginOf } from '../../plan/distribution/s3-origin.ts'
import type { Finding } from '../../plan/types.ts'

/** Another distribution that serves the same objects, and whom it asks. */
export function checkSharedBucket(
  distribution: Distribution,
  others: OtherDistribution[],
): Finding[] {
  const own = distribution.origins.flatMap(placeOf)
  return others
    .filter(({ id, enabled }) => enabled && id !== distribution.id)
    .flatMap((other) => {
      const places = other.origins.filter((origin) =>
        placeOf(origin).some((place) => own.some((one) => overlap(one, place))),
      )
      if (places.length === 0) return []
      const ids = new Set(places.map(({ id }) => id))
      const behaviors = other.behaviors.filter(({ targets }) => targets.some((id) => ids.has(id)))
      return found(other, behaviors, places.map(({ domainName }) => domainName).join(', '))
    })
}

function found(
  { id, domainName }: OtherDistribution,
  behaviors: OtherDistribution['behaviors'],
  bucket: string,
): Finding[] {
  const ours = namesOf(id).function
  const foreign = behaviors.filter(
    ({ viewerFunctions }) => !viewerFunctions.some((arn) => arn.includes(`:function:${ours}:`)),
  )
  if (foreign.length === 0) return []
  const open = foreign.filter(
    ({ viewerFunctions, signed }) => viewerFunctions.length === 0 && !signed,
  )
  const patterns = (open.length > 0 ? open : foreign).map(({ pattern }) => pattern).join(', ')
  return [
    {
      code: 'bucket-shared',
      severity: open.length > 0 ? 'exposed' : 'info',
      subject: id,
      message:
        open.length > 0
          ? `Distribution ${id} (${domainName}) serves ${bucket} too, and asks nobody to sign in (behavior ${patterns}).`
          : `Distribution ${id} (${domainName}) serves ${bucket} too; whom its own function or its signed URLs let in (behavior ${patterns}) was not checked.`,
      next: `Guard it too (s3-okta-guard init --distribution ${id}), disable it, or take it out of the bucket policy.`,
    },
  ]
}

interface Place {
  bucket: string
  path: string
}

function placeOf(origin: { domainName: string; originPath: string }): Place[] {
  const s3 = s3OriginOf(origin.domainName)
  return s3 ? [{ bucket: s3.bucket, path: `${origin.originPath}/` }] : []
}

/** Two folders side by side share nothing. */
function overlap(one: Place, other: Place): boolean {
  if (one.bucket !== other.bucket) return false
  return one.path.startsWith(other.path) || other.path.startsWith(one.path)
}
