import { GuardError } from '../../errors/guard-error.ts'
import { OWNER_TAG } from '../../plan/observed.ts'
import { awsFailureOf } from '../../aws/failure.ts'
import type { Cloud } from '../cloud.ts'
import type { Executor, StepContext } from './executor.ts'

export const createRole: Executor = async (inputs, cloud, context) => {
  const { name, trust } = inputs as { name: string; trust: unknown }
  try {
    await cloud.aws.iam.createRole({
      name,
      trust,
      description: `s3-okta-guard: sign-in for CloudFront distribution ${context.distribution}`,
      tags: { [OWNER_TAG]: context.distribution },
    })
  } catch (error) {
    // The answer to a first try may have been lost: what is there and ours is the role that was asked for.
    if (awsFailureOf(error)?.reason !== 'already-exists') throw error
    const role = await cloud.aws.iam.getRole(name)
    if (role?.tags[OWNER_TAG] === context.distribution) return undefined
    throw new GuardError({
      code: 'not-ours',
      message: `IAM role ${name} is there already, and is not the guard's.`,
      hint: 'Delete or rename it.',
      cause: error,
    })
  }
  return undefined
}

export const updateTrust: Executor = async (inputs, cloud) => {
  const { name, trust } = inputs as { name: string; trust: unknown }
  await cloud.aws.iam.updateTrust(name, trust)
  return undefined
}

/** Rounds of {@link Cloud.pace} until every Region knows a policy; IAM tells nobody when. */
const SETTLED_AFTER = 4

export const putRolePolicy: Executor = async (inputs, cloud, context) => {
  const { role, policy, document, settle } = inputs as {
    role: string
    policy: string
    document: unknown
    settle?: boolean
  }
  await cloud.aws.iam.putRolePolicy(role, policy, document)
  if (settle === true) await policySettled(cloud, context)
  return undefined
}

export async function policySettled(
  cloud: Pick<Cloud, 'sleep' | 'pace'>,
  context: Pick<StepContext, 'note'>,
): Promise<void> {
  context.note('waiting until every edge knows the policy')
  for (let round = 0; round < SETTLED_AFTER; round += 1) await cloud.sleep(cloud.pace.role)
}

export const deleteRolePolicy: Executor = async (inputs, cloud) => {
  const { role, policy } = inputs as { role: string; policy: string }
  await cloud.aws.iam.deleteRolePolicy(role, policy)
  return undefined
}

export const deleteRole: Executor = async (inputs, cloud) => {
  await cloud.aws.iam.deleteRole((inputs as { name: string }).name)
  return undefined
}
