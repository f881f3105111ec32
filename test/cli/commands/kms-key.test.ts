import { PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operatorPolicy } from '../../../src/plan/permissions.ts'
import { listOf } from '../../../src/sandbox/aws/policy.ts'
import { createUserAgent } from '../../../src/sandbox/user-agent.ts'
import type { DoctorData } from '../../../src/ui/schemas/data.ts'
import {
  editFile,
  installData,
  newsOf,
  startStage,
  statusData,
  type Installed,
  type Stage,
} from '../../helpers/install.ts'

const ADA = { login: 'ada@tidewater.example', password: 'ferry-harbor-1', name: 'Ada Byron' }

let stage: Stage
let site: Installed
let key: string

beforeAll(async () => {
  stage = await startStage()
  stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] })
  key = stage.sandbox.aws.createKmsKey()
  site = await stage.installed(undefined, ['--kms-key', key])
})
afterAll(() => stage.close())

function keyIds({ distributionId }: Installed): string[] {
  const path = `/s3-okta-guard/${distributionId}/keys/`
  return stage.sandbox.aws
    .parameters()
    .filter(({ name }) => name.startsWith(path))
    .map(({ keyId }) => keyId)
}

/** At an edge that has read no key before. */
async function signsIn({ url }: Installed, edge: string): Promise<number> {
  const agent = createUserAgent()
  agent.headers = { 'x-sandbox-edge': edge }
  return (await agent.signIn(url, ADA.login, ADA.password)).status
}

/** What the template allows, less some actions. */
function limited(...without: string[]): Record<string, string> {
  const policy = structuredClone(operatorPolicy()) as { Statement: { Action: unknown }[] }
  for (const statement of policy.Statement) {
    statement.Action = listOf(statement.Action).filter((action) => !without.includes(action))
  }
  const keys = stage.sandbox.aws.addIdentity({ userName: 'ops', policy })
  return {
    ...stage.env,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  }
}

async function keyPart(cwd: string) {
  const run = await stage.run(['status', '--json'], { cwd })
  return statusData(run).parts.find(({ part }) => part === 'KMS key')
}

test('init --kms-key writes the private keys with it, and people sign in', async () => {
  expect(keyIds(site)).toEqual([key, key, key])
  expect(await signsIn(site, 'first')).toBe(200)
  expect(await keyPart(site.cwd)).toEqual({ part: 'KMS key', state: 'ok', detail: key })
  const again = await stage.run(['apply', '--json'], { cwd: site.cwd })
  expect(installData(again)).toMatchObject({ changed: false })
})

test('with the key of AWS status says what that does not protect against', async () => {
  const plain = await stage.installed()
  expect(keyIds(plain)).toEqual(Array(3).fill('alias/aws/ssm'))
  const part = await keyPart(plain.cwd)
  expect(part).toMatchObject({ state: 'ok' })
  expect(part?.detail).toMatch(/aws\/ssm: whoever in the account may read .* can decrypt/)
})

test('another key in the file writes them anew, with the same keys inside', async () => {
  const other = stage.sandbox.aws.createKmsKey()
  const moved = await stage.installed(undefined, ['--kms-key', key])
  const secrets = (): string[] =>
    stage.sandbox.aws
      .parameters()
      .filter(({ name }) => name.includes(`${moved.distributionId}/keys/`))
      .map(({ value }) => value)
  const before = secrets()
  await editFile(moved.cwd, (file) => ({ ...file, ssm: { kmsKey: other } }))
  const run = await stage.run(['apply', '--json'], { cwd: moved.cwd, env: limited() })
  expect(run.exitCode, run.stdout).toBe(0)
  expect(newsOf(installData(run))).toEqual([
    'update iam.policy',
    'update encryption.session',
    'update encryption.client',
    'update encryption.seal',
    'update iam.policy.narrow',
  ])
  expect(keyIds(moved)).toEqual([other, other, other])
  expect(secrets()).toEqual(before)
  expect(await signsIn(moved, 'after')).toBe(200)
  const { inlinePolicies } =
    stage.sandbox.aws.roles().find(({ name }) => name.endsWith(moved.distributionId)) ?? {}
  expect(JSON.stringify(inlinePolicies)).toContain(other)
  expect(JSON.stringify(inlinePolicies)).not.toContain(key)
})

test('a rotation keeps the key', async () => {
  const argv = ['rotate-keys', '--only', 'seal', '--yes', '--no-wait']
  const run = await stage.run(argv, { cwd: site.cwd })
  expect(run.exitCode, run.stderr).toBe(6)
  const name = `/s3-okta-guard/${site.distributionId}/keys/seal`
  const ring = stage.sandbox.aws.parameters().find((one) => one.name === name)
  expect(JSON.parse(ring?.value ?? '')).toMatchObject({ keys: [{}, {}] })
  expect(keyIds(site)).toEqual([key, key, key])
})

