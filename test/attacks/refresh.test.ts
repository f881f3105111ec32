import { beforeEach, describe, expect, it } from 'vitest'
import { cookiesSet, headerOf, KEYS, NAVIGATION, ORIGIN } from '../helpers/edge.ts'
import { REFRESH, refreshWorld, REVOKE_PATH, SESSION, TOKEN_PATH } from '../helpers/edge-refresh.ts'
import { REFRESH_TOKEN } from '../helpers/hostile-okta.ts'
import type { Breach } from '../helpers/hostile-okta.ts'
import {
  BAD_REFRESH_TOKENS,
  ENDING_REFRESHES,
  GOOD_REFRESHES,
  NEXT,
  UNAVAILABLE,
} from './breaches.ts'
import { expectLegal } from './oracle.ts'

const edge = refreshWorld()
const { world } = edge
const IMAGE = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
const SCRIPT = { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }
const refreshOf = (path: string): string => `/_guard/refresh?return_to=${encodeURIComponent(path)}`
/** Where a page comes by once more, with its new cookies. */
const renewedOf = (path: string): string => `${refreshOf(path)}&renewed=${world.now}`

/** Two keys, so that a token without `kid` says nothing. */
beforeEach(() => {
  const { okta } = edge.configured()
  const keys = [KEYS.okta.publicJwk, { ...NEXT.publicJwk, kid: 'okta-9' }]
  world.handler = edge.edge({ okta: { ...okta, keys } })
})

describe('a refresh by an Okta that breaks a rule', () => {
  it.each(GOOD_REFRESHES)('%s goes on', async (_, breach) => {
    const browser = await edge.expired()
    const { sid, start } = browser.session!
    edge.okta.breach = breach
    const { response, trail, sawOkta } = await browser.open('/a?b=c+d%20e')
    expect(response, world.logged.join()).toBeUndefined()
    const path = '/a?b=c+d%20e'
    expect(trail).toEqual([path, refreshOf(path), renewedOf(path), path])
    expect(sawOkta).toBe(false)
    expect(browser.session).toMatchObject({ sid, start, sub: '00u1', email: 'ada@example.com' })
    expect(edge.okta.complaints).toEqual([])
    world.now += 900_000
    edge.okta.breach = {}
    expect((await browser.open('/again')).sawOkta).toBe(false)
  })

  it.each([...BAD_REFRESH_TOKENS, ...UNAVAILABLE])(
    '%s gives no session and takes none away',
    async (_, breach) => {
      const browser = await edge.expired()
      const before = new Map(browser.jar)
      edge.okta.breach = breach
      for (const headers of [NAVIGATION, IMAGE, SCRIPT]) {
        const { response, trail, sawOkta } = await browser.open('/a', { headers })
        expectLegal(response!)
        expect(response!.status).toMatch(/^50[0-3]$/)
        expect(trail).toHaveLength(2)
        expect(sawOkta).toBe(false)
        expect(response!.headers).not.toHaveProperty('set-cookie')
        expect(JSON.stringify(response)).not.toMatch(/CANARY|eyJ/)
      }
      expect(browser.jar).toEqual(before)
      expect(edge.okta.seen.some(({ url }) => /elsewhere|jku/.test(url))).toBe(false)
      expect(edge.okta.asked(REVOKE_PATH)).toBe(0)
      edge.okta.breach = {}
      expect((await browser.open('/a')).response, 'nobody is signed out').toBeUndefined()
    },
  )

  it.each(ENDING_REFRESHES)('%s ends the session', async (_, breach) => {
    const browser = await edge.expired()
    edge.okta.breach = breach
    const response = (await browser.ask('/_guard/refresh?return_to=/a'))!
    expectLegal(response)
    expect(response.status).toBe('302')
    expect(headerOf(response, 'location')).toBe(`${ORIGIN}/_guard/login?return_to=%2Fa`)
    const set = cookiesSet(response)
    expect([set.get(SESSION), set.get(REFRESH)]).toEqual(['', ''])
    edge.okta.breach = {}
    expect((await browser.open('/a')).sawOkta).toBe(true)
  })

  it.each<[string, Breach]>([
    ['F10 no answer', { token: { hang: true } }],
    ['F10 a byte now and then', { token: { drip: true } }],
  ])('%s is waited for no longer than a Lambda lives', async (_, breach) => {
    const browser = await edge.expired()
    const before = new Map(browser.jar)
    edge.okta.breach = breach
    const { response } = await browser.open('/a')
    expect(response!.status).toBe('503')
    expect(browser.jar).toEqual(before)
  })

  it('F10 SSM out of reach takes no session away', async () => {
    const browser = await edge.expired()
    const before = new Map(browser.jar)
    world.handler = edge.edge()
    world.cloud.ssm = { status: 500, body: '{"__type":"InternalServerError"}' }
    const { response } = await browser.open('/a')
    expect(response!.status).toBe('503')
    expect(browser.jar).toEqual(before)
    expect(edge.okta.seen).toEqual([])
    world.cloud.ssm = undefined
    world.now += 1000
    expect((await browser.open('/a')).response).toBeUndefined()
  })
})

