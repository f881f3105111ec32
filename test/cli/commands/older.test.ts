import { afterAll, beforeAll, expect, test } from 'vitest'
import { VERSION } from '../../../src/commands/program/version.ts'
import { namesOf } from '../../../src/plan/names.ts'
import { read, rewrite, type Json } from '../../helpers/documents.ts'
import {
  editFile,
  expectRefusal,
  installData,
  newsOf,
  startStage,
  statusData,
  type Installed,
  type Stage,
} from '../../helpers/install.ts'

/** The version before access rules. */
const OLDER = '0.0.9'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

/** A site as the version before installed it, which knew neither refresh nor access rules. */
async function older(): Promise<Installed> {
  const site = await stage.installed()
  const names = namesOf(site.distributionId)
  await rewrite(stage, names.settings, ({ access: _access, site: _site, ...settings }) => ({
    ...settings,
    okta: without(settings['okta'], 'refreshToken'),
    session: without(settings['session'], 'graceMinutes'),
    function: without(settings['function'], 'logLevel'),
  }))
  await rewrite(stage, names.manifest, ({ access: _access, ...manifest }) => ({
    ...manifest,
    tool: OLDER,
    metadata: without(manifest['metadata'], 'revocationEndpoint', 'userinfoEndpoint'),
    function: { ...(manifest['function'] as Json), configDigest: 'd'.repeat(64) },
  }))
  const { oauthClient } = stage.app(site.distributionId).settings
  oauthClient.grant_types = ['authorization_code']
  delete oauthClient['refresh_token']
  return site
}

function without(value: unknown, ...keys: string[]): Json {
  return Object.fromEntries(Object.entries(value as Json).filter(([key]) => !keys.includes(key)))
}

test('B64 what the version before installed is right, and can be updated', async () => {
  const site = await older()
  const before = await stage.run(['status', '--json'], site)
  expect(before.exitCode, before.stdout).toBe(0)
  const { findings, parts, state } = statusData(before)
  expect(state).toBe('installed')
  expect(findings.map(({ code }) => code)).toEqual(['update-available'])
  expect(new Set(parts.map((part) => part.state))).toEqual(new Set(['ok']))

  const run = await stage.run(['apply', '--json'], site)
  expect(run.exitCode, run.stdout).toBe(0)
  expect(newsOf(installData(run)).slice(0, 2)).toEqual([
    'update okta.app',
    'update lambda.function',
  ])
  expect(stage.app(site.distributionId).settings.oauthClient).toMatchObject({
    grant_types: ['authorization_code', 'refresh_token'],
    refresh_token: { rotation_type: 'STATIC' },
  })
  const after = await stage.run(['status', '--json'], site)
  expect(statusData(after).findings).toEqual([])
  expect(installData(await stage.run(['apply', '--json'], site)).plan.steps).toEqual([])
})

test('B64 without Okta credentials its status is told as well', async () => {
  const site = await older()
  const { OKTA_CLIENT_TOKEN: _, ...env } = stage.env
  const run = await stage.run(['status', '--json'], { ...site, env })
  expect(run.exitCode, run.stdout).toBe(0)
  expect(statusData(run).findings.map(({ code }) => code)).toEqual([
    'update-available',
    'okta-not-checked',
  ])
})

test('B64 new settings are applied to it like any others', async () => {
  const site = await older()
  await editFile(site.cwd, (file) => ({ ...file, access: { public: ['/robots.txt'] } }))
  const due = statusData(await stage.run(['status', '--json'], site))
  expect(due.findings.map(({ code }) => code)).toEqual(['update-available', 'not-applied'])
  expect((await stage.run(['apply', '--json'], site)).exitCode).toBe(0)
  const { findings } = statusData(await stage.run(['status', '--json'], site))
  expect(findings.map(({ code }) => code)).toEqual(['public-paths'])
})

test.each([
  ['with Okta credentials', true],
  ['without them', false],
])('B64 what needs the whole of it says to apply first, %s', async (_name, asked) => {
  const site = await older()
  const { OKTA_CLIENT_TOKEN, ...rest } = stage.env
  const env = { ...rest, ...(asked && OKTA_CLIENT_TOKEN !== undefined && { OKTA_CLIENT_TOKEN }) }
  const commands = [
    ['revoke', '--user', 'ann@tidewater.example', '--yes'],
    ['rotate-keys', '--only', 'session', '--yes'],
    ['rotate-keys', '--only', 'seal', '--dry-run'],
  ]
  for (const argv of commands) {
    await expectRefusal(
      stage,
      argv,
      {
        exit: 1,
        code: 'install-incomplete',
        message: /^s3-okta-guard 0\.0\.9 installed this guard, before there were access rules/,
        says: [`s3-okta-guard apply --distribution ${site.distributionId}`],
      },
      { ...site, env },
    )
  }
  expect((await stage.run(['apply', '--json'], site)).exitCode).toBe(0)
  const revoked = await stage.run([...(commands[0] ?? []), '--json'], { ...site, env })
  expect(revoked.exitCode, revoked.stdout).toBe(0)
})

test('B64 it can be taken down', async () => {
  const { distributionId, cwd } = await older()
  const argv = ['teardown', '--distribution', distributionId, '--confirm', distributionId]
  const run = await stage.run([...argv, '--json'], { cwd })
  expect(run.exitCode, run.stdout).toBe(0)
  const left = stage.sandbox.aws.parameters().filter(({ name }) => name.includes(distributionId))
  expect(left).toEqual([])
})

test('B64 apply leaves a record in the words of this version', async () => {
  const site = await older()
  const { manifest } = namesOf(site.distributionId)
  expect(read(stage, manifest)['tool']).toBe(OLDER)
  const run = await stage.run(['apply', '--json'], site)
  expect(run.exitCode, run.stdout).toBe(0)
  expect(read(stage, manifest)).toMatchObject({
    version: 1,
    tool: VERSION,
    state: 'installed',
    access: { revision: expect.any(Number) },
    metadata: { revocationEndpoint: expect.any(String) },
  })
})
