import { describe, expect, it, vi } from 'vitest'
import { ask, isPassed, NAVIGATION, sessionCookie } from '../../../../helpers/edge.ts'
import { signInWorld } from '../../../../helpers/edge-sign-in.ts'

const world = signInWorld()

describe('the keys in SSM', () => {
  const asked = (): number => world.cloud.requests.filter(({ path }) => path === '/').length

  it('E21 are read once in some minutes, and then again', async () => {
    await world.begin()
    world.now += 3 * 60_000
    await world.begin()
    expect(asked()).toBe(1)
    world.now += 4 * 60_000
    await world.begin()
    expect(asked()).toBe(2)
  })

  it('E22 are served stale while SSM fails, for an hour at most', async () => {
    await world.begin()
    world.cloud.ssm = { status: 400, body: '{"__type":"ThrottlingException","message":"CANARY"}' }
    world.now += 59 * 60_000
    await world.begin()
    world.now += 2 * 60_000
    const response = await ask(world.handler, { uri: '/_guard/login' })
    expect(response.status).toBe('503')
    expect(JSON.parse(world.logged.at(-1)!)).toMatchObject({
      error: 'keys',
      reason: 'ThrottlingException',
    })
  })

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['no JSON', 'CANARY'],
    ['without keys', '{"version":1,"keys":[]}'],
    ['of another version', '{"version":2,"keys":[{"kid":"a","key":"AAAA"}]}'],
    ['too short', '{"version":1,"keys":[{"kid":"a","key":"AAAA"}]}'],
  ])('J24 stop everything when one is %s', async (_, value) => {
    const before = world.cloud.parameters['/test/keys/seal']
    if (value === undefined) delete world.cloud.parameters['/test/keys/seal']
    else world.cloud.parameters['/test/keys/seal'] = value
    expect((await ask(world.handler, { uri: '/_guard/login' })).status).toBe('503')
    world.cloud.parameters['/test/keys/seal'] = before!
  })

  it('are read again for a seal key that is not known yet, at most once a minute', async () => {
    const begun = await world.begin()
    const name = begun.cookie.split('=')[0]!
    world.now += 5000
    const newer = { cookie: `${name}=seal-2.AAAA` }
    for (let i = 0; i < 5; i++) expect((await world.back(begun, {}, newer)).status).toBe('400')
    expect(asked()).toBe(2)
  })

  it.each([
    ['drips', { drip: true }],
    ['breaks off', { cut: true }],
    ['is too long', { body: ' '.repeat(300_000) }],
    ['is a redirect', { status: 302, headers: { location: 'https://evil.example/' } }],
  ])('E20 stop a sign-in when the answer %s', async (_, answer) => {
    world.cloud.ssm = answer
    expect((await ask(world.handler, { uri: '/_guard/login' })).status).toBe('503')
    expect(asked()).toBe(1)
  })

  it('E20 are waited for once in a request, though its key is unknown and SSM hangs', async () => {
    const begun = await world.begin()
    world.now += 30 * 60_000
    world.cloud.ssm = { hang: true }
    const newer = { cookie: `${begun.cookie.split('=')[0]!}=seal-2.AAAA` }
    expect((await world.back(begun, {}, newer)).status).toBe('400')
    expect(asked()).toBe(2)
  })

  it('L07 are not asked for again at once where SSM has just refused', async () => {
    world.cloud.ssm = { status: 400, body: '{"__type":"ThrottlingException"}' }
    for (let i = 0; i < 20; i++) {
      world.now += 40
      expect((await ask(world.handler, { uri: '/_guard/login' })).status).toBe('503')
    }
    expect(asked()).toBe(1)
    world.cloud.ssm = undefined
    world.now += 2000
    await world.begin()
  })

  it('L07 L08 are not read for a stranger, a signed-in user or a junk callback', async () => {
    await ask(world.handler, { headers: NAVIGATION })
    await isPassed(world.handler, { cookie: sessionCookie() })
    await ask(world.handler, { uri: '/_guard/callback', querystring: 'code=1&state=none' })
    await ask(world.handler, {
      uri: '/_guard/callback',
      querystring: `code=1&state=AAAAAAAA.${'A'.repeat(22)}`,
    })
    await ask(world.handler, { uri: '/_guard/me', cookie: '__Host-guard=a.b.c' })
    await ask(world.handler, { uri: '/_guard/signed-out' })
    expect(world.cloud.requests).toEqual([])
  })

  it('are asked for on loopback only, where an endpoint is set', async () => {
    const config = world.configured()
    config.secrets.endpoint = 'https://ssm.evil.example/'
    const response = await ask(world.instance(config), { uri: '/_guard/login' })
    expect(response.status).toBe('503')
  })

  it('asks SSM once, signed, for all three rings', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDTEST')
    vi.stubEnv('AWS_SESSION_TOKEN', 'session-token')
    await world.signedIn()
    vi.unstubAllEnvs()
    const calls = world.cloud.requests.filter(({ path }) => path === '/')
    expect(calls).toHaveLength(1)
    expect(calls[0]!.headers).toMatchObject({
      'x-amz-target': 'AmazonSSM.GetParameters',
      'x-amz-security-token': 'session-token',
    })
    expect(calls[0]!.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDTEST\/\d{8}\/us-east-1\/ssm\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    )
    expect(JSON.parse(calls[0]!.body)).toEqual({
      Names: ['/test/keys/session', '/test/keys/client', '/test/keys/seal'],
      WithDecryption: true,
    })
  })
})
