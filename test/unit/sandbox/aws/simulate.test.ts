import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam'
import { GetServiceSettingCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sdkClients, startTestAws, type TestAws } from '../../../helpers/sandbox-aws.ts'
import { awsError } from './fixtures.ts'

let cloud: TestAws
beforeAll(async () => {
  cloud = await startTestAws()
})
afterAll(() => cloud.close())

const ROLE = 'arn:aws:iam::111122223333:role/x'
const statement = (Effect: string, Action: string, more: object = {}) => ({
  ...{ Effect, Action, Resource: '*' },
  ...more,
})

async function simulate(
  statements: object[],
  actions: string[],
  context: Record<string, string> = {},
) {
  const policy = { Version: '2012-10-17', Statement: statements }
  const keys = cloud.aws.addIdentity({ userName: 'ops', policy })
  const { iam } = sdkClients(cloud.aws, keys)
  const answer = await iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: `arn:aws:iam::${cloud.aws.account}:user/ops`,
      ActionNames: actions,
      ResourceArns: [ROLE],
      ContextEntries: Object.entries(context).map(([ContextKeyName, value]) => ({
        ContextKeyName,
        ContextKeyValues: [value],
        ContextKeyType: 'string' as const,
      })),
    }),
  )
  return (answer.EvaluationResults ?? []).map((one) => `${one.EvalActionName} ${one.EvalDecision}`)
}

const SELF = statement('Allow', 'iam:SimulatePrincipalPolicy')

it('tells what the policies of the caller allow, deny, and do not name', async () => {
  const statements = [SELF, statement('Allow', 'iam:*'), statement('Deny', 'iam:DeleteRole')]
  expect(await simulate(statements, ['iam:GetRole', 'iam:DeleteRole', 'ssm:PutParameter'])).toEqual(
    ['iam:GetRole allowed', 'iam:DeleteRole explicitDeny', 'ssm:PutParameter implicitDeny'],
  )
})

it('meets a condition only with what is said of the request', async () => {
  const Condition = { StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com'] } }
  const statements = [SELF, statement('Allow', 'iam:PassRole', { Condition })]
  const pass = (context?: Record<string, string>) => simulate(statements, ['iam:PassRole'], context)
  expect(await pass()).toEqual(['iam:PassRole implicitDeny'])
  expect(await pass({ 'iam:PassedToService': 'ec2.amazonaws.com' })).toEqual([
    'iam:PassRole implicitDeny',
  ])
  expect(await pass({ 'iam:PassedToService': 'lambda.amazonaws.com' })).toEqual([
    'iam:PassRole allowed',
  ])
})

it('takes no wildcards, and nobody who may not ask', async () => {
  await expect(simulate([SELF], ['iam:*'])).rejects.toMatchObject(
    awsError('InvalidInputException', 400),
  )
  await expect(simulate([], ['iam:GetRole'])).rejects.toMatchObject(awsError('AccessDenied', 403))
})

it('tells the throughput of Parameter Store', async () => {
  const read = async () =>
    (
      await cloud.clients.ssm.send(
        new GetServiceSettingCommand({
          SettingId: '/ssm/parameter-store/high-throughput-enabled',
        }),
      )
    ).ServiceSetting?.SettingValue
  expect(await read()).toBe('false')
  cloud.aws.setHighThroughput(true)
  expect(await read()).toBe('true')
})
