import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import type { AccessRule } from '../../../src/access/rules.ts'
import type { ConfigFile } from '../../../src/config/schema.ts'
import { namesOf } from '../../../src/plan/names.ts'
import { OWNER_TAG } from '../../../src/plan/observed.ts'
import { encodeDocument } from '../../../src/provision/documents.ts'
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

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const CREW: AccessRule = { paths: ['/crew/*'], allow: { groups: ['Crew'] } }
const ALL: AccessRule = { paths: ['/*'], allow: 'everyone' }

/** An installed site whose file says more since. */
async function edited(change: Partial<ConfigFile>): Promise<Installed> {
  const site = await stage.installed()
  await editFile(site.cwd, (file) => ({ ...file, ...change }))
  return site
}

/** What the newest code of the site's function holds. */
function configOf({ distributionId }: Installed): EdgeConfig {
  const found = stage.sandbox.aws.functions().find(({ name }) => name.endsWith(distributionId))
  const file = unzipSync(found?.zip ?? new Uint8Array())['config.json']
  return JSON.parse(Buffer.from(file ?? []).toString()) as EdgeConfig
}

const codes = (run: Awaited<ReturnType<Stage['run']>>): string[] =>
  installData(run).plan.findings.map(({ severity, code }) => `${severity} ${code}`)

describe('access rules', () => {
  test('reach the function with a new revision; a second apply has nothing to do', async () => {
    const site = await edited({ access: { public: ['/robots.txt'], rules: [CREW, ALL] } })
    const before = statusData(await stage.run(['status', '--json'], site))
    expect(before.findings).toMatchObject([{ code: 'not-applied', severity: 'due' }])
    expect(before.findings[0]?.message).toContain(
      '(access rules: no rules → 2 rules; public paths: none → /robots.txt; access revision: 1 → 2)',
    )
    const run = await stage.run(['apply', '--json'], site)
    expect(run.exitCode, run.stdout).toBe(0)
    expect(newsOf(installData(run))).toEqual([
      'update lambda.function',
      'create lambda.version',
      'update cloudfront.behaviors',
      'wait cloudfront.deployed',
      'check web.probe',
    ])
    expect(configOf(site).access).toMatchObject({
      public: ['/robots.txt'],
      rules: [CREW, ALL],
      revision: 2,
    })
    stage.sandbox.operations.clearLog()
    const again = await stage.run(['apply', '--json'], site)
    expect(installData(again).plan.steps).toEqual([])
    expect(stage.mutating()).toEqual([])
    const { parts, findings } = statusData(await stage.run(['status', '--json'], site))
    expect(parts.find(({ part }) => part === 'Access rules')).toMatchObject({
      state: 'ok',
      detail: '2 rules, 1 public path, revision 2',
    })
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'info public-paths',
      'info groups-claim',
      'info groups-unassigned',
    ])
  })

  test('are shown before they are applied: what changes, for whom, and what strangers can read', async () => {
    const site = await edited({ access: { public: ['/press/*'], rules: [CREW, ALL] } })
    stage.sandbox.operations.clearLog()
    const run = await stage.run(['init', '--dry-run'], site)
    expect(run.exitCode).toBe(0)
    expect(run.stdout + run.stderr).toMatch(/access rules: no rules → 2 rules/)
    expect(run.stdout + run.stderr).toMatch(/! people who are signed in are checked against/)
    expect(run.stdout).toContain('Strangers can read /press/*')
    expect(codes(await stage.run(['init', '--dry-run', '--json'], site))).toContain(
      'info public-paths',
    )
    expect(stage.mutating()).toEqual([])
  })

  test('that name a group which Okta does not know are refused, with the rule', async () => {
    const nobody: AccessRule = { paths: ['/x/*'], allow: { groups: ['Crew', 'Nobody'] } }
    const site = await edited({ access: { rules: [CREW, nobody, ALL] } })
    const lines = (await readFile(path.join(site.cwd, 's3-okta-guard.json'), 'utf8')).split('\n')
    for (const command of ['init', 'apply']) {
      const run = await expectRefusal(
        stage,
        [command, '--yes'],
        {
          exit: 2,
          code: 'okta-group-not-found',
          message: /has no group named "Nobody"/,
          says: [/s3-okta-guard\.json, line (\d+): access\.rules\[1\]\.allow\.groups/],
        },
        site,
      )
      const line = Number(/line (\d+)/.exec(run.json.error?.details.join() ?? '')?.[1])
      expect(lines.slice(line - 1, line + 3).join()).toContain('Nobody')
    }
  })

  test('that name a group which Okta knows twice are refused, with the rule', async () => {
    stage.sandbox.okta.addGroup('Twice')
    stage.sandbox.okta.addGroup('Twice')
    const twice: AccessRule = { paths: ['/x/*'], allow: { groups: ['Twice'] } }
    const site = await edited({ access: { rules: [twice, ALL] } })
    await expectRefusal(
      stage,
      ['apply'],
      {
        exit: 2,
        code: 'okta-group-ambiguous',
        message: /2 groups named "Twice"/,
        says: ['access.rules[0].allow.groups'],
      },
      site,
    )
  })

  test('that are too large are refused by how much, before anything is done', async () => {
    const emails = Array.from(
      { length: 20_000 },
      () => `${randomBytes(12).toString('hex')}@${randomBytes(8).toString('hex')}.example`,
    )
    const site = await edited({ access: { rules: [{ paths: ['/*'], allow: { emails } }] } })
    const run = await expectRefusal(
      stage,
      ['apply'],
      { exit: 1, code: 'too-large-for-ssm', message: /\d+ are the most, so it is \d+ too large/ },
      site,
    )
    const [size = 0, most = 0, over = 0] = (
      /has (\d+) .*; (\d+) .* (\d+) too/.exec(run.json.error?.message ?? '') ?? []
    )
      .slice(1)
      .map(Number)
    expect(size - most).toBe(over)
    expect(over).toBeGreaterThan(0)
  })
})