describe('a refresh token', () => {
  it('F04 F02 that Okta refuses leads to one sign-in, with no loop', async () => {
    const browser = await edge.expired()
    const before = browser.jar.get(SESSION)
    edge.okta.endAll()
    const refused = await browser.ask('/_guard/refresh?return_to=/a')
    expect(headerOf(refused!, 'location')).toBe(`${ORIGIN}/_guard/login?return_to=%2Fa`)
    // Another tab may have got a better answer: it is not taken away here.
    expect(refused!.headers).not.toHaveProperty('set-cookie')
    expect(browser.jar.get(SESSION)).toBe(before)
    const { response, sawOkta, trail } = await browser.open('/a?x=1')
    expect(response).toBeUndefined()
    expect(sawOkta).toBe(true)
    expect(trail.filter((path) => path.startsWith('/_guard/refresh'))).toHaveLength(1)
  })

  it('F04 F13 that Okta refuses is not shown to it fifty times by the images of a page', async () => {
    const browser = await edge.expired()
    edge.okta.endAll()
    for (let image = 0; image < 50; image++) {
      const { response } = await browser.open(`/${image}.png`, { headers: IMAGE })
      expect(response!.status).toBe('401')
      expect(JSON.parse(response!.body!)).toMatchObject({ login: `${ORIGIN}/_guard/login` })
    }
    expect(edge.okta.asked(TOKEN_PATH)).toBe(1)
    world.now += 60_000
    await browser.open('/1.png', { headers: IMAGE })
    expect(edge.okta.asked(TOKEN_PATH)).toBe(2)
  })

  it('F04 that was never given leads to sign in', async () => {
    const browser = edge.browser()
    edge.okta.breach = { response: { refresh_token: undefined } }
    await browser.open('/a')
    world.now += 900_000
    const { response, sawOkta } = await browser.open('/a')
    expect(response).toBeUndefined()
    expect(sawOkta).toBe(true)
  })

  it('F11 is kept sealed, for the paths of the guard alone, and never logged', async () => {
    const browser = edge.browser()
    const answers = []
    for (const target of ['/_guard/login', '/a']) answers.push(await browser.ask(target))
    const login = answers[0]!
    const query = await edge.okta.enter(headerOf(login, 'location')!)
    const done = (await browser.ask(`/_guard/callback?${query}`))!
    const cookie = done.headers!['set-cookie']!.find(({ value }) => value.startsWith(REFRESH))!
    expect(cookie.value).toMatch(
      /^__Secure-guard-refresh=seal-1\.[\w-]+; Max-Age=43200; Path=\/_guard\/; Secure; HttpOnly; SameSite=Lax$/,
    )
    world.now += 900_000
    await browser.open('/a')
    const sent = new URLSearchParams(edge.okta.seen.at(-1)!.body).get('refresh_token')!
    expect(sent).toMatch(REFRESH_TOKEN)
    for (const text of [cookie.value, JSON.stringify([...browser.jar]), world.logged.join()]) {
      expect(text).not.toContain(sent)
      expect(text).not.toContain(Buffer.from(sent).toString('base64url').slice(2, 20))
    }
  })

  it("F11 of somebody else's session, planted by a host of the domain, is not used", async () => {
    const [victim, attacker] = [await edge.expired(), await edge.expired()]
    const own = victim.jar.get(REFRESH)!
    world.now -= 900_000
    victim.jar.set(REFRESH, attacker.jar.get(REFRESH)!)
    edge.okta.seen.length = 0
    const { sawOkta } = await victim.open('/a')
    expect(sawOkta).toBe(true)
    expect(edge.okta.refreshed()).toBe(0)
    victim.jar.set(SESSION, attacker.jar.get(SESSION)!)
    victim.jar.set(REFRESH, `${attacker.jar.get(REFRESH)!.slice(0, -4)}AAAA`)
    world.now += 900_000
    expect((await victim.open('/a')).sawOkta).toBe(true)
    expect(own).not.toBe('')
  })

  it('F11 without a session of its own is nothing', async () => {
    const browser = await edge.expired()
    browser.jar.delete(SESSION)
    const { sawOkta } = await browser.open('/_guard/refresh?return_to=/a')
    expect(sawOkta).toBe(true)
    expect(edge.okta.refreshed()).toBe(0)
  })

  it('F14 does not carry a session beyond its longest life', async () => {
    const browser = await edge.expired()
    const { start } = browser.session as { start: number }
    world.now = (start + 43_200 - 100) * 1000
    expect((await browser.open('/a')).sawOkta).toBe(false)
    expect(browser.session).toMatchObject({ exp: start + 43_200 })
    world.now = (start + 43_200) * 1000
    const asked = edge.okta.refreshed()
    const answer = (await browser.ask('/_guard/refresh?return_to=/a'))!
    expect(headerOf(answer, 'location')).toBe(`${ORIGIN}/_guard/login?return_to=%2Fa`)
    expect(edge.okta.refreshed()).toBe(asked)
    expect((await browser.open('/a')).sawOkta).toBe(true)
    expect(browser.session!.start).toBe(start + 43_200)
  })
})

