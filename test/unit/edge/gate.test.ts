import { describe, expect, it, vi } from 'vitest'
import { createHandler } from '../../../src/edge-function/handler.ts'
import type { Request } from '../../../src/edge-function/types.ts'
import { load } from '../../../src/edge-function/load.ts'
import {
  ask,
  edgeConfig,
  edgeEvent,
  edgeHandler,
  headerOf,
  isPassed,
  KEYS,
  NAVIGATION,
  NOW,
  ORIGIN,
  OTHER_ORIGIN,
  sessionCookie,
  signingKey,
} from '../../helpers/edge.ts'

const handler = edgeHandler(edgeConfig())

describe('a request without a path', () => {
  it.each(['/', '/a', ''])('is malformed, also signed in and with the query %j', async (query) => {
    const input = { uri: '', querystring: query, cookie: sessionCookie() }
    expect((await ask(handler, input)).status).toBe('400')
  })
})

describe('a stranger', () => {
  it('is sent from a navigation to sign in, with path and query', async () => {
    const response = await ask(handler, {
      uri: '/a/b%20c',
      querystring: 'panel=x&view=y+z',
      headers: NAVIGATION,
    })
    expect(response.status).toBe('302')
    expect(headerOf(response, 'location')).toBe(
      `${ORIGIN}/_guard/login?return_to=%2Fa%2Fb%2520c%3Fpanel%3Dx%26view%3Dy%2Bz`,
    )
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(headerOf(response, 'x-s3-okta-guard')).toBe('login')
    expect(response.headers).not.toHaveProperty('set-cookie')
  })

  it('is sent to the login of the host that was asked', async () => {
    const response = await ask(handler, { host: 'www.example.com', headers: NAVIGATION })
    expect(headerOf(response, 'location')).toBe(`${OTHER_ORIGIN}/_guard/login?return_to=%2F`)
  })

  it.each([
    ['an old browser', { accept: 'text/html,application/xhtml+xml' }, '302'],
    ['curl', { accept: '*/*' }, '401'],
    ['nobody in particular', {}, '401'],
    ['H11 XMLHttpRequest', { accept: 'text/html', 'x-requested-with': 'XMLHttpRequest' }, '401'],
    [
      'H11 fetch',
      { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: 'text/html' },
      '401',
    ],
    ['H12 an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, '401'],
    ['E16 a web socket', { 'sec-fetch-mode': 'websocket', upgrade: 'websocket' }, '401'],
    ['H12 a prefetch', { ...NAVIGATION, 'sec-purpose': 'prefetch;prerender' }, '401'],
    ['an old prefetch', { accept: 'text/html', purpose: 'prefetch' }, '401'],
    ['H08 a bearer token', { ...NAVIGATION, authorization: 'Bearer x' }, '302'],
    ['P04 a health checker', { ...NAVIGATION, 'user-agent': 'ELB-HealthChecker/2.0' }, '302'],
    ['P03 a rewritten address', { ...NAVIGATION, 'x-original-url': '/_guard/signed-out' }, '302'],
    ['P13 a range', { ...NAVIGATION, range: 'bytes=0-1', 'if-none-match': '"x"' }, '302'],
  ])('%s gets what it can use', async (_, headers, status) => {
    expect((await ask(handler, { uri: '/secret.css', headers })).status).toBe(status)
  })

  it('gets the login address as JSON where a redirect would not help', async () => {
    const response = await ask(handler, { uri: '/data.json' })
    expect(JSON.parse(response.body!)).toEqual({
      error: 'unauthenticated',
      login: `${ORIGIN}/_guard/login`,
      refresh: `${ORIGIN}/_guard/refresh`,
    })
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'P09 P10 gets 401 for %s',
    async (method) => {
      expect((await ask(handler, { method, headers: NAVIGATION })).status).toBe('401')
    },
  )

  it('P12 gets the same for HEAD as for GET, without a body', async () => {
    const redirected = await ask(handler, { method: 'HEAD', headers: NAVIGATION })
    expect(redirected.status).toBe('302')
    const refused = await ask(handler, { method: 'HEAD' })
    expect(refused.status).toBe('401')
    expect(refused).not.toHaveProperty('body')
  })

  it('in a frame gets a page with a link out of it', async () => {
    const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
    const response = await ask(handler, { uri: '/chart', headers })
    expect(response.status).toBe('401')
    expect(response.body).toContain('target="_top"')
    expect(response.body).toContain(`${ORIGIN}/_guard/login?return_to=%2Fchart`)
    expect(headerOf(response, 'content-security-policy')).toContain("frame-ancestors 'self'")
  })

  it.each([
    '/_guard/',
    '/_guard/refresh/',
    '/_guard/callbackEVIL',
    '/_guard/callback/',
    '/_guard/Login',
  ])('P08 P15 gets 404 at %s, with or without a session', async (uri) => {
    expect((await ask(handler, { uri })).status).toBe('404')
    expect((await ask(handler, { uri, cookie: sessionCookie() })).status).toBe('404')
  })

  it('is redirected when the address is too long to carry along', async () => {
    const response = await ask(handler, { uri: `/${'x'.repeat(8000)}`, headers: NAVIGATION })
    expect(headerOf(response, 'location')).toBe(`${ORIGIN}/_guard/login?return_to=%2F`)
  })
})

describe('a signed-in user', () => {
  it('passes, whatever the method', async () => {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      expect(await isPassed(handler, { method, cookie: sessionCookie() })).toBe(true)
    }
  })

  it('E01 E02 passes with the address untouched', async () => {
    const event = edgeEvent({
      uri: '/a%2Fb/../%5C',
      querystring: 'a=1&a=2&+',
      cookie: sessionCookie(),
    })
    expect(await handler(event)).toMatchObject({ uri: '/a%2Fb/../%5C', querystring: 'a=1&a=2&+' })
  })

  it("C18 passes without the guard's cookies and header, with all others byte for byte", async () => {
    const event = edgeEvent({
      cookie: [
        `a=1;  b="x;y" ; ${sessionCookie()}; __Host-guard-tx-abc=1`,
        `__Host-guard-tx-tried=2;__host-guard=3; c==4;`,
        '__Host-guard=other',
      ],
      headers: { 'x-s3-okta-guard': 'forged' },
    })
    const request = (await handler(event)) as Request
    expect(request.headers.cookie?.map((entry) => entry.value)).toEqual([
      'a=1;  b="x;y" ',
      '__host-guard=3; c==4;',
    ])
    expect(request.headers).not.toHaveProperty('x-s3-okta-guard')
    expect(request.headers).toHaveProperty('host')
  })

  it('C04 is recognized in any Cookie header', async () => {
    expect(await isPassed(handler, { cookie: ['a=1', 'b=2', sessionCookie()] })).toBe(true)
  })

  it.each(['', 'x', '=', '__host-guard', '=__Host-guard', 'x__Host-guard', '__Host-guard-tx-a'])(
    'C08 C09 is not recognized by a cookie named "%s"',
    async (name) => {
      const cookie = sessionCookie().replace('__Host-guard', name)
      expect((await ask(handler, { cookie, headers: NAVIGATION })).status).toBe('302')
    },
  )

  it('E23 leaves nothing behind for the next request of the instance', async () => {
    const one = edgeHandler(edgeConfig())
    expect(await isPassed(one, { cookie: sessionCookie() })).toBe(true)
    expect((await ask(one, { headers: NAVIGATION })).status).toBe('302')
    expect(await isPassed(one, { cookie: sessionCookie() })).toBe(true)
  })

  it('costs no line in the log', async () => {
    const line = vi.spyOn(console, 'log')
    await isPassed(handler, { cookie: sessionCookie() })
    await ask(handler, { headers: NAVIGATION })
    expect(line).not.toHaveBeenCalled()
    line.mockRestore()
  })
})

describe('the host', () => {
  it('H01 that is not configured goes to the same path on the canonical one', async () => {
    const input = { host: 'd1.cloudfront.net', uri: '/_guard/callback', querystring: 'code=1' }
    const response = await ask(handler, input)
    expect(response.status).toBe('308')
    expect(headerOf(response, 'location')).toBe(`${ORIGIN}/_guard/callback?code=1`)
    expect((await ask(handler, { ...input, method: 'POST' })).status).toBe('400')
  })

  it('H01 that is not configured does not pass a session either', async () => {
    const response = await ask(handler, { host: 'd1.cloudfront.net', cookie: sessionCookie() })
    expect(response.status).toBe('308')
  })

  it.each(['REPORTS.example.com', 'reports.example.com.', 'reports.example.com:443'])(
    'H02 is understood as %s',
    async (host) => {
      expect(await isPassed(handler, { host, cookie: sessionCookie() })).toBe(true)
    },
  )

  it('H02 H10 may neither be absent nor come twice', async () => {
    const absent = edgeEvent({ cookie: sessionCookie() })
    delete absent.Records[0]!.cf.request.headers.host
    expect(await handler(absent)).toMatchObject({ status: '400' })
    const twice = edgeEvent({ cookie: sessionCookie() })
    twice.Records[0]!.cf.request.headers.host!.push({ key: 'Host', value: 'evil.example' })
    expect(await handler(twice)).toMatchObject({ status: '400' })
  })

  it('H03 is not taken from a forwarding header', async () => {
    const headers = { ...NAVIGATION, 'x-forwarded-host': 'evil.example', forwarded: 'host=evil' }
    expect(headerOf(await ask(handler, { headers }), 'location')).toContain(`${ORIGIN}/`)
  })

  it('with a port works on loopback', async () => {
    const local = edgeHandler(edgeConfig({ origins: ['http://localhost:8080'] }))
    const response = await ask(local, { host: 'localhost:8080', headers: NAVIGATION })
    expect(headerOf(response, 'location')).toBe('http://localhost:8080/_guard/login?return_to=%2F')
  })
})

describe('a request that makes no sense', () => {
  it.each(['', 'x', '*', '/a b', '/a\r\nSet-Cookie: x', '/\0'])(
    'gets 400 for the path %j',
    async (uri) => {
      const response = await ask(handler, { uri, cookie: sessionCookie() })
      expect(response.status).toBe('400')
      expect(headerOf(response, 'x-s3-okta-guard')).toBe('bad-request')
    },
  )

  it('E03 goes to sign in if it is merely not ASCII', async () => {
    const response = await ask(handler, { uri: '/\ud800ü', headers: NAVIGATION })
    expect(headerOf(response, 'location')).toBe(`${ORIGIN}/_guard/login?return_to=%2F`)
  })
})

describe('E24 a guard that cannot judge', () => {
  const weak = signingKey('weak', 1024)

  it.each([
    ['no configuration', undefined],
    ['an empty one', {}],
    ['another version', edgeConfig({ version: 2 as never })],
    ['J24 no session key', edgeConfig({ sessionKeys: [] })],
    [
      'J19 two keys of one kid',
      edgeConfig({ sessionKeys: [KEYS.session.publicJwk, KEYS.session.publicJwk] }),
    ],
    ['J20 a weak key', edgeConfig({ sessionKeys: [weak.publicJwk] })],
    ['an unreadable key', edgeConfig({ sessionKeys: [{ ...KEYS.session.publicJwk, n: '' }] })],
    ['no kid', edgeConfig({ sessionKeys: [{ ...KEYS.session.publicJwk, kid: '' }] })],
    ['no origin', edgeConfig({ origins: [] })],
    ['an origin with a path', edgeConfig({ origins: [`${ORIGIN}/x`] })],
    ['no client id', edgeConfig({ clientId: '' })],
    ['no session life', edgeConfig({ session: {} as never })],
  ])('with %s answers 503', async (_, config) => {
    const line = vi.spyOn(console, 'log').mockReturnValue()
    const response = await ask(edgeHandler(config), { cookie: sessionCookie() })
    expect(response.status).toBe('503')
    expect(headerOf(response, 'x-s3-okta-guard')).toBe('error')
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(line).toHaveBeenCalledOnce()
    line.mockRestore()
  })

  it('without its second script answers 503 too', async () => {
    const line = vi.spyOn(console, 'log').mockReturnValue()
    const broken = createHandler(
      () => load(edgeConfig(), () => NOW),
      () => {
        throw new Error('no such file')
      },
    )
    expect((await ask(broken, { uri: '/_guard/me' })).status).toBe('503')
    expect(await isPassed(broken, { cookie: sessionCookie() })).toBe(true)
    line.mockRestore()
  })

  it('E19 because the event is odd answers 503', async () => {
    const line = vi.spyOn(console, 'log').mockReturnValue()
    for (const event of [undefined, null, {}, { Records: [] }, { Records: [{ cf: {} }] }]) {
      expect(await handler(event as never)).toMatchObject({ status: '503' })
    }
    line.mockRestore()
  })
})

describe('P05 P08 a path that climbs out of the guard', () => {
  it.each([
    '/_guard/../secret.html',
    '/_guard/signed-out/../../secret.html',
    '/_guard/%2e%2e/secret.html',
    '/_guard/signed-out/',
    '/_guard/signed-outX',
    '/_guard/signed-out;x',
    '/_guard/',
  ])('is the 404 of the guard, with a session too: %s', async (uri) => {
    for (const cookie of [[], [sessionCookie()]]) {
      const response = await ask(handler, { uri, cookie })
      expect(response.status).toBe('404')
    }
  })

  it.each(['/x/../_guard/signed-out', '//_guard/signed-out', '/_GUARD/signed-out', '/_guard'])(
    'P06 is no page of the guard from outside: %s',
    async (uri) => {
      expect((await ask(handler, { uri, headers: NAVIGATION })).status).toBe('302')
    },
  )
})
