import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { operatorPolicy } from '../../../src/plan/permissions.ts'
import { listOf } from '../../../src/sandbox/aws/policy.ts'
import { createUserAgent } from '../../../src/sandbox/user-agent.ts'
import type { CliRun } from '../../helpers/cli.ts'
import { startStage, type Installed, type Stage } from '../../helpers/install.ts'

const ADA = { login: 'ada@tidewater.example', password: 'ferry-harbor-1', name: 'Ada Byron' }
const ROTATE = ['rotate-keys', '--only', 'seal', '--yes', '--no-wait', '--json']

let stage: Stage
let site: Installed
let key: string

beforeAll(async () => {
  stage = await startStage()
  stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] })
})
afterAll(() => stage.close())
beforeEach(async () => {
  key = stage.sandbox.aws.createKmsKey()
  site = await stage.installed(undefined, ['--kms-key', key])
})

function names(): string[] {
  return ['session', 'client', 'seal'].map(
    (ring) => `/s3-okta-guard/${site.distributionId}/keys/${ring}`,
  )
}

function expectWayOut({ exitCode, json }: CliRun, code: string, exit: number): void {
  expect({ exitCode, code: json.error?.code }).toEqual({ exitCode: exit, code })
  expect(json.error?.message).toContain('KMS does not decrypt the private keys in')
  expect(json.error?.hint).toContain('signs everybody out')
  expect(json.error?.next).toEqual([
    `aws ssm delete-parameters --region us-east-1 --names ${names().join(' ')}`,
    `s3-okta-guard apply --distribution ${site.distributionId} --kms-key ARN`,
  ])
}

test('a KMS key that was deleted: the way out is said, and it is one', async () => {
  stage.sandbox.aws.deleteKmsKey(key)
  expectWayOut(await stage.run(ROTATE, { cwd: site.cwd }), 'aws-failed', 1)
  const other = stage.sandbox.aws.createKmsKey()
  const apply = ['apply', '--kms-key', other, '--json']
  expectWayOut(await stage.run(apply, { cwd: site.cwd }), 'aws-failed', 1)

  const { ssm } = stage.clients
  const { DeleteParametersCommand } = await import('@aws-sdk/client-ssm')
  await ssm.send(new DeleteParametersCommand({ Names: names() }))
  const applied = await stage.run(apply, { cwd: site.cwd })
  expect(applied.exitCode, applied.stdout).toBe(0)
  const rings = stage.sandbox.aws.parameters().filter(({ name }) => names().includes(name))
  expect(rings.map(({ keyId }) => keyId)).toEqual([other, other, other])
  stage.sandbox.clock.advance(10 * 60_000)
  const page = await createUserAgent().signIn(site.url, ADA.login, ADA.password)
  expect(page.status).toBe(200)
})

test('a KMS key that no longer lets the operator decrypt: to be let in, and no line that deletes keys', async () => {
  const policy = structuredClone(operatorPolicy()) as { Statement: { Action: unknown }[] }
  for (const statement of policy.Statement) {
    statement.Action = listOf(statement.Action).filter((action) => action !== 'kms:Decrypt')
  }
  const keys = stage.sandbox.aws.addIdentity({ userName: 'ops', policy })
  const env = {
    ...stage.env,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  }
  const run = await stage.run(ROTATE, { cwd: site.cwd, env })
  expect(run.json.error).toMatchObject({ code: 'aws-denied' })
  expect(run.json.error?.hint).toMatch(/^Allow kms:Decrypt.* signs everybody out/)
  // No line to paste that would delete keys which are not lost.
  expect(run.json.error?.next.join()).not.toContain('delete-parameters')
})
