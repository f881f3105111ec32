import { describe, expect, it } from 'vitest'
import { subjectHash } from '../../src/access/subject.ts'
import type { NotBefore } from '../../src/access/edge-config.ts'
import { headerOf, isPassed, NAVIGATION, NOW, ORIGIN, sessionCookie } from '../helpers/edge.ts'
import { REFRESH, refreshWorld, REVOKE_PATH, SESSION, TOKEN_PATH } from '../helpers/edge-refresh.ts'
import type { EdgeBrowser } from '../helpers/edge-browser.ts'
import type { Answer } from '../helpers/edge-cloud.ts'
import { expectLegal, refused } from './oracle.ts'

const edge = refreshWorld()
const { world } = edge
const seconds = NOW / 1000
const user = (name: string, at = seconds): NotBefore => ({ users: { [subjectHash(name)]: at } })

const passes = (notBefore: NotBefore, changes = {}): Promise<boolean> =>
  isPassed(edge.edge({ notBefore }), { uri: '/a', cookie: sessionCookie(changes) })

/** Asks for a refresh at an edge with this list. */
async function refreshAt(browser: EdgeBrowser, notBefore: NotBefore) {
  world.handler = edge.edge({ notBefore })
  return (await browser.ask('/_guard/refresh?return_to=/a'))!
}

describe('a list of revocations', () => {
  it.each<[string, NotBefore]>([
    ['V01 a user by sub', user('00u1')],
    ['V01 a user by e-mail', user('ada@example.com')],
    ['V01 a user by e-mail in capitals', user('ADA@Example.COM')],
    ['V02 everyone', { everyone: seconds }],
    ['V02 everyone, and a user before that', { everyone: seconds, ...user('00u1', 1) }],
    ['V01 a user, and everyone before that', { everyone: 1, ...user('00u1') }],
    ['V07 a second to come', { everyone: seconds + 1 }],
    ['V01 a user who has none, by a time that is no number', user('00u1', 'x' as never)],
  ])('%s: the session is nothing, cold or warm', async (_, notBefore) => {
    const handler = edge.edge({ notBefore })
    for (let time = 0; time < 2; time++) {
      const input = { uri: '/a', cookie: sessionCookie() }
      await refused(handler, { ...input, headers: NAVIGATION }, ['302'])
      await refused(handler, input, ['401'])
      await refused(handler, { ...input, uri: '/_guard/me' }, ['401'])
    }
    expect(world.asked('/')).toBe(0)
  })

  it.each<[string, NotBefore]>([
    ['V01 another user', user('00u2')],
    ['V01 a user in another case of sub', user('00U1')],
    ['V01 another address', user('ada@example.org')],
    [
      'V06 V07 a second before the session',
      { everyone: seconds - 1, ...user('00u1', seconds - 1) },
    ],
    ['V01 names of objects', { users: { __proto__: seconds, constructor: seconds } }],
    ['V02 nothing', {}],
  ])('%s: the session goes on', async (_, notBefore) => {
    expect(await passes(notBefore)).toBe(true)
  })

  it('V05 does not forget: there is no time after which a revoked session would pass', async () => {
    const notBefore = user('00u1')
    for (const later of [0, 1, 899]) {
      const handler = world.instance(edge.configured({ notBefore }))
      world.now = NOW + later * 1000
      await refused(handler, { cookie: sessionCookie(), headers: NAVIGATION }, ['302'])
    }
    world.now = NOW
    // A token made later of the same session carries its start.
    expect(await passes(notBefore, { start: seconds - 10, iat: seconds, exp: seconds + 900 })).toBe(
      false,
    )
  })

  it('V06 V07 lets the user sign in again: in the second after, and with no loop in the same', async () => {
    world.handler = edge.edge({ notBefore: user('00u1') })
    const browser = edge.browser()
    const { response } = await browser.open('/a')
    expectLegal(response!)
    expect(response!.status).toBe('503')
    expect(browser.session).toBeUndefined()
    world.now += 1000
    expect((await browser.open('/a')).response).toBeUndefined()
  })

  it('V03 V04 is in the bundle: no store to be slow or out of reach, and none is asked', async () => {
    const notBefore = { everyone: seconds - 5 }
    world.cloud.ssm = { hang: true }
    expect(await passes(notBefore)).toBe(true)
    expect(await passes({ everyone: seconds })).toBe(false)
    expect(world.cloud.requests).toEqual([])
    expect(edge.okta.seen).toEqual([])
  })

  it('V04 at an edge that lags behind lets pass what the others refuse, with no loop between them', async () => {
    const browser = edge.browser()
    await browser.open('/a')
    world.now += 1000
    const revoking = edge.edge({ notBefore: { everyone: seconds } })
    const lagging = edge.edge()
    for (const order of [
      [revoking, lagging],
      [lagging, revoking],
    ]) {
      let turn = 0
      const { response } = await browser.copy(() => order[turn++ % 2]!).open('/b')
      expect(response).toBeUndefined()
    }
  })

  it('V03 that is missing or unreadable refuses everybody', async () => {
    for (const notBefore of [undefined, null, { everyone: {} }, { everyone: 'x' }]) {
      expect(
        await isPassed(edge.edge({ notBefore: notBefore as never }), {
          cookie: sessionCookie(),
        }),
      ).toBe(false)
    }
  })
})

