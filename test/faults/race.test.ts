import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterEach, expect, it } from 'vitest'
import { namesOf } from '../../src/plan/names.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import type { Delays } from '../../src/sandbox/types.ts'
import { GROUP, init } from './world.ts'

let sandbox: Sandbox

afterEach(() => sandbox.close())

async function start(delays: Partial<Delays> = {}): Promise<Sandbox> {
  sandbox = await startSandbox({ delays })
  sandbox.okta.addGroup(GROUP)
  return sandbox
}

function client(): {
  endpoint: string
  region: string
  credentials: Sandbox['aws']['credentials']
} {
  const { url: endpoint, region, credentials } = sandbox.aws
  return { endpoint, region, credentials }
}

it('B26 B27 does not adopt what somebody else creates under our name while init runs', async () => {
  await start()
  const site = sandbox.createSite()
  const { role } = namesOf(site.distributionId)
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'ec2.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    ],
  })
  sandbox.aws.before('CreateRole', async () => {
    const command = new CreateRoleCommand({ RoleName: role, AssumeRolePolicyDocument })
    await new IAMClient(client()).send(command)
  })
  const run = await init(sandbox, site)
  expect(run.exitCode).toBe(1)
  expect(run.json.error).toMatchObject({ code: 'not-ours' })
  expect(run.json.error?.message).toContain(role)
  expect(sandbox.aws.functions()).toEqual([])
})

it('B24 tells CloudFront of a version only when Lambda has made it ready', async () => {
  await start({ lambda: 400 })
  const site = sandbox.createSite()
  const states: (string | undefined)[] = []
  sandbox.aws.before('UpdateDistribution', async () => {
    const [lambda] = sandbox.aws.functions()
    const FunctionName = lambda?.versions[0]?.arn ?? ''
    const command = new GetFunctionConfigurationCommand({ FunctionName })
    states.push((await new LambdaClient(client()).send(command)).State)
  })
  const run = await init(sandbox, site)
  expect(run.exitCode, run.stdout).toBe(0)
  expect(states).toEqual(['Active'])
})

it('B22 waits until Lambda may assume the new role', async () => {
  await start({ role: 300 })
  const run = await init(sandbox, sandbox.createSite())
  expect(run.exitCode, run.stdout).toBe(0)
  const tries = sandbox.operations.log.filter(({ operation }) => operation === 'CreateFunction')
  expect(tries.length).toBeGreaterThan(1)
  expect(tries.map(({ status }) => status)).toEqual([...tries.slice(1).map(() => 400), 201])
})

it('B21 B22 does not wait for anything else that Lambda refuses', async () => {
  await start()
  const body = JSON.stringify({
    Type: 'User',
    message: 'Concurrency limit reached for the account.',
  })
  const headers = {
    'Content-Type': 'application/json',
    'x-amzn-ErrorType': 'InvalidParameterValueException',
  }
  sandbox.operations.arm({
    at: { operation: 'CreateFunction', nth: 1 },
    kind: { status: 400, body, headers },
  })
  const site = sandbox.createSite()
  const run = await init(sandbox, site)
  expect(run.exitCode).toBe(1)
  expect(run.json.error).toMatchObject({
    code: 'aws-failed',
    message: expect.stringContaining('Concurrency limit reached for the account.') as string,
    next: [
      `s3-okta-guard init --distribution ${site.distributionId} --group ${GROUP} --yes --json`,
    ],
  })
  expect(sandbox.aws.distributionXml(site.distributionId)).not.toContain('LambdaFunctionARN')
  sandbox.operations.revive()
  expect((await init(sandbox, site)).exitCode).toBe(0)
})
