import { describe, expect, test } from 'vitest'
import { awsFailureOf } from '../../src/aws/failure.ts'
import type { Target } from './target.ts'
import { TAGS, TRUST } from './target.ts'

const POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['ssm:GetParameters'], Resource: ['arn:aws:ssm:us-east-1:*:x'] },
  ],
}

/** STS and IAM. */
export function iamContract(target: () => Target): void {
  const make = (name: string) =>
    target().aws.iam.createRole({ name, description: 'of a test', trust: TRUST, tags: TAGS })

  describe('STS', () => {
    test('says who calls, in which account and partition', async () => {
      const identity = await target().aws.sts.identity()
      expect(identity.account).toMatch(/^\d{12}$/)
      expect(identity.arn).toContain(`:${identity.account}:`)
      expect(identity.partition).toBe('aws')
      const time = target().aws.serverTime()
      expect(time?.getMilliseconds()).toBe(0)
    })
  })

  describe('IAM', () => {
    test('a role that is not there is undefined', async () => {
      expect(await target().aws.iam.getRole('nobody')).toBeUndefined()
    })

    test('a new role reads back with trust and tags', async () => {
      const { arn } = await make('fresh')
      expect(arn).toMatch(/^arn:aws:iam::\d{12}:role\/fresh$/)
      expect(await target().aws.iam.getRole('fresh')).toEqual({
        name: 'fresh',
        arn,
        trust: TRUST,
        inlinePolicies: {},
        attachedPolicies: [],
        tags: TAGS,
      })
    })

    test('a second role of that name is refused as existing', async () => {
      await make('twice')
      const error: unknown = await make('twice').catch((thrown: unknown) => thrown)
      expect(awsFailureOf(error)).toMatchObject({ reason: 'already-exists', status: 409 })
    })

    test('trust and inline policies can be changed and read back', async () => {
      const { iam } = target().aws
      await make('changed')
      const other = {
        ...TRUST,
        Statement: [{ ...TRUST.Statement[0], Principal: { Service: 'lambda.amazonaws.com' } }],
      }
      await iam.updateTrust('changed', other)
      await iam.putRolePolicy('changed', 'keys', { ...POLICY, Id: 'older' })
      await iam.putRolePolicy('changed', 'keys', POLICY)
      await iam.putRolePolicy('changed', 'logs', POLICY)
      const role = await iam.getRole('changed')
      expect(role?.trust).toEqual(other)
      expect(role?.inlinePolicies).toEqual({ keys: POLICY, logs: POLICY })
    })

    test('a role with policies cannot be deleted; without them it is gone, and gone again', async () => {
      const { iam } = target().aws
      await make('leaving')
      await iam.putRolePolicy('leaving', 'keys', POLICY)
      const error: unknown = await iam.deleteRole('leaving').catch((thrown: unknown) => thrown)
      expect(awsFailureOf(error)?.name).toMatch(/^DeleteConflict/)
      await iam.deleteRolePolicy('leaving', 'keys')
      await iam.deleteRolePolicy('leaving', 'keys')
      await iam.deleteRole('leaving')
      await iam.deleteRole('leaving')
      await iam.deleteRolePolicy('leaving', 'keys')
      expect(await iam.getRole('leaving')).toBeUndefined()
    })

    test('a policy that is no policy is refused', async () => {
      await make('malformed')
      const put = target().aws.iam.putRolePolicy('malformed', 'keys', { Nonsense: true })
      await expect(put).rejects.toMatchObject({ code: 'aws-failed' })
    })
  })
}
