import type { AssociationChange } from '../../aws/types.ts'
import { patchAssociations, readAssociations } from '../../aws/distribution-xml.ts'
import { GuardError } from '../../errors/guard-error.ts'
import type { Behavior, LambdaAssociation } from '../../plan/distribution/distribution.ts'
import { mergeAssociations } from '../../plan/distribution/associations.ts'
import type { AttachmentTarget } from '../../plan/resources/attachment.ts'
import type { Cloud } from '../cloud.ts'
import { awsFailureOf } from '../../aws/failure.ts'
import { waitUntil } from '../wait.ts'
import type { Executor } from './executor.ts'

/** How often somebody else may get in between reading and writing before we give up. */
const TRIES = 5
/** AWS says up to 15 minutes in old pages; logs show less than 12. */
const DEPLOY_DEADLINE = 30 * 60_000

export interface AssociateInputs {
  distribution: string
  /** Unqualified ARN: what may be replaced. */
  function: string
  targets: (Omit<AttachmentTarget, 'versionArn'> & { versionArn: string | null })[]
}

export const associate: Executor = async (inputs, cloud) => {
  await setAssociations(inputs as unknown as AssociateInputs, cloud)
  return undefined
}

/**
 * Changes nothing but the associations, in the document that was just read. When somebody else was faster (412),
 * reads again, checks again, and tries again with their change in it.
 */
export async function setAssociations(inputs: AssociateInputs, cloud: Cloud): Promise<void> {
  const { cloudfront } = cloud.aws
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await cloudfront.getConfig(inputs.distribution)
    if (!found) throw gone(inputs.distribution)
    const changes = changesFor(readAssociations(found.xml), inputs)
    if (changes.length === 0) return
    const xml = patchAssociations(found.xml, changes)
    const written = await updateOnce(() =>
      cloudfront.updateConfig(inputs.distribution, xml, found.etag),
    )
    if (written === 'done') return
  }
  throw new GuardError({
    code: 'changed-meanwhile',
    message: `Distribution ${inputs.distribution} was changed by others ${TRIES} times while this was being written.`,
    hint: 'Run the same command again when the other changes are done.',
  })
}

/** An answer that was lost is no reason to fail: the next round reads whether it was applied. */
async function updateOnce(update: () => Promise<'done' | 'stale'>): Promise<'done' | 'stale'> {
  try {
    return await update()
  } catch (error) {
    const failure = awsFailureOf(error)
    if (failure && failure.status === undefined) return 'stale'
    throw error
  }
}

type Found = Pick<Behavior, 'pattern' | 'lambda' | 'functions'>

function changesFor(behaviors: Found[], inputs: AssociateInputs): AssociationChange[] {
  return inputs.targets.flatMap((target) => {
    const behavior = behaviors.find(({ pattern }) => pattern === target.pattern)
    if (!behavior) return []
    const lambda = mergeAssociations(behavior, inputs.function, target)
    return isSame(lambda, behavior.lambda) ? [] : [{ pattern: target.pattern, lambda }]
  })
}

function isSame(a: LambdaAssociation[], b: LambdaAssociation[]): boolean {
  const text = (list: LambdaAssociation[]): string[] =>
    list.map(({ arn, eventType, includeBody }) => `${eventType} ${arn} ${includeBody}`).sort()
  return text(a).join('\n') === text(b).join('\n')
}

function gone(id: string): GuardError {
  return new GuardError({
    code: 'distribution-not-found',
    message: `Distribution ${id} is gone.`,
    hint: 'Somebody has deleted it meanwhile.',
  })
}

export const waitDeployed: Executor = async (inputs, cloud, context) => {
  const { distribution } = inputs as { distribution: string }
  await waitUntil(cloud, {
    what: `distribution ${distribution} to be deployed`,
    pace: cloud.pace.deployed,
    deadline: DEPLOY_DEADLINE,
    look: async (elapsed) => {
      const found = await cloud.aws.cloudfront.getDistribution(distribution)
      if (!found || found.status === 'Deployed') return true
      context.note(
        `CloudFront is deploying (${Math.round(elapsed / 1000)} s; usually 3 to 10 minutes)`,
      )
      return false
    },
  })
  return undefined
}
