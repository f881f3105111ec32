import { describe, expect, it } from 'vitest'
import { headerOf, NAVIGATION, ORIGIN } from '../helpers/edge.ts'
import { REFRESH, refreshWorld, SESSION, TOKEN_PATH } from '../helpers/edge-refresh.ts'
import type { Breach } from '../helpers/hostile-okta.ts'
import { UNAVAILABLE } from './breaches.ts'

const edge = refreshWorld()
const { world } = edge
const LEEWAY = { leewaySeconds: 60 }
const IMAGE = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
const tenTimes = <T>(make: (index: number) => T): T[] =>
  Array.from({ length: 10 }, (_, i) => make(i))

describe('F01 ten requests at once with one expired session', () => {
  it.each([
    ['STATIC', 'one edge', 1],
    ['STATIC', 'ten edges', 10],
    ['ROTATE', 'one edge', 1],
    ['ROTATE', 'ten edges', 10],
  ])('F01 F15 all go on, with %s at %s', async (rotation, _, count) => {
    if (rotation === 'ROTATE') edge.okta.rotation = LEEWAY
    const browser = await edge.expired()
    const handlers = Array.from({ length: count }, () => edge.edge())
    const tabs = tenTimes((i) => browser.copy(() => handlers[i % count]!))
    const landed = await Promise.all(
      tabs.map((tab, i) => tab.open(`/${i}`, { headers: i % 2 ? IMAGE : NAVIGATION })),
    )
    for (const { response, sawOkta } of landed) {
      expect(response).toBeUndefined()
      expect(sawOkta).toBe(false)
    }
    expect(edge.okta.complaints).toEqual([])
    expect(new Set(tabs.map((tab) => tab.session!.sid)).size).toBe(1)
    // The browser keeps the cookies of whichever came last, and whichever edge made them.
    browser.jar.set(SESSION, tabs[0]!.jar.get(SESSION)!)
    browser.jar.set(REFRESH, tabs.at(-1)!.jar.get(REFRESH)!)
    world.now += 900_000
    expect((await browser.open('/later')).sawOkta).toBe(false)
  })

  it('F01 F15 that come late find the session of the first: Okta is asked once', async () => {
    const browser = await edge.expired()
    await browser.open('/first')
    for (let i = 0; i < 9; i++) {
      const late = (await browser.ask(`/_guard/refresh?return_to=/${i}`))!
      expect(headerOf(late, 'location')).toBe(`${ORIGIN}/${i}`)
      expect(late.headers).not.toHaveProperty('set-cookie')
    }
    expect(edge.okta.refreshed()).toBe(1)
  })
})

describe('a rotating refresh token', () => {
  it('F03 goes on where the answer was lost after Okta had rotated, within the leeway', async () => {
    edge.okta.rotation = LEEWAY
    const browser = await edge.expired()
    browser.keeps = () => false
    expect((await browser.ask('/_guard/refresh?return_to=/a'))!.status).toBe('303')
    browser.keeps = () => true
    world.now += 59_000
    const { response, sawOkta } = await browser.open('/a')
    expect(response).toBeUndefined()
    expect(sawOkta).toBe(false)
  })

  it.each<[string, Breach]>([
    ['userinfo fails', { userinfo: { status: 500, body: '' } }],
    ['the keys cannot be had', { header: { kid: 'okta-2' }, jwks: { status: 500, body: '' } }],
  ])('F03 is not lost when Okta has rotated and then %s', async (_, breach) => {
    edge.okta.rotation = LEEWAY
    const rule = { paths: ['/*'], allow: { groups: ['staff'] } }
    const access = { revision: 1, public: [], rules: [rule] }
    edge.okta.breach = { said: { groups: ['staff'] } }
    world.handler = edge.edge({ access })
    const browser = await edge.expired()
    edge.okta.breach = breach
    expect((await browser.open('/a')).response!.status).toBe('503')
    // Later than the leeway: only the new one is worth something.
    world.now += 120_000
    edge.okta.breach = { said: { groups: ['staff'] } }
    const { response, sawOkta } = await browser.open('/a')
    expect(response).toBeUndefined()
    expect(sawOkta).toBe(false)
  })

  it('F02 that is used again after the leeway ends the family: one sign-in, no loop', async () => {
    edge.okta.rotation = LEEWAY
    const browser = await edge.expired()
    const thief = browser.copy()
    await browser.open('/a')
    world.now += 900_000
    const stolen = await thief.ask('/_guard/refresh?return_to=/a')
    expect(headerOf(stolen!, 'location')).toBe(`${ORIGIN}/_guard/login?return_to=%2Fa`)
    expect(edge.okta.complaints).toEqual(['reuse'])
    const { response, sawOkta, trail } = await browser.open('/a')
    expect(response).toBeUndefined()
    expect(sawOkta).toBe(true)
    expect(trail.length).toBeLessThanOrEqual(6)
  })
})

