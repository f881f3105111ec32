import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RotateData } from '../../../src/ui/schemas/data.ts'
import { namesOf } from '../../../src/plan/names.ts'
import type { CliRun } from '../../helpers/cli.ts'
import {
  expectRefusal,
  type Installed,
  type Stage,
  startStage,
  statusData,
} from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())

const WITHOUT_OKTA = { OKTA_CLIENT_ORGURL: '', OKTA_CLIENT_TOKEN: '' }

/** Waiting is the clock put forward. */
function run(site: Installed, argv: string[], env = stage.env): Promise<CliRun> {
  return stage.run(argv, {
    cwd: site.cwd,
    env,
    sleep: async (ms) => stage.sandbox.clock.advance(Math.max(ms, 10_000)),
  })
}

const rotate = (site: Installed, ...argv: string[]): Promise<CliRun> =>
  run(site, ['rotate-keys', '--yes', '--json', ...argv])

function dataOf(ran: CliRun): RotateData {
  expect(ran.json.error, ran.stderr).toBeUndefined()
  return ran.json.data as RotateData
}

interface Ring {
  kids: string[]
  secrets: string[]
}

/** As SSM holds it. */
function ringOf(site: Installed, name: 'session' | 'client' | 'seal'): Ring {
  const parameter = stage.sandbox.aws
    .parameters()
    .find((one) => one.name === namesOf(site.distributionId).keys[name])
  const { keys } = JSON.parse(parameter?.value ?? '{}') as {
    keys: { kid: string; key: string | { d: string } }[]
  }
  return {
    kids: keys.map(({ kid }) => kid),
    secrets: keys.map(({ key }) => (typeof key === 'string' ? key : key.d)),
  }
}

