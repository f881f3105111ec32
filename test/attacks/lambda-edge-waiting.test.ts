import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { SealRing } from '../../src/access/edge-config.ts'
import { createHandler } from '../../src/edge-function/handler.ts'
import type { Handler } from '../../src/edge-function/handler.ts'
import { load } from '../../src/edge-function/load.ts'
import * as signIn from '../../src/edge-function/sign-in/index.ts'
import type { Answer } from '../helpers/edge-cloud.ts'
import type { EventInput } from '../helpers/edge.ts'
import { ask, isPassed, NAVIGATION, sessionCookie } from '../helpers/edge.ts'
import { signInWorld } from '../helpers/edge-sign-in.ts'
import { configuredFor, signInAt, startHostileOkta } from '../helpers/hostile-okta.ts'
import type { Breach, HostileOkta } from '../helpers/hostile-okta.ts'
import { refused } from './oracle.ts'

const world = signInWorld()
let okta: HostileOkta

beforeEach(async () => {
  okta = await startHostileOkta()
  world.handler = world.instance(configuredFor(okta, world.configured()))
})

describe('what the function waits for', () => {
  /** Time runs ten times as fast, for the function's deadlines and for its clock. */
  const HASTE = 10
  const LAMBDA_MS = 5000
  const MARGIN_MS = 1000

  const NEW = { header: { kid: 'unknown' } }
  const login = () => Promise.resolve({ uri: '/_guard/login', headers: NAVIGATION })
  const confirm = () => Promise.resolve({ uri: '/_guard/logout', querystring: 'token=seal-1.AAAA' })
  const another = () => world.instance(configuredFor(okta, world.configured()))

  /** Begun at another instance; the one that it comes back to is cold. */
  async function comeBack(): Promise<EventInput> {
    const { url, cookie } = await world.begin({}, another())
    return { uri: '/_guard/callback', querystring: await okta.enter(url.href), cookie }
  }

  /** The one that it comes back to is warm, and does not know the new seal key. */
  async function comeBackWithNewKey(handler: Handler): Promise<EventInput> {
    await ask(handler, await login())
    world.now += 10_000
    const name = '/test/keys/seal'
    const before = world.cloud.parameters[name]!
    onTestFinished(() => void (world.cloud.parameters[name] = before))
    const { keys } = JSON.parse(before) as SealRing
    const next = { kid: 'seal-2', key: randomBytes(32).toString('base64url') }
    world.cloud.parameters[name] = JSON.stringify({ version: 1, keys: [next, ...keys] })
    return comeBack()
  }

  it.each<[string, (handler: Handler) => Promise<EventInput>, Breach, Answer?]>([
    ['SSM hangs at login', login, {}, { hang: true }],
    ['SSM drips at login', login, {}, { drip: true }],
    ['SSM hangs at sign-out', confirm, {}, { hang: true }],
    ['SSM hangs at the callback', comeBack, {}, { hang: true }],
    ["Okta's token endpoint hangs", comeBack, { token: { hang: true } }],
    ["Okta's token endpoint drips", comeBack, { token: { drip: true } }],
    ["Okta's keys hang", comeBack, { ...NEW, jwks: { hang: true } }],
    ["Okta's keys drip", comeBack, { ...NEW, jwks: { drip: true } }],
    ['the seal key is new and Okta hangs', comeBackWithNewKey, { token: { hang: true } }],
  ])('E20 leaves a second of Lambda’s five when %s', async (_, prepare, breach, ssm) => {
    const start = performance.now()
    const handler = createHandler(
      () => {
        const now = () => world.now + (performance.now() - start) * HASTE
        return load(configuredFor(okta, world.configured()), now)
      },
      () => signIn,
    )
    const input = await prepare(handler)
    Object.assign(okta, { breach })
    world.cloud.ssm = ssm
    const deadlines: number[] = []
    const timeout = AbortSignal.timeout.bind(AbortSignal)
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      deadlines.push(ms)
      return timeout(ms / HASTE)
    })
    await refused(handler, input, ['503'])
    const sum = deadlines.reduce((one, other) => one + other, 0)
    expect(sum).toBeGreaterThan(0)
    expect(sum).toBeLessThanOrEqual(LAMBDA_MS - MARGIN_MS)
  })

  it('E21 E22 is nothing, for a signed-in user and a stranger, with SSM and Okta gone', async () => {
    await signInAt(world.handler, okta)
    const before = [world.cloud.requests.length, okta.seen.length]
    world.cloud.ssm = { hang: true }
    for (let i = 0; i < 20; i++) {
      expect(await isPassed(world.handler, { uri: `/${i}`, cookie: sessionCookie() })).toBe(true)
      await refused(world.handler, { uri: `/${i}`, headers: NAVIGATION }, ['302'])
    }
    expect([world.cloud.requests.length, okta.seen.length]).toEqual(before)
  })

  it('E21 E22 is one SSM call for many sign-ins, and none after SSM has gone', async () => {
    for (let i = 0; i < 5; i++)
      expect((await signInAt(world.handler, okta)).response.status).toBe('303')
    expect(world.asked('/')).toBe(1)
    world.cloud.ssm = { status: 500, body: 'CANARY' }
    world.now += 30 * 60_000
    expect((await world.begin()).response.status).toBe('302')
  })
})
