import type { Settings } from '../access/settings.ts'
import type { Distribution } from '../plan/distribution/distribution.ts'
import type { BucketLook } from '../plan/examined.ts'
import { namesOf } from '../plan/names.ts'
import type { Observed } from '../plan/observed.ts'
import { askBuckets } from './buckets.ts'
import type { Cloud } from './cloud.ts'
import { readDocuments } from './installed.ts'
import { observeOkta, type Purpose } from './observe-okta.ts'

/**
 * Everything at once, three answers deep: what has a fixed name, what that names, and what is named there.
 * Nothing is decrypted. `wanted` is what the operator asked for; without it the installed settings count.
 */
export async function observe(
  distribution: string,
  cloud: Cloud,
  purpose: Purpose,
  wanted?: Settings,
): Promise<Observed> {
  const { observed } = await observeAlso(distribution, cloud, purpose, wanted, () => undefined)
  return observed
}

/** The same for a look that changes nothing: also what strangers get from the buckets, no answer deeper. */
export async function observeSite(
  distribution: string,
  cloud: Cloud,
): Promise<{ observed: Observed; buckets: BucketLook[] }> {
  const { observed, also } = await observeAlso(distribution, cloud, 'install', undefined, (found) =>
    askBuckets(found, cloud.web),
  )
  return { observed, buckets: also ?? [] }
}

async function observeAlso<T>(
  distribution: string,
  cloud: Cloud,
  purpose: Purpose,
  wanted: Settings | undefined,
  look: (found: Distribution) => Promise<T> | undefined,
): Promise<{ observed: Observed; also: T | undefined }> {
  const names = namesOf(distribution)
  const { aws } = cloud
  const installed = readDocuments(distribution, cloud)
  const reading = aws.cloudfront.getDistribution(distribution)
  const [identity, found, role, lambda, parameters, documents, okta, also] = await Promise.all([
    aws.sts.identity(),
    reading,
    aws.iam.getRole(names.role),
    aws.lambda.getFunction(names.function),
    aws.ssm.describe(names.path),
    installed,
    observeOkta(distribution, cloud, purpose, installed, wanted),
    reading.then((found) => found && look(found)),
  ])
  const observed = { identity, distribution: found, role, lambda, parameters, ...documents, okta }
  return { observed, also }
}
