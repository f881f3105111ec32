import { beforeEach, describe, expect, it } from 'vitest'
import { ask, cookiesSet, headerOf, isPassed, NAVIGATION, ORIGIN } from '../helpers/edge.ts'
import type { EventInput } from '../helpers/edge.ts'
import { signInWorld } from '../helpers/edge-sign-in.ts'
import { configuredFor, signInAt, startHostileOkta } from '../helpers/hostile-okta.ts'
import type { HostileOkta } from '../helpers/hostile-okta.ts'
import { expectLegal, refused } from './oracle.ts'

const world = signInWorld()
let okta: HostileOkta

beforeEach(async () => {
  okta = await startHostileOkta()
  world.handler = world.instance(configuredFor(okta, world.configured()))
})

const OWN = { ...NAVIGATION, 'sec-fetch-site': 'same-origin' }
const logout = (input: EventInput) => ask(world.handler, { uri: '/_guard/logout', ...input })

async function signIn(claims = {}): Promise<{ session: string; hint: string; all: string }> {
  okta.breach = { claims }
  const jar = cookiesSet((await signInAt(world.handler, okta)).response)
  const [session, hint] = ['__Host-guard', '__Secure-guard-refresh'].map(
    (name) => `${name}=${jar.get(name)}`,
  ) as [string, string]
  return { session, hint, all: `${session}; ${hint}` }
}

const hintOf = (location: string | undefined): string | null =>
  new URL(location!).searchParams.get('id_token_hint')

