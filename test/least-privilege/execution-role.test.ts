import {
  DeleteParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm'
import { GetFunctionCommand } from '@aws-sdk/client-lambda'
import { GetRoleCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { namesOf } from '../../src/plan/names.ts'
import { createUserAgent } from '../../src/sandbox/user-agent.ts'
import { sdkClients, type SdkClients } from '../helpers/sandbox-aws.ts'
import { startStage, type Installed, type Stage } from '../helpers/install.ts'

const ADA = { login: 'ada@tidewater.example', password: 'ferry-harbor-1', name: 'Ada Byron' }

let stage: Stage
let mine: Installed
let others: Installed
let role: SdkClients

beforeAll(async () => {
  stage = await startStage()
  stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] })
  const key = stage.sandbox.aws.createKmsKey()
  mine = await stage.installed(undefined, ['--kms-key', key])
  others = await stage.installed(undefined, ['--kms-key', stage.sandbox.aws.createKmsKey()])
  role = sdkClients(stage.sandbox.aws, credentialsOf(mine))
}, 60_000)
afterAll(() => stage?.close())

/** Those that the edge gives to the version that is attached. */
function credentialsOf({ url }: Installed) {
  const { edge } = stage.sandbox.aws
  const deployed = edge.deployed(new URL(url).host)
  const arn = deployed?.behaviors[0]?.viewerRequest ?? ''
  const version = edge.version(arn)
  if (!version) throw new Error(`no version ${arn}`)
  return version.credentials
}

const keysOf = ({ distributionId }: Installed): string[] => {
  const { session, client, seal } = namesOf(distributionId).keys
  return [session, client, seal]
}

const denied = { name: 'AccessDeniedException' }
const read = (ssm: SSMClient, Names: string[]) =>
  ssm.send(new GetParametersCommand({ Names, WithDecryption: true }))

test('reads its own keys, all at once and each alone', async () => {
  const { Parameters } = await read(role.ssm, keysOf(mine))
  expect(Parameters?.map(({ Name }) => Name).sort()).toEqual(keysOf(mine).sort())
  for (const name of keysOf(mine)) {
    expect((await read(role.ssm, [name])).Parameters?.[0]?.Value).toContain('"keys"')
  }
})

test('reads no other parameter of the guard, and none of another site or of anybody else', async () => {
  const foreign = stage.sandbox.aws
    .parameters()
    .map(({ name }) => name)
    .filter((name) => !keysOf(mine).includes(name))
  expect(foreign).toEqual(expect.arrayContaining(keysOf(others)))
  expect(foreign.length).toBeGreaterThan(8)
  const made = [...foreign, '/production/password', `${keysOf(mine)[0]}2`]
  for (const name of made) await expect(read(role.ssm, [name]), name).rejects.toMatchObject(denied)
  await expect(read(role.ssm, [...keysOf(mine), made[0]!])).rejects.toMatchObject(denied)
  const elsewhere = sdkClients(stage.sandbox.aws, credentialsOf(mine), 'eu-west-1')
  await expect(read(elsewhere.ssm, keysOf(mine))).rejects.toMatchObject(denied)
})

test('does nothing else with its keys, and nothing elsewhere', async () => {
  const [Name = ''] = keysOf(mine)
  const { function: name } = namesOf(mine.distributionId)
  const calls = [
    role.ssm.send(new GetParameterCommand({ Name, WithDecryption: true })),
    role.ssm.send(new GetParametersByPathCommand({ Path: namesOf(mine.distributionId).path })),
    role.ssm.send(new PutParameterCommand({ Name, Value: 'x', Overwrite: true })),
    role.ssm.send(new DeleteParametersCommand({ Names: [Name] })),
    role.lambda.send(new GetFunctionCommand({ FunctionName: name })),
    role.iam.send(new GetRoleCommand({ RoleName: name })),
  ]
  for (const call of await Promise.allSettled(calls)) {
    expect(call).toMatchObject({ status: 'rejected' })
    if (call.status === 'rejected') expect(String(call.reason)).toContain('not authorized')
  }
})

test('a sign-in at the edge needs two rights and no third', async () => {
  const agent = createUserAgent()
  expect((await agent.signIn(others.url, ADA.login, ADA.password)).status).toBe(200)
  const { accessKeyId } = credentialsOf(others)
  expect(stage.sandbox.aws.askedOf(accessKeyId)).toEqual(['kms:Decrypt', 'ssm:GetParameters'])
})
