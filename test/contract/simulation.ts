import { describe, expect, test } from 'vitest'
import { createAws, type AwsCall } from '../../src/aws/create.ts'
import type { TestAws } from '../helpers/sandbox-aws.ts'

/** What `doctor` asks beside the rest, against the sandbox only: moto knows neither. */
export function simulationContract(sandbox: () => TestAws, onCall: (call: AwsCall) => void): void {
  async function operator(statements: object[]) {
    const { aws } = sandbox()
    const policy = { Version: '2012-10-17', Statement: statements }
    const keys = aws.addIdentity({ userName: 'simulated', policy })
    const env = {
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    }
    const mine = await createAws({ env, retryDelayMs: 0, onCall })
    return { aws: mine, principal: `arn:aws:iam::${aws.account}:user/simulated` }
  }

  const role = 'arn:aws:iam::123456789012:role/mine'
  const allow = (Action: string, more: object = {}) => ({
    ...{ Effect: 'Allow', Action, Resource: '*' },
    ...more,
  })

  describe('simulation', () => {
    test('each action is told by its own name, on the resource asked for alone', async () => {
      const { aws, principal } = await operator([
        allow('iam:SimulatePrincipalPolicy'),
        allow('iam:Get*', { Resource: role }),
        { Effect: 'Deny', Action: 'iam:GetRolePolicy', Resource: '*' },
      ])
      const actions = ['iam:GetRole', 'iam:GetRolePolicy', 'iam:PutRolePolicy']
      expect(await aws.iam.simulate({ principal, actions, resource: role, context: {} })).toEqual({
        'iam:GetRole': true,
        'iam:GetRolePolicy': false,
        'iam:PutRolePolicy': false,
      })
      const resource = role.replace('mine', 'other')
      const elsewhere = await aws.iam.simulate({ principal, actions, resource, context: {} })
      expect(Object.values(elsewhere)).toEqual([false, false, false])
    })

    test('a condition is met by what is said of the request', async () => {
      const Condition = { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }
      const { aws, principal } = await operator([
        allow('iam:SimulatePrincipalPolicy'),
        allow('iam:PassRole', { Condition }),
      ])
      const input = { principal, actions: ['iam:PassRole'], resource: role }
      const to = (service: string) => ({ 'iam:PassedToService': service })
      const asked = (context: Record<string, string>) => aws.iam.simulate({ ...input, context })
      expect(await asked(to('lambda.amazonaws.com'))).toEqual({ 'iam:PassRole': true })
      expect(await asked(to('ec2.amazonaws.com'))).toEqual({ 'iam:PassRole': false })
      expect(await asked({})).toEqual({ 'iam:PassRole': false })
    })

    test('who may not simulate is told the action', async () => {
      const { aws, principal } = await operator([allow('ssm:*')])
      const input = { principal, actions: ['iam:GetRole'], resource: role, context: {} }
      await expect(aws.iam.simulate(input)).rejects.toMatchObject({
        code: 'aws-denied',
        details: ['iam:SimulatePrincipalPolicy'],
      })
    })

    test('the throughput of Parameter Store is a setting of the account', async () => {
      const { aws } = await operator([allow('ssm:GetServiceSetting')])
      expect(await aws.ssm.highThroughput()).toBe(false)
      sandbox().aws.setHighThroughput(true)
      expect(await aws.ssm.highThroughput()).toBe(true)
      sandbox().aws.setHighThroughput(false)
    })
  })
}