describe('rotate-keys', () => {
  test('--dry-run shows the steps and makes no mutating call', async () => {
    const site = await stage.installed()
    stage.sandbox.operations.clearLog()
    const ran = await rotate(site, '--dry-run')
    expect(ran.exitCode).toBe(0)
    expect(stage.mutating()).toEqual([])
    const { plan, rings, changed } = dataOf(ran)
    expect({ changed, states: rings.map(({ state }) => state) }).toEqual({
      changed: false,
      states: ['planned', 'planned', 'planned'],
    })
    const ids = plan.steps.map(({ id }) => id)
    expect(ids.indexOf('keys.session.next')).toBeLessThan(ids.indexOf('lambda.version'))
    expect(ids.indexOf('lambda.version')).toBeLessThan(ids.indexOf('record.session.promoted'))
    expect(ids.indexOf('okta.try')).toBeLessThan(ids.indexOf('record.client.promoted'))
  })

  test('puts new keys in use, keeps the old ones while they may be needed, and tells no secret', async () => {
    const site = await stage.installed()
    const before = ringOf(site, 'session')
    const ran = await rotate(site)
    expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0)
    for (const name of ['session', 'client', 'seal'] as const) {
      const { kids } = ringOf(site, name)
      expect(kids).toHaveLength(2)
      expect(dataOf(ran).rings.find(({ ring }) => ring === name)?.kid).toBe(kids[0])
    }
    expect(ringOf(site, 'session').kids[1]).toBe(before.kids[0])

    const status = await run(site, ['status', '--json'])
    expect(status.exitCode, status.stdout).toBe(0)
    expect(statusData(status).findings).toEqual([])
    expect(statusData(status).keys.map(({ state }) => state)).toEqual([
      ...['previous', 'current', 'previous', 'current', 'previous', 'current'],
    ])
    expect(statusData(status).later).toHaveLength(3 + 1)

    const { aws, operations } = stage.sandbox
    const secrets = (['session', 'client', 'seal'] as const).flatMap(
      (name) => ringOf(site, name).secrets,
    )
    const zips = aws.functions().map(({ zip }) => Buffer.from(zip).toString('latin1'))
    const told = [
      ...[ran.stdout, ran.stderr, status.stdout, JSON.stringify(operations.log), ...zips],
      JSON.stringify([...stage.sandbox.okta.store.apps.values()]),
      JSON.stringify(aws.parameters().map(({ value: _, ...rest }) => rest)),
      ...stage.sandbox.cloudfront.logs,
    ].join('\n')
    for (const secret of secrets) expect(told).not.toContain(secret)
  })

  test('what is due goes with the next apply, and then nothing is left to do', async () => {
    const site = await stage.installed()
    expect((await rotate(site)).exitCode).toBe(0)
    stage.sandbox.clock.advance(15 * 3600_000)
    const due = statusData(await run(site, ['status', '--json']))
    expect(due.findings).toEqual([])
    expect(due.parts.filter(({ state }) => state !== 'ok')).toEqual([])
    const applied = await run(site, ['apply', '--json'])
    expect(applied.exitCode, applied.stdout).toBe(0)
    for (const name of ['session', 'client', 'seal'] as const) {
      expect(ringOf(site, name).kids).toHaveLength(1)
    }
    expect(stage.app(site.distributionId).settings.oauthClient.jwks?.keys).toHaveLength(1)
    const { keys } = statusData(await run(site, ['status', '--json']))
    expect(keys.map(({ state }) => state)).toEqual(['current', 'current', 'current'])
    stage.sandbox.operations.clearLog()
    expect((await run(site, ['apply', '--json'])).exitCode).toBe(0)
    expect(stage.mutating()).toEqual([])
  })

  test('--no-wait exits 6 and says what is waited for; run again, it goes on', async () => {
    const site = await stage.installed()
    const first = await rotate(site, '--only', 'seal', '--no-wait')
    expect(first.exitCode).toBe(6)
    expect(dataOf(first).rings).toMatchObject([
      { ring: 'seal', state: 'waiting', waitsFor: 'caches' },
    ])
    expect(dataOf(first).next).toEqual([
      `s3-okta-guard rotate-keys --only seal --distribution ${site.distributionId}`,
    ])
    const pending = statusData(await run(site, ['status', '--json']))
    expect(pending.findings).toMatchObject([{ code: 'rotation-pending', severity: 'due' }])
    const [old = '', next = ''] = ringOf(site, 'seal').kids
    stage.sandbox.clock.advance(7 * 60_000)
    const second = await rotate(site, '--only', 'seal', '--no-wait')
    expect(second.exitCode).toBe(0)
    expect(ringOf(site, 'seal').kids).toEqual([next, old])
  })

  test('B48 a second rotation does not wait for the first', async () => {
    const site = await stage.installed()
    expect((await rotate(site, '--only', 'seal')).exitCode).toBe(0)
    const again = await run(site, ['rotate', '--yes', '--only', 'seal'])
    expect(again.exitCode, again.stdout).toBe(0)
    expect(ringOf(site, 'seal').kids).toHaveLength(3)
  })

  test('session and seal need AWS alone; the client key is refused without Okta, before any call', async () => {
    const site = await stage.installed()
    const env = { ...stage.env, ...WITHOUT_OKTA }
    await expectRefusal(
      stage,
      ['rotate-keys', '--yes'],
      {
        exit: 5,
        code: 'okta-credentials',
        message: /client key belongs to the Okta app/,
        says: [/--only session --only seal/],
      },
      { cwd: site.cwd, env },
    )
    const ran = await run(site, ['rotate-keys', '--yes', '--json', '--only', 'seal'], env)
    expect(ran.exitCode, ran.stdout).toBe(0)
  })

  test('nothing installed is exit 4', async () => {
    const { distributionId } = stage.sandbox.createSite()
    await expectRefusal(stage, ['rotate-keys', '--yes', '--distribution', distributionId], {
      exit: 4,
      code: 'not-installed',
      message: /installed/,
    })
  })

  test('B52 a client key that Okta does not take is not put in use', async () => {
    const site = await stage.installed()
    const before = ringOf(site, 'client').kids
    stage.sandbox.operations.arm({
      at: { operation: 'POST /oauth2/v1/token', nth: 1 },
      kind: { status: 401, body: '{"error":"invalid_client"}' },
      times: 5,
    })
    const ran = await rotate(site, '--only', 'client')
    stage.sandbox.operations.revive()
    expect(ran.json.error?.code).toBe('client-key-refused')
    expect(ran.exitCode).toBe(1)
    expect(ringOf(site, 'client').kids[0]).toBe(before[0])
    const again = await rotate(site, '--only', 'client')
    expect(again.exitCode, again.stdout).toBe(0)
    expect(ringOf(site, 'client').kids[1]).toBe(before[0])
  })
})