describe('grace', () => {
  const GRACE = { session: { tokenSeconds: 900, maxSeconds: 43_200, graceSeconds: 1800 } }

  it.each(UNAVAILABLE.filter(([, { token }]) => (token?.status ?? 200) >= 500 || token?.cut))(
    'F10 carries a session on, five minutes at a time, through %s',
    async (_, breach) => {
      world.handler = edge.edge(GRACE)
      const browser = await edge.expired()
      const { start } = browser.session as { start: number }
      edge.okta.breach = breach
      let until = 0
      for (let step = 0; step < 20; step++) {
        const { response } = await browser.open('/a')
        if (response) {
          expect(response.status).toBe('503')
          until = world.now
          break
        }
        const { iat, exp, rev } = browser.session as Record<string, number>
        expect(exp! - iat!).toBeLessThanOrEqual(300)
        expect(exp).toBeLessThanOrEqual(start + 1800)
        expect(rev).toBe(1)
        world.now = exp! * 1000
      }
      expect(until).toBe((start + 1800) * 1000)
      expect(browser.jar.get(REFRESH)).toBeDefined()
      edge.okta.breach = {}
      expect((await browser.open('/a')).response).toBeUndefined()
      expect(browser.session!.exp).toBe(until / 1000 + 900)
    },
  )

  it('F10 is off unless it was asked for', async () => {
    const browser = await edge.expired()
    edge.okta.breach = { token: { status: 503, body: '' } }
    expect((await browser.open('/a')).response!.status).toBe('503')
  })

  it.each<[string, Breach]>([
    ['invalid_grant', { token: { status: 400, body: '{"error":"invalid_grant"}' } }],
    ['invalid_client', { token: { status: 401, body: '{"error":"invalid_client"}' } }],
    ['access_denied', { token: { status: 400, body: '{"error":"access_denied"}' } }],
    ['another subject', { claims: { sub: '00u2' } }],
    ['a bad signature', { signature: () => 'AAAA' }],
    ['HTML', { token: { headers: { 'content-type': 'text/html' }, body: '<b>' } }],
  ])('F10 is never for %s', async (_, breach) => {
    world.handler = edge.edge(GRACE)
    const browser = await edge.expired()
    const before = browser.jar.get(SESSION)
    edge.okta.breach = breach
    const response = (await browser.ask('/_guard/refresh?return_to=/a'))!
    expect(response.status).toMatch(/^(302|502)$/)
    expect([before, undefined]).toContain(browser.jar.get(SESSION))
  })

  it('F10 F14 does not pass the longest session', async () => {
    const session = { tokenSeconds: 900, maxSeconds: 1000, graceSeconds: 1800 }
    world.handler = edge.edge({ session })
    const browser = await edge.expired()
    const { start } = browser.session as { start: number }
    edge.okta.breach = { token: { status: 500, body: '' } }
    expect((await browser.open('/a')).response).toBeUndefined()
    expect(browser.session!.exp).toBe(start + 1000)
    world.now = (start + 1000) * 1000
    const answer = (await browser.ask('/a'))!
    expect(headerOf(answer, 'location')).toContain('/_guard/login')
  })
})

