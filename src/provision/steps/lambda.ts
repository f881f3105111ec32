import type { EdgeConfig } from '../../access/edge-config.ts'
import type { FunctionInput } from '../../aws/types.ts'
import { makeEdgeZip } from '../../edge-package/zip.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { digestOf } from '../../plan/canonical.ts'
import { OWNER_TAG } from '../../plan/observed.ts'
import type { Cloud } from '../cloud.ts'
import { awsFailureOf } from '../../aws/failure.ts'
import { waitUntil } from '../wait.ts'
import type { Executor, StepContext } from './executor.ts'

/** A role that was just made cannot be assumed for some seconds, seldom for a minute. */
const ROLE_DEADLINE = 90_000
const UPDATE_DEADLINE = 120_000

interface CodeInputs extends Omit<FunctionInput, 'description'> {
  config: EdgeConfig
}

export const createFunction: Executor = async (inputs, cloud, context) => {
  const { config, ...parameters } = inputs as unknown as CodeInputs
  const zip = makeEdgeZip(cloud.build, config)
  const create = (): Promise<void> =>
    cloud.aws.lambda.createFunction({
      ...parameters,
      description: descriptionOf(context),
      zip: zip.bytes,
      tags: { [OWNER_TAG]: context.distribution },
    })
  try {
    await whenRoleIsReady(cloud, context, create)
  } catch (error) {
    if (awsFailureOf(error)?.reason !== 'already-exists') throw error
    await adopt(parameters.name, zip.bytes, cloud, context, error)
  }
  await untilUpdated(parameters.name, cloud)
  return { codeSha256: zip.codeSha256, configDigest: digestOf(config) }
}

/** A lost answer looks like a conflict: the function is there, and it is ours. */
async function adopt(
  name: string,
  zip: Uint8Array,
  cloud: Cloud,
  context: StepContext,
  cause: unknown,
): Promise<void> {
  const found = await cloud.aws.lambda.getFunction(name)
  if (found?.tags[OWNER_TAG] !== context.distribution) {
    throw new GuardError({
      code: 'not-ours',
      message: `Lambda function ${name} is there already, and is not the guard's.`,
      hint: 'Delete or rename it.',
      cause,
    })
  }
  await untilUpdated(name, cloud)
  await cloud.aws.lambda.updateCode(name, zip)
}

function descriptionOf(context: StepContext): string {
  return `s3-okta-guard: Okta sign-in for CloudFront distribution ${context.distribution}`
}

async function whenRoleIsReady(
  cloud: Cloud,
  context: StepContext,
  call: () => Promise<void>,
): Promise<void> {
  await waitUntil(cloud, {
    what: 'Lambda to accept the new IAM role',
    pace: cloud.pace.role,
    deadline: ROLE_DEADLINE,
    look: async () => {
      try {
        await call()
        return true
      } catch (error) {
        if (awsFailureOf(error)?.reason !== 'role-not-assumable') throw error
        context.note('waiting until Lambda accepts the new IAM role')
        return false
      }
    },
  })
}

async function untilUpdated(name: string, cloud: Cloud): Promise<void> {
  await waitUntil(cloud, {
    what: `Lambda function ${name} to become active`,
    pace: cloud.pace.lambda,
    deadline: UPDATE_DEADLINE,
    look: async () => {
      const found = await cloud.aws.lambda.getFunction(name)
      if (found?.state === 'Failed' || found?.lastUpdateStatus === 'Failed') {
        throw new GuardError({
          code: 'aws-failed',
          message: `Lambda could not make ${name} ready (state ${found.state}, last update ${found.lastUpdateStatus}).`,
          hint: 'Run the same command again; if it stays, look at the function in the Lambda console.',
        })
      }
      return found?.state === 'Active' && found.lastUpdateStatus !== 'InProgress'
    },
  })
}

export const updateCode: Executor = async (inputs, cloud) => {
  const { config, name } = inputs as unknown as CodeInputs
  const zip = makeEdgeZip(cloud.build, config)
  await untilUpdated(name, cloud)
  await cloud.aws.lambda.updateCode(name, zip.bytes)
  await untilUpdated(name, cloud)
  return { codeSha256: zip.codeSha256, configDigest: digestOf(config) }
}

export const updateConfiguration: Executor = async (inputs, cloud, context) => {
  const parameters = inputs as unknown as Omit<FunctionInput, 'description'>
  await untilUpdated(parameters.name, cloud)
  await whenRoleIsReady(cloud, context, () =>
    cloud.aws.lambda.updateConfiguration({ ...parameters, description: descriptionOf(context) }),
  )
  await untilUpdated(parameters.name, cloud)
  return undefined
}

/** AWS gives the same version again when nothing has changed since it was published. */
export const publishVersion: Executor = async (inputs, cloud) => {
  const { name, codeSha256 } = inputs as { name: string; codeSha256: string }
  const version = await cloud.aws.lambda.publishVersion(name, codeSha256, 's3-okta-guard')
  if (version.codeSha256 !== codeSha256) {
    throw new GuardError({
      code: 'changed-meanwhile',
      message: `Lambda published other code than was uploaded to ${name}.`,
      hint: 'Somebody else is changing the function; run the same command again.',
    })
  }
  await untilActive(version.arn, cloud)
  return { versionArn: version.arn, codeSha256 }
}

/** CloudFront takes only a version that Lambda has made ready. */
async function untilActive(arn: string, cloud: Cloud): Promise<void> {
  await waitUntil(cloud, {
    what: `Lambda version ${arn} to become active`,
    pace: cloud.pace.lambda,
    deadline: UPDATE_DEADLINE,
    look: async () => (await cloud.aws.lambda.getVersion(arn))?.state === 'Active',
  })
}

export const deleteVersion: Executor = async (inputs, cloud, context) => {
  const { arn } = inputs as { arn: string }
  const gone = await cloud.aws.lambda.deleteVersion(arn)
  if (!gone) context.note('its replicas are still there; a later run deletes it')
  return undefined
}

export const deleteFunction: Executor = async (inputs, cloud, context) => {
  const { name } = inputs as { name: string }
  if (await cloud.aws.lambda.deleteFunction(name)) return undefined
  throw new GuardError({
    code: 'replicas-remain',
    message: `CloudFront still holds replicas of Lambda function ${name}; AWS removes them within some hours.`,
    hint: 'The site is detached already, and nothing runs. Run teardown again later to finish, or let it wait.',
    next: [
      `s3-okta-guard teardown --distribution ${context.distribution} --confirm ${context.distribution} --wait`,
    ],
  })
}