describe('a site with public paths', () => {
  test('is asked as a stranger where it is not public', async () => {
    const site = await edited({ access: { public: ['/', '/index.html'] } })
    const run = await stage.run(['apply', '--json'], site)
    expect(run.exitCode, run.stdout).toBe(0)
    const probe = installData(run).plan.steps.find(({ id }) => id === 'web.probe')
    expect(probe?.inputs['probes']).toMatchObject([{ path: '/s3-okta-guard-probe' }])
  })
})

test('refresh tokens that shall rotate are changed in the app, and changed back when others change them', async () => {
  const site = await stage.installed()
  const client = stage.app(site.distributionId).settings.oauthClient
  expect(client).toMatchObject({
    grant_types: ['authorization_code', 'refresh_token'],
    refresh_token: { rotation_type: 'STATIC' },
  })
  await editFile(site.cwd, (file) => ({
    ...file,
    okta: { ...file.okta, refreshToken: { rotation: 'ROTATE', leewaySeconds: 45 } },
  }))
  const run = await stage.run(['apply', '--json'], site)
  expect(newsOf(installData(run))).toEqual(['update okta.app'])
  const now = () => stage.app(site.distributionId).settings.oauthClient
  expect(now()['refresh_token']).toEqual({ rotation_type: 'ROTATE', leeway: 45 })
  Object.assign(now(), { refresh_token: { rotation_type: 'ROTATE', leeway: 0 } })
  const drifted = await stage.run(['status', '--json'], site)
  expect(drifted.exitCode).toBe(3)
  expect(statusData(drifted).findings).toMatchObject([{ code: 'drift', subject: 'okta.app' }])
  expect((await stage.run(['apply', '--json'], site)).exitCode).toBe(0)
  expect(now()['refresh_token']).toEqual({ rotation_type: 'ROTATE', leeway: 45 })
})

test('who was signed out before the time is carried to the function, and goes with teardown', async () => {
  const site = await stage.installed()
  const { revocations } = namesOf(site.distributionId)
  await stage.clients.ssm.send(
    new PutParameterCommand({
      Name: revocations,
      Value: encodeDocument(revocations, { version: 1, everyone: 7, users: { hash: 9 } }).head,
      Type: 'String',
      Tags: [{ Key: OWNER_TAG, Value: site.distributionId }],
    }),
  )
  expect((await stage.run(['apply', '--json'], site)).exitCode).toBe(0)
  expect(configOf(site).notBefore).toEqual({ everyone: 7, users: { hash: 9 } })
  expect(installData(await stage.run(['apply', '--json'], site)).plan.steps).toEqual([])
  const id = site.distributionId
  const gone = await stage.run(['teardown', '--distribution', id, '--confirm', id, '--json'])
  expect(gone.exitCode, gone.stdout).toBe(0)
  expect(stage.sandbox.aws.parameters().some(({ name }) => name === revocations)).toBe(false)
})
