import { namesOf } from '../names.ts'
import { same } from '../canonical.ts'
import type { Observed, Parameter, Role } from '../observed.ts'
import { step } from '../step.ts'
import type { Finding, Reason, Step } from '../types.ts'
import type { PlanContext } from '../context.ts'
import { encryptionReason, keysToDecrypt, settledFirst, wronglyEncrypted } from './encryption.ts'
import { policyChanges } from './policy-changes.ts'

/** Both principals: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html */
export const TRUST_POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: ['edgelambda.amazonaws.com', 'lambda.amazonaws.com'] },
      Action: 'sts:AssumeRole',
    },
  ],
}

/** Logs in whatever Region an edge runs, and exactly its own three key parameters. */
export function rolePolicy(account: string, distribution: string, kmsKeys: string[] = []): unknown {
  const { keys, function: name } = namesOf(distribution)
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Keys',
        Effect: 'Allow',
        Action: 'ssm:GetParameters',
        Resource: Object.values(keys).map(
          (key) => `arn:aws:ssm:us-east-1:${account}:parameter${key}`,
        ),
      },
      ...(kmsKeys.length > 0 ? [decryption(kmsKeys)] : []),
      {
        Sid: 'Logs',
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: `arn:aws:logs:*:${account}:log-group:/aws/lambda/*${name}*`,
      },
    ],
  }
}

/** Through Parameter Store alone: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
function decryption(kmsKeys: string[]): unknown {
  return {
    Sid: 'KeysDecrypt',
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: kmsKeys,
    Condition: { StringEquals: { 'kms:ViaService': 'ssm.us-east-1.amazonaws.com' } },
  }
}

export function roleArn(account: string, distribution: string): string {
  return `arn:aws:iam::${account}:role/${namesOf(distribution).role}`
}

/** `encryption` are the steps that write the private keys anew: until then the role must read both. */
export function roleSteps(observed: Observed, context: PlanContext, encryption: Step[]): Step[] {
  const { account } = observed.identity
  const { role: name, policy: policyName } = namesOf(context.distribution)
  const policyFor = (left: Parameter[]): unknown =>
    rolePolicy(account, context.distribution, keysToDecrypt(observed, context.settings, left))
  const isMoving = encryption.length > 0
  const policy = policyFor(isMoving ? wronglyEncrypted(observed, context.settings) : [])
  const steps: Step[] = []
  const { role } = observed
  if (!role) {
    steps.push(
      step({
        id: 'iam.role',
        kind: 'iam.role.create',
        action: 'create',
        reason: context.reasonForMissing,
        resource: `IAM role ${name}`,
        inputs: { name, trust: TRUST_POLICY },
      }),
    )
  } else if (!same(role.trust, TRUST_POLICY)) {
    steps.push(
      step({
        id: 'iam.role',
        kind: 'iam.role.trust',
        action: 'update',
        reason: 'drift',
        resource: `IAM role ${name}`,
        inputs: { name, trust: TRUST_POLICY },
        changes: policyChanges(role.trust, TRUST_POLICY),
      }),
    )
  }
  const found = role?.inlinePolicies[policyName]
  const isWide = found !== undefined && same(found, policy)
  if (!isWide) {
    steps.push(
      step({
        id: 'iam.policy',
        kind: 'iam.policy.put',
        action: found ? 'update' : 'create',
        reason: found ? policyReason(observed, context) : context.reasonForMissing,
        resource: 'IAM policy of that role: read its own keys, write logs',
        inputs: { role: name, policy: policyName, document: policy, settle: isMoving },
        changes: found ? policyChanges(found, policy) : [],
        after: ['iam.role'],
      }),
    )
  }
  steps.push(...(isWide ? settledFirst(encryption, context.settings) : encryption))
  const narrow = policyFor([])
  if (isMoving && !same(policy, narrow)) {
    steps.push(
      step({
        id: 'iam.policy.narrow',
        kind: 'iam.policy.put',
        action: 'update',
        reason: policyReason(observed, context),
        resource: 'IAM policy of that role: without the KMS key before',
        inputs: { role: name, policy: policyName, document: narrow },
        after: encryption.map(({ id }) => id),
      }),
    )
  }
  return steps
}

function policyReason(observed: Observed, context: PlanContext): Reason {
  return encryptionReason(observed, context) === 'settings' ? 'settings' : 'drift'
}

export function roleDestroySteps(observed: Observed, distribution: string): Step[] {
  const { role } = observed
  if (!role) return []
  const { policy } = namesOf(distribution)
  const steps: Step[] = []
  if (role.inlinePolicies[policy]) {
    steps.push(
      step({
        id: 'iam.policy',
        kind: 'iam.policy.delete',
        action: 'delete',
        reason: 'settings',
        resource: `IAM policy of ${role.name}`,
        inputs: { role: role.name, policy },
      }),
    )
  }
  const foreign = foreignPolicies(role, policy)
  // IAM refuses to delete a role with policies, and those of others are not ours to take away.
  if (foreign.length === 0) {
    steps.push(
      step({
        id: 'iam.role',
        kind: 'iam.role.delete',
        action: 'delete',
        reason: 'settings',
        resource: `IAM role ${role.name}`,
        inputs: { name: role.name },
        after: ['iam.policy'],
      }),
    )
  }
  return steps
}

/** A role with policies of others stays, and the operator is told. */
export function keptRole({ role }: Observed, distribution: string): Finding[] {
  const foreign = role ? foreignPolicies(role, namesOf(distribution).policy) : []
  if (!role || foreign.length === 0) return []
  return [
    {
      code: 'role-kept',
      severity: 'info',
      subject: role.name,
      message: `IAM role ${role.name} stays, because others have put policies on it: ${foreign.join(', ')}.`,
      next: 'Take those policies away and run teardown again, or delete the role yourself.',
    },
  ]
}

function foreignPolicies(role: Role, ours: string): string[] {
  return [
    ...role.attachedPolicies,
    ...Object.keys(role.inlinePolicies).filter((name) => name !== ours),
  ]
}