describe('V08 a refresh of a revoked session', () => {
  it.each<[string, NotBefore]>([
    ['by sub', user('00u1')],
    ['by e-mail', user('ada@example.com')],
    ['with everyone', { everyone: seconds }],
  ])('V08 V13 %s ends it here and its refresh token at Okta', async (_, notBefore) => {
    const browser = await edge.expired()
    const thief = browser.copy()
    const response = await refreshAt(browser, notBefore)
    expectLegal(response)
    expect(headerOf(response, 'location')).toBe(`${ORIGIN}/_guard/login?return_to=%2Fa`)
    expect([browser.jar.has(SESSION), browser.jar.has(REFRESH)]).toEqual([false, false])
    expect(edge.okta.asked(REVOKE_PATH)).toBe(1)
    expect(edge.okta.asked(TOKEN_PATH)).toBe(0)
    expect(edge.okta.complaints).toEqual([])
    expect(world.lastReason()).toBe('revoked')
    // Nor has an edge that knows of nothing any use for it.
    world.handler = edge.edge()
    const stolen = (await thief.ask('/_guard/refresh?return_to=/a'))!
    expect(headerOf(stolen, 'location')).toContain('/_guard/login')
    expect(edge.okta.refreshed()).toBe(0)
  })

  it('V08 also ends one that has not expired yet', async () => {
    const browser = await edge.expired()
    world.now -= 60_000
    const response = await refreshAt(browser, { everyone: seconds })
    expect(headerOf(response, 'location')).toContain('/_guard/login')
    expect(edge.okta.asked(REVOKE_PATH)).toBe(1)
  })

  it.each<[string, Answer]>([
    ['500', { status: 500, body: 'CANARY' }],
    ['401', { status: 401, body: '{"error":"invalid_client"}' }],
    ['429', { status: 429, body: '' }],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' }, body: '' }],
    ['half an answer', { cut: true }],
    ['no answer', { hang: true }],
  ])('V08 ends it here though Okta answers %s, and the log says what stayed', async (_, answer) => {
    const browser = await edge.expired()
    edge.okta.breach = { revocation: answer }
    const response = await refreshAt(browser, { everyone: seconds })
    expect(headerOf(response, 'location')).toContain('/_guard/login')
    expect(browser.jar.has(SESSION)).toBe(false)
    expect(world.lastReason()).toMatch(/^refresh token not revoked: okta-(unavailable|refused)/)
    expect(edge.okta.seen.some(({ url }) => url.includes('elsewhere'))).toBe(false)
  })

  it("V08 revokes nobody else's: a session that is forged, or a cookie of another", async () => {
    const [ada, other] = [await edge.expired(), edge.browser()]
    other.jar.set(SESSION, sessionCookie({ sid: 'other' }).split('=')[1]!)
    other.jar.set(REFRESH, ada.jar.get(REFRESH)!)
    await refreshAt(other, { everyone: seconds })
    other.jar.set(SESSION, `${ada.jar.get(SESSION)!.slice(0, -4)}AAAA`)
    await refreshAt(other, { everyone: seconds })
    expect(edge.okta.asked(REVOKE_PATH)).toBe(0)
  })
})