test('encrypted with another key by other hands is drift, which apply repairs', async () => {
  const name = `/s3-okta-guard/${site.distributionId}/keys/seal`
  const found = stage.sandbox.aws.parameters().find((one) => one.name === name)
  await stage.clients.ssm.send(
    new PutParameterCommand({
      Name: name,
      Value: found?.value,
      Description: found?.description,
      Type: 'SecureString',
      Overwrite: true,
    }),
  )
  expect(await keyPart(site.cwd)).toMatchObject({ state: 'drift' })
  const run = await stage.run(['apply', '--yes'], { cwd: site.cwd })
  expect(run.exitCode, run.stderr).toBe(0)
  expect(keyIds(site)).toEqual([key, key, key])
})

test('B38: a key that the operator may not use is told by the action, the key and the policy to change', async () => {
  const { distributionId } = stage.sandbox.createSite()
  const argv = ['init', '--distribution', distributionId, '--group', 'Reports', '--yes', '--json']
  const env = limited('kms:Encrypt')
  const cwd = await stage.folder()
  const refused = await stage.run([...argv, '--kms-key', key], { env, cwd })
  expect(refused.exitCode).toBe(5)
  expect(refused.json.error?.code).toBe('aws-denied')
  expect(refused.json.error?.message).toContain('refuses kms:Encrypt')
  expect(refused.json.error?.hint).toContain(`kms:Encrypt on ${key}`)
  const managed = await stage.run(argv, { env, cwd })
  expect(managed.exitCode, managed.stdout).toBe(0)
  expect(managed.stdout).not.toContain(key)
})

test('a key that is not there is told as such, and the guard of a site stands', async () => {
  const gone = 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000'
  await editFile(site.cwd, (file) => ({ ...file, ssm: { kmsKey: gone } }))
  const run = await stage.run(['apply', '--json'], { cwd: site.cwd })
  expect(run.exitCode).toBe(1)
  expect(run.json.error?.message).toContain(gone)
  expect(run.json.error?.hint).toContain('--kms-key')
  expect(await signsIn(site, 'meanwhile')).toBe(200)
  await editFile(site.cwd, (file) => ({ ...file, ssm: { kmsKey: key } }))
  expect((await stage.run(['apply', '--yes'], { cwd: site.cwd })).exitCode).toBe(0)
  expect(await keyPart(site.cwd)).toMatchObject({ state: 'ok', detail: key })
})

test('an edge whose role may not decrypt lets nobody in', async () => {
  const { distributionId } = site
  const role = `s3-okta-guard-${distributionId}`
  const { inlinePolicies } = stage.sandbox.aws.roles().find(({ name }) => name === role) ?? {}
  const document = structuredClone(inlinePolicies?.['s3-okta-guard']) as {
    Statement: { Sid: string }[]
  }
  document.Statement = document.Statement.filter(({ Sid }) => Sid !== 'KeysDecrypt')
  await stage.clients.iam.send(
    new PutRolePolicyCommand({
      RoleName: role,
      PolicyName: 's3-okta-guard',
      PolicyDocument: JSON.stringify(document),
    }),
  )
  expect(await signsIn(site, 'denied').catch(() => 0)).not.toBe(200)
})

test.each([
  ['an alias', 'arn:aws:kms:us-east-1:111122223333:alias/mine'],
  ['another region', 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000'],
  ['an id alone', '00000000-0000-4000-8000-000000000000'],
])('%s is refused before any call', async (_name, given) => {
  const { distributionId } = stage.sandbox.createSite()
  stage.sandbox.operations.clearLog()
  const run = await stage.run(['init', '--distribution', distributionId, '--kms-key', given])
  expect(run.exitCode).toBe(2)
  expect(run.stderr).toContain('no alias) in us-east-1')
  await editFile(site.cwd, (file) => ({ ...file, ssm: { kmsKey: given } }))
  const filed = await stage.run(['apply'], { cwd: site.cwd })
  expect(filed.exitCode).toBe(2)
  expect(filed.stderr).toContain('no alias) in us-east-1')
  expect(stage.sandbox.operations.log).toEqual([])
})

test('doctor asks for the rights on the key where one is used, and only there', async () => {
  const missing = async (cwd: string): Promise<string> => {
    const run = await stage.run(['doctor', '--json'], { cwd, env: limited('kms:Decrypt') })
    const { findings } = run.json.data as DoctorData
    return findings.find(({ code }) => code === 'permissions-missing')?.message ?? ''
  }
  const used = await stage.installed(undefined, ['--kms-key', key])
  expect(await missing(used.cwd)).toMatch(/will need: kms:Decrypt\.$/)
  const plain = await stage.installed()
  expect(await missing(plain.cwd)).toBe('')
})