describe('what Okta says at a refresh', () => {
  const rules = [{ paths: ['/*'], allow: { groups: ['staff'] } }]
  const access = { revision: 1, public: [], rules }

  it.each<[string, Breach, Breach]>([
    ['the ID token', { claims: { groups: ['staff'] } }, { claims: { groups: [] } }],
    [
      'the ID token, which says nothing of groups',
      { claims: { groups: ['staff'] } },
      {
        claims: { groups: undefined },
      },
    ],
    ['userinfo', { said: { groups: ['staff'] } }, { said: { groups: ['guests'] } }],
    ['userinfo, which says nothing of groups', { said: { groups: ['staff'] } }, {}],
    ['userinfo alone', { said: { groups: ['staff'] } }, { response: { id_token: undefined } }],
  ])('F12 takes a group away, by %s', async (_, before, after) => {
    world.handler = edge.edge({ access })
    edge.okta.breach = before
    const browser = await edge.expired()
    edge.okta.breach = before
    expect((await browser.open('/a')).response).toBeUndefined()
    world.now += 900_000
    edge.okta.breach = after
    const { response } = await browser.open('/a')
    expect(response!.status).toBe('403')
    expect(browser.session!.groups ?? []).toEqual([])
  })

  it('F12 T30 takes an address away that is not verified any more', async () => {
    const staff = [{ paths: ['/*'], allow: { emailDomains: ['example.com'] } }]
    world.handler = edge.edge({ access: { ...access, rules: staff } })
    const browser = await edge.expired()
    edge.okta.breach = { claims: { email_verified: false } }
    expect((await browser.open('/a')).response!.status).toBe('403')
    expect(browser.session).not.toHaveProperty('email')
  })

  it.each<[string, Breach]>([
    ['T23 of another subject', { said: { sub: '00u2', groups: ['staff'] } }],
    ['T23 of no subject', { said: { sub: undefined, groups: ['staff'] } }],
    ['T24 with 401', { userinfo: { status: 401, body: '{}' } }],
    ['T23 HTML', { userinfo: { body: '<b>CANARY' } }],
    ['T23 null', { userinfo: { body: 'null' } }],
    ['T23 1 MB', { userinfo: { body: `"${'x'.repeat(1 << 20)}"` } }],
    [
      'T23 a redirect',
      { userinfo: { status: 302, headers: { location: '/elsewhere' }, body: '' } },
    ],
  ])('userinfo %s gives nobody a session', async (_, breach) => {
    world.handler = edge.edge({ access })
    edge.okta.breach = breach
    const stranger = edge.browser()
    const { response } = await stranger.open('/a')
    expect(response!.status).toMatch(/^50[23]$/)
    expect(stranger.session).toBeUndefined()
    edge.okta.breach = { said: { groups: ['staff'] } }
    const browser = await edge.expired()
    const before = browser.jar.get(SESSION)
    edge.okta.breach = breach
    expect((await browser.open('/a')).response!.status).toMatch(/^50[23]$/)
    expect(browser.jar.get(SESSION)).toBe(before)
    expect(edge.okta.seen.some(({ url }) => url.includes('elsewhere'))).toBe(false)
  })

  it('T24 userinfo gets the token in its header and nowhere else', async () => {
    world.handler = edge.edge({ access })
    edge.okta.breach = { said: { groups: ['staff'] } }
    const browser = edge.browser()
    expect((await browser.open('/a')).response).toBeUndefined()
    const [asked] = edge.okta.seen.filter(({ url }) => url.includes('userinfo'))
    expect(asked).toMatchObject({ url: '/oauth2/v1/userinfo', body: '' })
    expect(edge.okta.complaints).toEqual([])
    expect(edge.okta.asked(TOKEN_PATH)).toBe(1)
  })
})
