import type { Settings } from '../access/settings.ts'
import { namesOf } from '../plan/names.ts'
import type { Observed } from '../plan/observed.ts'
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
  const names = namesOf(distribution)
  const { aws } = cloud
  const installed = readDocuments(distribution, cloud)
  const [identity, found, role, lambda, parameters, documents, okta] = await Promise.all([
    aws.sts.identity(),
    aws.cloudfront.getDistribution(distribution),
    aws.iam.getRole(names.role),
    aws.lambda.getFunction(names.function),
    aws.ssm.describe(names.path),
    installed,
    observeOkta(distribution, cloud, purpose, installed, wanted),
  ])
  return { identity, distribution: found, role, lambda, parameters, ...documents, okta }
}