describe('signing out', () => {
  const own = { ...NAVIGATION, 'sec-fetch-site': 'same-origin' }

  it('V09 V13 revokes the refresh token at Okta: a stolen pair of cookies lasts one token life', async () => {
    const browser = edge.browser()
    await browser.open('/a')
    const thief = browser.copy()
    const out = (await browser.ask('/_guard/logout', { headers: own }))!
    expect(out.status).toBe('302')
    expect(browser.jar.size).toBe(0)
    expect(edge.okta.asked(REVOKE_PATH)).toBe(1)
    expect((await thief.open('/a')).response).toBeUndefined()
    world.now += 900_000
    expect((await thief.ask('/_guard/refresh?return_to=/a'))!.status).toBe('302')
    expect(edge.okta.refreshed()).toBe(0)
  })

  it('V09 revokes that of an expired session, and of a revoked one', async () => {
    for (const notBefore of [{}, { everyone: seconds + 10_000 }]) {
      const browser = await edge.expired()
      world.handler = edge.edge({ notBefore })
      await browser.ask('/_guard/logout', { headers: own })
      expect(edge.okta.asked(REVOKE_PATH)).toBe(1)
      world.handler = edge.edge()
      world.now = NOW
    }
  })

  it.each<[string, Answer | undefined, Answer | undefined]>([
    ['Okta', { status: 500, body: 'CANARY' }, undefined],
    ['SSM', undefined, { status: 500, body: '{}' }],
  ])('V09 signs out here while %s fails', async (_, revocation, ssm) => {
    const browser = await edge.expired()
    world.handler = edge.edge()
    edge.okta.breach = revocation ? { revocation } : {}
    world.cloud.ssm = ssm
    const out = (await browser.ask('/_guard/logout', { headers: own }))!
    expectLegal(out)
    expect(out.status).toBe('302')
    expect(browser.jar.size).toBe(0)
    expect(world.lastReason()).toMatch(/^refresh token not revoked: /)
  })

  it('L07 V12 asks neither SSM nor Okta for somebody who has nothing to revoke', async () => {
    const browser = edge.browser()
    browser.jar.set(REFRESH, 'other-key.AAAA')
    world.cloud.ssm = { status: 500, body: '{}' }
    expect((await browser.ask('/_guard/logout', { headers: own }))!.status).toBe('302')
    browser.jar.set(SESSION, sessionCookie().split('=')[1]!)
    expect((await browser.ask('/_guard/logout', { headers: own }))!.status).toBe('302')
    expect(world.asked('/')).toBe(0)
    expect(edge.okta.seen).toEqual([])
    expect(world.logged.join()).not.toContain('not revoked')
  })

  it('V12 V10 by a stranger or from another site revokes nothing', async () => {
    const browser = await edge.expired()
    const site = { ...NAVIGATION, 'sec-fetch-site': 'cross-site' }
    await browser.ask('/_guard/logout', { headers: site })
    await edge.browser().ask('/_guard/logout', { headers: own })
    expect(edge.okta.asked(REVOKE_PATH)).toBe(0)
  })

  it('V14 a user who is deactivated at Okta is out after one token life', async () => {
    const browser = edge.browser()
    await browser.open('/a')
    edge.okta.endAll()
    world.now += 899_000
    expect((await browser.open('/a')).response).toBeUndefined()
    world.now += 1000
    const answer = (await browser.ask('/_guard/refresh?return_to=/a'))!
    expect(headerOf(answer, 'location')).toContain('/_guard/login')
    await refused(world.handler, { cookie: `${SESSION}=${browser.jar.get(SESSION)}` }, ['302'])
  })
})
