import { describe, expect, it } from 'vitest'
import type { Request } from '../../src/edge-function/types.ts'
import { signInWorld } from '../helpers/edge-sign-in.ts'
import {
  cookiesSet,
  edgeEvent,
  headerOf,
  NAVIGATION,
  ORIGIN,
  OTHER_ORIGIN,
  sessionCookie,
} from '../helpers/edge.ts'
import { refused, STRANGERS } from './oracle.ts'

const world = signInWorld()
const HOST = new URL(ORIGIN).host
const login = { uri: '/_guard/login', querystring: 'return_to=/a' }

async function redirectUri(input: { host?: string; headers?: Record<string, string> }) {
  const headers = { ...NAVIGATION, ...input.headers }
  const response = await refused(world.handler, { ...login, ...input, headers }, ['302'])
  for (const { value } of response.headers!['set-cookie']!) {
    expect(value).toContain('; Secure;')
    expect(value).not.toMatch(/domain=/i)
  }
  return new URL(headerOf(response, 'location')!).searchParams.get('redirect_uri')
}

describe('the host', () => {
  it.each([
    'd111.cloudfront.net',
    'evil.example',
    `${HOST}.evil.example`,
    `evil${HOST}`,
    'example.com',
  ])('H01 %s, which is not configured, is answered on the canonical one alone', async (host) => {
    for (const cookie of [...STRANGERS.map(([, forged]) => forged), sessionCookie()]) {
      for (const uri of ['/', '/a', '/_guard/login', '/_guard/callback', '/_guard/me']) {
        const input = { uri, host, headers: NAVIGATION, ...(cookie !== undefined && { cookie }) }
        const response = await refused(world.handler, input, ['308'])
        expect(headerOf(response, 'location')).toBe(ORIGIN + uri)
        expect(response.headers).not.toHaveProperty('set-cookie')
        await refused(world.handler, { ...input, method: 'POST' }, ['400'])
      }
    }
    expect(world.cloud.requests).toEqual([])
  })

  it('H01 gives a redirect_uri of the configuration', async () => {
    expect(await redirectUri({})).toBe(`${ORIGIN}/_guard/callback`)
    expect(await redirectUri({ host: new URL(OTHER_ORIGIN).host })).toBe(
      `${OTHER_ORIGIN}/_guard/callback`,
    )
  })

  it.each(['REPORTS.Example.com', `${HOST}.`, `${HOST}:443`, `${HOST}.:443`])(
    'H02 %s is read as the configured one',
    async (host) => {
      expect(await redirectUri({ host })).toBe(`${ORIGIN}/_guard/callback`)
    },
  )

  it.each([
    '',
    ' ',
    ':443',
    '.',
    `${HOST}:80`,
    `${HOST}:8443`,
    `${HOST}:`,
    `${HOST}..`,
    `${HOST},evil.example`,
    `${HOST} evil.example`,
    `${HOST}@evil.example`,
    `evil.example#${HOST}`,
    `evil.example/${HOST}`,
    `${HOST}\r\nx: y`,
    `${HOST}\0`,
    `\u212a${HOST}`,
    '__proto__',
    'constructor',
  ])('H02 %j is none of ours', async (host) => {
    const input = { host, uri: '/a', headers: NAVIGATION, cookie: sessionCookie() }
    const response = await refused(world.handler, input, ['308', '400'])
    expect(headerOf(response, 'location') ?? `${ORIGIN}/a`).toBe(`${ORIGIN}/a`)
  })

  it('H02 H10 is given once, or the request is refused', async () => {
    for (const hosts of [
      undefined,
      [],
      [HOST, HOST],
      [HOST, 'evil.example'],
      ['evil.example', HOST],
    ]) {
      const event = edgeEvent({ cookie: sessionCookie(), headers: NAVIGATION })
      const { headers } = event.Records[0]!.cf.request
      if (hosts) headers.host = hosts.map((value) => ({ key: 'Host', value }))
      else delete headers.host
      await refused(world.handler, event, ['400'])
    }
  })

  it.each([
    ['x-forwarded-host', 'evil.example'],
    ['forwarded', 'for=1.2.3.4;host=evil.example;proto=http'],
    ['x-host', 'evil.example'],
    ['x-forwarded-server', 'evil.example'],
    ['x-http-host-override', 'evil.example'],
    ['x-original-host', 'evil.example'],
    ['origin', 'https://evil.example'],
    ['referer', 'https://evil.example/'],
  ])('H03 is not taken from %s', async (name, value) => {
    expect(await redirectUri({ headers: { [name]: value } })).toBe(`${ORIGIN}/_guard/callback`)
    const input = { uri: '/a', headers: { ...NAVIGATION, [name]: value } }
    const response = await refused(world.handler, input, ['302'])
    expect(headerOf(response, 'location')).toBe(`${ORIGIN}/_guard/login?return_to=%2Fa`)
  })

  it.each([
    { 'x-forwarded-proto': 'http' },
    { 'cloudfront-forwarded-proto': 'http' },
    { 'x-forwarded-ssl': 'off', 'x-forwarded-port': '80' },
    { 'front-end-https': 'off' },
  ])('H06 is asked over https, whatever %j says', async (headers) => {
    expect(await redirectUri({ headers })).toBe(`${ORIGIN}/_guard/callback`)
  })
})

