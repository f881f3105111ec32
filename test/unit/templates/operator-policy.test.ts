import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allows, listOf, statementsOf } from '../../../src/sandbox/aws/policy.ts'
import { operatorPolicy } from '../../../src/plan/permissions.ts'
import { operationsOfAdapters } from '../../helpers/aws-operations.ts'
import { scriptedPrompter } from '../../helpers/cli.ts'
import { type Stage, startStage } from '../../helpers/install.ts'

const root = new URL('../../../', import.meta.url).pathname
const policy: unknown = JSON.parse(
  await readFile(path.join(root, 'templates/iam-operator-policy.json'), 'utf8'),
)
const allowed = statementsOf(policy)
  .flatMap(({ Action }) => listOf(Action))
  .sort()

/**
 * No calls of their own: AWS checks them inside another call.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
 */
const IMPLIED = [
  'iam:CreateServiceLinkedRole', // UpdateDistribution, once in an account
  'iam:PassRole', // CreateFunction
  'iam:TagRole', // CreateRole with tags
  'kms:Decrypt', // GetParameter, where a KMS key was chosen
  'kms:Encrypt', // PutParameter, where a KMS key was chosen
  'lambda:DisableReplication*', // UpdateDistribution
  'lambda:EnableReplication*', // UpdateDistribution
  'lambda:ListTags', // GetFunction answers with tags
  'lambda:TagResource', // CreateFunction with tags
  'ssm:AddTagsToResource', // PutParameter with tags
]
/** Everybody may ask who they are. */
const FREE = [
  'sts:GetCallerIdentity',
  's3:GetObject', // unsigned, as a stranger
  's3:ListObjectsV2',
]

describe('an operator with no other right than templates/iam-operator-policy.json', () => {
  let stage: Stage
  const used = new Set<string>()

  function collect(): void {
    const calls = stage.sandbox.operations.log.filter(({ service }) => service !== 'okta')
    for (const { service, operation } of calls) used.add(`${service}:${operation}`)
    stage.sandbox.operations.clearLog()
  }

  beforeAll(async () => {
    stage = await startStage()
  })
  afterAll(() => stage?.close())

  it('runs every command, and needs every action in it', async () => {
    const site = stage.sandbox.createSite()
    const keys = stage.sandbox.aws.addIdentity({ userName: 'limited', policy })
    const cwd = await stage.folder()
    const env = {
      ...stage.env,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    }
    const { prompter } = scriptedPrompter([site.distributionId, true])
    const made = await stage.run(['init', '--group', 'Reports'], { cwd, env, prompter })
    expect(made.exitCode, made.stderr).toBe(0)
    collect()

    const file = path.join(cwd, 's3-okta-guard.json')
    const wanted = JSON.parse(await readFile(file, 'utf8')) as object
    const change = { session: { tokenMinutes: 10 }, function: { runtime: 'nodejs24.x' } }
    await writeFile(file, JSON.stringify({ ...wanted, ...change }))
    await openTrustToOthers(stage, site.distributionId)
    stage.sandbox.operations.clearLog()
    const applied = await stage.run(['apply'], { cwd, env })
    expect(applied.exitCode, applied.stderr).toBe(0)
    const status = await stage.run(['status'], { cwd, env })
    expect(status.exitCode, status.stdout).toBe(0)
    const doctor = await stage.run(['doctor'], { cwd, env })
    expect(doctor.exitCode, doctor.stdout).toBe(0)

    const sleep = async (ms: number): Promise<void> => stage.sandbox.clock.advance(ms)
    const rotated = await stage.run(['rotate-keys', '--yes'], { cwd, env, sleep })
    expect(rotated.exitCode, rotated.stderr).toBe(0)
    const revoked = await stage.run(['revoke', '--user', 'ann@example.com', '--yes'], { cwd, env })
    expect(revoked.exitCode, revoked.stderr).toBe(0)

    const confirm = ['--logs', '--confirm', site.distributionId]
    const group = `/aws/lambda/us-east-1.s3-okta-guard-${site.distributionId}`
    stage.sandbox.aws.createLogGroup(group, 'eu-west-1')
    const gone = await stage.run(['teardown', ...confirm], { cwd, env })
    expect(gone.exitCode, gone.stderr).toBe(0)
    collect()

    const needed = [...used].filter((action) => !FREE.includes(action)).sort()
    expect(needed).toEqual(allowed.filter((action) => !IMPLIED.includes(action)))
  }, 120_000)

  it('is stopped by name where one action is missing', async () => {
    const without = structuredClone(policy) as { Statement: { Action: string | string[] }[] }
    for (const statement of without.Statement)
      statement.Action = listOf(statement.Action).filter((one) => one !== 'lambda:CreateFunction')
    const keys = stage.sandbox.aws.addIdentity({ userName: 'too-limited', policy: without })
    const env = {
      ...stage.env,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    }
    const site = stage.sandbox.createSite()
    const args = ['init', '--distribution', site.distributionId, '--group', 'Reports', '--yes']
    const ran = await stage.run(args, { env })
    expect(ran.exitCode).toBe(5)
    expect(ran.stderr).toContain('lambda:CreateFunction')
  })
})

it('lists what AWS checks inside other calls', () => {
  expect(allowed).toEqual(expect.arrayContaining(IMPLIED))
  expect(new Set(allowed).size).toBe(allowed.length)
})

it('knows every call that src/aws can make', async () => {
  const calls = await operationsOfAdapters()
  expect(calls.length).toBeGreaterThan(20)
  const unknown = calls.filter((call) => ![...allowed, ...FREE].includes(call))
  expect(unknown).toEqual([])
})

it('lets keys be read only by who changes what is installed, and by one call', () => {
  const key = 'arn:aws:ssm:us-east-1:111122223333:parameter/s3-okta-guard/E1/keys/session'
  const manifest = 'arn:aws:ssm:us-east-1:111122223333:parameter/s3-okta-guard/E1/manifest'
  expect(allows([policy], 'ssm:PutParameter', key)).toBe(true)
  expect(allows([policy], 'ssm:GetParameters', manifest)).toBe(true)
  expect(allows([policy], 'ssm:GetParameters', key)).toBe(false)
  for (const command of ['status', 'doctor', 'teardown'] as const) {
    expect(allows([operatorPolicy([command])], 'ssm:GetParameter', key), command).toBe(false)
  }
  expect(allows([policy], 'ssm:GetParametersByPath', key)).toBe(false)
})

it.each([
  ['iam:PutRolePolicy', 'arn:aws:iam::111122223333:role/Admin'],
  ['iam:UpdateAssumeRolePolicy', 'arn:aws:iam::111122223333:role/Admin'],
  ['lambda:UpdateFunctionCode', 'arn:aws:lambda:us-east-1:111122223333:function:payments'],
  ['ssm:PutParameter', 'arn:aws:ssm:us-east-1:111122223333:parameter/production/password'],
  ['ssm:DeleteParameters', 'arn:aws:ssm:us-east-1:111122223333:parameter/production/password'],
])('does not allow %s on what is not the guard’s', (action, resource) => {
  expect(allows([policy], action, resource)).toBe(false)
})

async function openTrustToOthers({ clients }: Stage, distribution: string): Promise<void> {
  const Service = ['ec2.amazonaws.com', 'edgelambda.amazonaws.com', 'lambda.amazonaws.com']
  const Statement = [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }]
  await clients.iam.send(
    new UpdateAssumeRolePolicyCommand({
      RoleName: `s3-okta-guard-${distribution}`,
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  )
}