describe('sign-out', () => {
  it("V09 clears both cookies and hands Okta this session's ID token", async () => {
    const { all } = await signIn()
    const response = await logout({ headers: OWN, cookie: all })
    expectLegal(response)
    expect(response.status).toBe('302')
    const jar = cookiesSet(response)
    expect([jar.get('__Host-guard'), jar.get('__Secure-guard-refresh')]).toEqual(['', ''])
    const url = new URL(headerOf(response, 'location')!)
    expect(url.origin + url.pathname).toBe(`${okta.url}/oauth2/v1/logout`)
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${ORIGIN}/_guard/signed-out`)
    const payload = hintOf(url.href)!.split('.')[1]!
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ sub: '00u1' })
  })

  it("V09 never hands over another session's ID token", async () => {
    const [ada, eve] = [await signIn(), await signIn({ sub: '00u2' })]
    const crossed = `${ada.session}; ${eve.hint}`
    const response = await logout({ headers: OWN, cookie: crossed })
    expect(response.status).toBe('302')
    expect(hintOf(headerOf(response, 'location'))).toBeNull()
    const both = await logout({ headers: OWN, cookie: `${crossed}; ${ada.hint}` })
    const payload = hintOf(headerOf(both, 'location'))!.split('.')[1]!
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ sub: '00u1' })
  })

  it.each(['state=x', 'id_token_hint=CANARY', 'post_logout_redirect_uri=https://evil.example/'])(
    'V09 takes nothing from the query: %s',
    async (querystring) => {
      const { all } = await signIn()
      const response = await logout({ headers: OWN, cookie: all, querystring })
      expect(headerOf(response, 'location')).not.toMatch(/evil|CANARY|state/)
    },
  )

  it('V09 returns to a page that anybody may see and that does nothing', async () => {
    const { all } = await signIn()
    for (const cookie of ['', all]) {
      const querystring = 'state=CANARY'
      const signedOut = { uri: '/_guard/signed-out', cookie, headers: NAVIGATION, querystring }
      const response = await refused(world.handler, signedOut, ['200'])
      expect(response.headers).not.toHaveProperty('set-cookie')
      expect(response.body).not.toContain('CANARY')
    }
  })

  const img = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
  const frame = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }

  it.each<[string, EventInput]>([
    ['an image of another site', { headers: { ...img, 'sec-fetch-site': 'cross-site' } }],
    ['a frame of another site', { headers: { ...frame, 'sec-fetch-site': 'cross-site' } }],
    ['a link of another site', { headers: { ...NAVIGATION, 'sec-fetch-site': 'cross-site' } }],
    ['a sibling host', { headers: { ...NAVIGATION, 'sec-fetch-site': 'same-site' } }],
    ['a browser that does not say', { headers: { accept: 'text/html' } }],
    ['a prefetch', { headers: { ...OWN, 'sec-purpose': 'prefetch;prerender' } }],
    ['an old prefetch', { headers: { ...OWN, purpose: 'prefetch' } }],
    ['site metadata in capitals', { headers: { ...NAVIGATION, 'sec-fetch-site': 'SAME-ORIGIN' } }],
    ['site metadata twice over', { headers: { 'sec-fetch-site': 'cross-site, same-origin' } }],
  ])('V10 by %s signs nobody out', async (_, input) => {
    const { all, session } = await signIn()
    for (const querystring of ['', 'token=x', 'confirmed=1']) {
      const response = await logout({ ...input, querystring, cookie: all })
      expectLegal(response)
      expect(response.status).toBe('200')
      expect(response.headers).not.toHaveProperty('set-cookie')
    }
    expect(await isPassed(world.handler, { cookie: session })).toBe(true)
  })

  it.each(['POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('V10 is not for %s', async (method) => {
    const { all } = await signIn()
    const response = await logout({ method, headers: OWN, cookie: all })
    expect(response.status).toBe('405')
    expect(response.headers).not.toHaveProperty('set-cookie')
  })

  it("V10 takes a confirmation for its session, its host and its minute, not a stranger's", async () => {
    const [ada, eve] = [await signIn(), await signIn({ sub: '00u2' })]
    const tokenOf = async (cookie: string): Promise<string> =>
      /logout\?(token=[^"]+)/.exec((await logout({ cookie })).body!)![1]!
    const status = async (querystring: string, input: EventInput = {}): Promise<string> =>
      (await logout({ cookie: ada.all, querystring, ...input })).status
    const own = await tokenOf(ada.all)
    expect(await status(await tokenOf(eve.all))).toBe('200')
    expect(await status(await tokenOf(''))).toBe('200')
    expect(await status(own, { host: 'www.example.com' })).toBe('200')
    expect(await status(own)).toBe('302')
    world.now += 60_000
    expect(await status(own)).toBe('200')
  })

  it('V11 has no back channel: no address takes a logout token', async () => {
    const { session } = await signIn()
    for (const uri of ['/_guard/backchannel-logout', '/_guard/backchannel', '/_guard/revoke']) {
      await refused(world.handler, { uri }, ['404'])
      const response = await refused(world.handler, { uri, method: 'POST' }, ['405'])
      expect(response.headers).not.toHaveProperty('set-cookie')
    }
    await refused(world.handler, { uri: '/_guard/logout', method: 'POST' }, ['405'])
    expect(await isPassed(world.handler, { cookie: session })).toBe(true)
  })

  it('V12 has no front channel: whoever is not signed in changes nothing and asks nothing', async () => {
    const { session } = await signIn()
    const before = okta.seen.length
    const headers = { ...frame, 'sec-fetch-site': 'cross-site' }
    const querystring = `iss=${encodeURIComponent(okta.url)}&sid=x`
    const response = await logout({ headers, querystring })
    expect(response.status).toBe('200')
    expect(headerOf(response, 'content-security-policy')).toContain("frame-ancestors 'none'")
    expect(okta.seen.length).toBe(before)
    expect(await isPassed(world.handler, { cookie: session })).toBe(true)
  })

  it('V13 V14 leaves a stolen cookie, or one of a user gone from Okta, one token life', async () => {
    const { session, all } = await signIn()
    await logout({ headers: OWN, cookie: all })
    world.now += 900_000 - 1
    expect(await isPassed(world.handler, { cookie: session })).toBe(true)
    world.now += 1
    expect(await isPassed(world.handler, { cookie: session })).toBe(false)
    const again = await logout({ headers: OWN, cookie: all })
    expect(again.status).toBe('302')
    expect(await isPassed(world.handler, { cookie: session })).toBe(false)
  })
})