describe('the answers of a refresh', () => {
  it('F05 are stored by nobody', async () => {
    const browser = await edge.expired()
    for (const target of ['/a', '/_guard/refresh?return_to=/a', '/_guard/refresh']) {
      const response = (await browser.ask(target))!
      expectLegal(response)
      expect(headerOf(response, 'cache-control')).toBe('no-store')
    }
  })

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    '/%09/evil.example',
    '/%2f%2fevil.example',
    '/_guard/logout',
    '/./..//evil.example',
  ])('R19 lead to the start page of the site, not to %s', async (target) => {
    const browser = await edge.expired()
    const response = (await browser.ask(refreshOf(target)))!
    expect(response.status).toBe('303')
    expect(headerOf(response, 'location')).toBe(ORIGIN + renewedOf('/'))
    for (const address of [
      renewedOf(target),
      `/_guard/refresh?return_to=/a&return_to=//evil.example`,
    ]) {
      expect(headerOf((await browser.ask(address))!, 'location')).toBe(`${ORIGIN}/`)
    }
  })

  it('F13 reach images, scripts, frames and HEAD by the same way', async () => {
    for (const [headers, method] of [
      [IMAGE, 'GET'],
      [SCRIPT, 'GET'],
      [{ ...NAVIGATION, 'sec-fetch-dest': 'iframe' }, 'GET'],
      [NAVIGATION, 'HEAD'],
    ] as const) {
      const browser = await edge.expired()
      const { response, trail } = await browser.open('/file', { headers, method })
      expect(response).toBeUndefined()
      const check = headers === NAVIGATION ? [renewedOf('/file')] : []
      expect(trail).toEqual(['/file', refreshOf('/file'), ...check, '/file'])
    }
  })

  it('F13 cost a browser that drops the cookies of an image that image, and not the page', async () => {
    const browser = await edge.expired()
    browser.keeps = () => false
    await expect(browser.open('/1.png', { headers: IMAGE })).rejects.toThrow('no end')
    browser.keeps = () => true
    expect((await browser.open('/a')).response).toBeUndefined()
  })

  it.each<[string, string, Record<string, string>]>([
    ['POST', 'POST', NAVIGATION],
    ['PUT', 'PUT', SCRIPT],
    ['a WebSocket', 'GET', { 'sec-websocket-key': 'x', upgrade: 'websocket' }],
    ['a WebSocket by its mode', 'GET', { 'sec-fetch-mode': 'websocket' }],
    ['the update of a service worker', 'GET', { 'service-worker': 'script' }],
    ['a service worker', 'GET', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'serviceworker' }],
  ])('F13 E16 for %s, which follows no redirect, are the addresses', async (_, method, headers) => {
    const browser = await edge.expired()
    const response = (await browser.ask('/api', { method, headers }))!
    expectLegal(response)
    expect(response.status).toBe('401')
    expect(JSON.parse(response.body!)).toEqual({
      error: 'unauthenticated',
      login: `${ORIGIN}/_guard/login`,
      refresh: `${ORIGIN}/_guard/refresh`,
    })
  })

  it('F13 are 204 or 401 for a script that comes by itself', async () => {
    const browser = await edge.expired()
    const good = (await browser.ask('/_guard/refresh', { headers: SCRIPT }))!
    expectLegal(good)
    expect([good.status, good.body]).toEqual(['204', undefined])
    expect((await browser.ask('/_guard/refresh', { headers: SCRIPT }))!.status).toBe('204')
    expect(edge.okta.refreshed()).toBe(1)
    edge.okta.endAll()
    world.now += 900_000
    const bad = (await browser.ask('/_guard/refresh', { headers: SCRIPT }))!
    expect(bad.status).toBe('401')
    expect(JSON.parse(bad.body!)).toMatchObject({ login: `${ORIGIN}/_guard/login` })
    for (const method of ['POST', 'PUT', 'OPTIONS']) {
      expect((await browser.ask('/_guard/refresh', { method, headers: SCRIPT }))!.status).toBe(
        '405',
      )
    }
  })
})