describe('a header of the client', () => {
  const IDENTITY = ['x-forwarded-user', 'x_forwarded_user', 'x-auth-request-email', 'remote_user']

  it('H04 H05 names nobody: the guard tells the origin no identity, with a session or without', async () => {
    const headers = Object.fromEntries(IDENTITY.map((name) => [name, 'root@example.com']))
    for (const [, cookie] of STRANGERS) {
      const input = { uri: '/a', headers: { ...NAVIGATION, ...headers } }
      await refused(world.handler, { ...input, ...(cookie !== undefined && { cookie }) }, ['302'])
      await refused(world.handler, { ...input, uri: '/_guard/me' }, ['401'])
    }
    const event = edgeEvent({ cookie: sessionCookie(), headers: { accept: '*/*' } })
    const passed = (await world.handler(event)) as Request
    expect(Object.keys(passed.headers).sort()).toEqual(['accept', 'host'])
  })

  it('H05 forges no mark of the guard', async () => {
    const headers = { 'x-s3-okta-guard': 'forged' }
    const event = edgeEvent({ cookie: sessionCookie(), headers })
    const passed = (await world.handler(event)) as Request
    expect(passed.headers).not.toHaveProperty('x-s3-okta-guard')
    const response = await refused(world.handler, { headers: { ...NAVIGATION, ...headers } })
    expect(headerOf(response, 'x-s3-okta-guard')).toBe('login')
  })

  it.each(['close, host', 'cookie', 'cookie, sec-fetch-mode', 'authorization', 'x-s3-okta-guard'])(
    'H07 cannot strip a check with Connection: %s',
    async (value) => {
      const headers = { ...NAVIGATION, connection: value }
      for (const [, cookie] of STRANGERS) {
        await refused(world.handler, { headers, ...(cookie !== undefined && { cookie }) }, ['302'])
      }
      // With everything strippable gone, a stranger is still a stranger.
      await refused(world.handler, {}, ['401'])
    },
  )

  it.each(['Bearer x', `Bearer ${sessionCookie().slice(13)}`, 'Basic cm9vdDpyb290', 'DPoP x', ''])(
    'H08 is no session as Authorization, case %#',
    async (authorization) => {
      await refused(world.handler, { headers: { ...NAVIGATION, authorization } }, ['302'])
      await refused(world.handler, { uri: '/_guard/me', headers: { authorization } }, ['401'])
    },
  )

  it.each([
    'cookie ',
    ' cookie',
    'cookie2',
    'cookies',
    'x-cookie',
    'set-cookie',
    'Cookie',
    'coo-kie',
  ])('H09 is no session as "%s"', async (name) => {
    const headers = { ...NAVIGATION, [name]: sessionCookie() }
    await refused(world.handler, { headers }, ['302'])
    await refused(world.handler, { headers, cookie: 'a=b' }, ['302'])
  })
})

describe('what is no navigation', () => {
  const fetchOf = (mode: string, dest: string): Record<string, string> => ({
    'sec-fetch-mode': mode,
    'sec-fetch-dest': dest,
    accept: 'text/html',
  })

  it.each([
    ['H11', { 'x-requested-with': 'XMLHttpRequest', accept: 'text/html' }],
    ['H11', { accept: 'application/json' }],
    ['H11', { accept: '*/*' }],
    ['H11', {}],
    ['H11', fetchOf('cors', 'empty')],
    ['H11', fetchOf('no-cors', 'empty')],
    ['H11', fetchOf('same-origin', 'empty')],
    ['H11', fetchOf('websocket', 'websocket')],
    ['H12', fetchOf('no-cors', 'image')],
    ['H12', fetchOf('no-cors', 'script')],
    ['H12', fetchOf('no-cors', 'style')],
    ['H12', fetchOf('cors', 'font')],
    ['H12', fetchOf('same-origin', 'serviceworker')],
    ['H12', fetchOf('navigate', 'iframe')],
    ['H12', fetchOf('navigate', 'object')],
    ['H12', { ...NAVIGATION, purpose: 'prefetch' }],
    ['H12', { ...NAVIGATION, 'sec-purpose': 'prefetch' }],
    ['H12', { ...NAVIGATION, 'sec-purpose': 'prefetch;prerender' }],
  ])('%s gets 401 and no cookie: %j', async (_, headers) => {
    for (const [, cookie] of STRANGERS) {
      const input = { uri: '/a', headers, ...(cookie !== undefined && { cookie }) }
      const response = await refused(world.handler, input, ['401'])
      expect(cookiesSet(response).size).toBe(0)
    }
  })

  it.each([
    ['H11', fetchOf('cors', 'empty')],
    ['H12', fetchOf('no-cors', 'image')],
    ['H12', fetchOf('navigate', 'iframe')],
    ['H12', { ...NAVIGATION, 'sec-purpose': 'prefetch' }],
  ])('%s begins no sign-in at the login address either: %j', async (_, headers) => {
    const response = await refused(world.handler, { ...login, headers }, ['401'])
    expect(cookiesSet(response).size).toBe(0)
    expect(world.cloud.requests).toEqual([])
  })
})
