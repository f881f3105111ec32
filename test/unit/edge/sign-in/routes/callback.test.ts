import { createPublicKey } from 'node:crypto'
import { compactVerify, decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { idToken, tokenAnswer } from '../../../../helpers/edge-cloud.ts'
import {
  ask,
  cookiesSet,
  headerOf,
  isPassed,
  KEYS,
  NOW,
  ORIGIN,
  OTHER_ORIGIN,
  sessionCookie,
} from '../../../../helpers/edge.ts'
import { signInWorld } from '../../../../helpers/edge-sign-in.ts'
import type { Begun } from '../../../../helpers/edge-sign-in.ts'

const world = signInWorld()

describe('callback', () => {
  it('R21 signs in and goes back, byte for byte', async () => {
    const begun = await world.begin()
    world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce))
    const response = await world.back(begun)
    expect(response.status).toBe('303')
    expect(headerOf(response, 'location')).toBe(`${ORIGIN}/a?b=c%20d`)
    expect(headerOf(response, 'referrer-policy')).toBe('no-referrer')
    const cookies = cookiesSet(response)
    expect(cookies.get(begun.cookie.split('=')[0]!)).toBe('')
    expect(
      response.headers!['set-cookie']!.find(({ value }) => value.startsWith('__Host-guard='))!
        .value,
    ).toMatch(/; Max-Age=43200; Path=\/; Secure; HttpOnly; SameSite=Lax$/)

    const token = cookies.get('__Host-guard')!
    const { protectedHeader } = await compactVerify(token, createPublicKey(KEYS.session.privateKey))
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'guard+jwt', kid: 'session-1' })
    expect(decodeJwt(token)).toEqual({
      iss: 's3-okta-guard:E2TEST',
      aud: '0oaclient',
      sub: '00u1',
      email: 'ada@example.com',
      name: 'Ada',
      sid: expect.stringMatching(/^[\w-]{22}$/) as string,
      start: NOW / 1000,
      rev: 1,
      iat: NOW / 1000,
      exp: NOW / 1000 + 900,
    })
    expect(await isPassed(world.handler, { cookie: `__Host-guard=${token}` })).toBe(true)
  })

  it('O06 O07 finishes two tabs, each with its own verifier', async () => {
    const [one, two] = [await world.begin(), await world.begin()]
    const cookie = `${one.cookie}; ${two.cookie}`
    for (const begun of [two, one]) {
      world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce))
      const response = await world.back(begun, {}, { cookie })
      expect(response.status).toBe('303')
      const removed = [...cookiesSet(response)].filter(([, value]) => value === '')
      expect(removed.map(([name]) => name)).toEqual([begun.cookie.split('=')[0]])
    }
  })

  it.each([
    ['O01 no cookie', '', undefined],
    ['O03 a cookie that does not open', '__Host-guard-tx-%id=seal-1.AAAA', undefined],
    ['O02 another random half', undefined, 'x'],
  ])('%s gets a button and no session', async (_, cookie, tail) => {
    const begun = await world.begin()
    const id = begun.state.split('.')[0]!
    const state = tail ? `${id}.${tail.repeat(22)}` : begun.state
    const input = cookie === undefined ? {} : { cookie: cookie.replace('%id', id) }
    const response = await world.back(begun, { state }, input)
    expect(response.status).toBe('400')
    expect(response.body).toContain('/_guard/login?return_to=')
    expect(cookiesSet(response).has('__Host-guard')).toBe(false)
    expect(world.cloud.requests.filter(({ path }) => path === '/oauth2/v1/token')).toEqual([])
  })

  it('O03 begun on one host ends on no other', async () => {
    const begun = await world.begin()
    world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce))
    const response = await world.back(begun, {}, { host: new URL(OTHER_ORIGIN).host })
    expect(response.status).toBe('400')
    expect(world.asked('/oauth2/v1/token')).toBe(0)
  })

  it('C19 takes nothing else that the guard has sealed or signed for a transaction', async () => {
    const begun = await world.begin()
    const name = begun.cookie.split('=')[0]!
    const tried = cookiesSet(await world.signedIn()).get('__Host-guard-tx-tried')!
    const { body } = await ask(world.handler, { uri: '/_guard/logout' })
    const confirm = /token=([^"]+)/.exec(body!)![1]!
    const calls = world.asked('/oauth2/v1/token')
    for (const value of [tried, confirm, sessionCookie().split('=')[1]!]) {
      const response = await world.back(begun, {}, { cookie: `${name}=${value}` })
      expect(response.status).toBe('400')
    }
    expect(world.asked('/oauth2/v1/token')).toBe(calls)
  })

  it('O26 lets somebody sign in and out as often as they like', async () => {
    for (let trip = 1; trip <= 6; trip++) {
      const begun = await world.begin()
      world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce))
      const jar = cookiesSet(await world.back(begun))
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
      // A valid session: another tab may begin at any time.
      expect((await world.begin({ cookie })).response.status).toBe('302')
      const headers = { 'sec-fetch-site': 'same-origin' }
      const out = await ask(world.handler, { uri: '/_guard/logout', cookie, headers })
      expect(cookiesSet(out).get('__Host-guard-tx-tried')).toBe('')
    }
  })

  it('O26 finishes many tabs that began before any had a session', async () => {
    const tabs = []
    const jar = new Map<string, string>()
    const cookie = (): string => [...jar].map((pair) => pair.join('=')).join('; ')
    for (let tab = 0; tab < 10; tab++) {
      tabs.push(await world.begin({ cookie: cookie() }))
      for (const [name, value] of cookiesSet(tabs.at(-1)!.response)) jar.set(name, value)
    }
    for (const begun of tabs) {
      world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce))
      const response = await world.back(begun, {}, { cookie: cookie() })
      expect(response.status).toBe('303')
      for (const [name, value] of cookiesSet(response)) jar.set(name, value)
    }
  })

  it('O04 that is too late offers the same page again', async () => {
    const begun = await world.begin()
    world.now += 600_000
    const response = await world.back(begun)
    expect(response.status).toBe('400')
    expect(response.body).toContain(encodeURIComponent('/a?b=c%20d'))
  })

  it('O25 that is over takes a signed-in user to the site', async () => {
    const begun = await world.begin()
    const response = await world.back(begun, {}, { cookie: sessionCookie() })
    expect(response.status).toBe('303')
    expect(headerOf(response, 'location')).toBe(`${ORIGIN}/`)
  })

  it.each([
    ['O11 code and error', 'code=1&error=x&state=%s'],
    ['O11 two codes', 'code=1&code=2&state=%s'],
    ['O11 two states', 'code=1&state=%s&state=%s'],
    ['neither', 'state=%s'],
    ['no state', 'code=1'],
    ['no query', ''],
    ['O12 a code with a line feed', 'code=a%0Ab&state=%s'],
    ['O12 a huge code', `code=${'x'.repeat(8000)}&state=%s`],
    ['O09 another issuer', 'code=1&state=%s&iss=https://evil.example'],
    ['O09 two issuers', 'code=1&state=%s&iss=a&iss=a'],
    ['a state of another making', 'code=1&state=none'],
  ])('is refused with %s', async (_, querystring) => {
    const begun = await world.begin()
    const response = await ask(world.handler, {
      uri: '/_guard/callback',
      querystring: querystring.replaceAll('%s', begun.state),
      cookie: begun.cookie,
    })
    expect(response.status).toBe('400')
    expect(world.cloud.requests.some(({ path }) => path === '/oauth2/v1/token')).toBe(false)
  })

  it('O09 takes the right issuer, and wants it where it was promised', async () => {
    expect((await world.signedIn({ iss: world.cloud.url })).status).toBe('303')
    const config = world.configured()
    world.handler = world.instance({
      ...config,
      okta: { ...config.okta, issParameterSupported: true },
    })
    expect((await world.signedIn()).status).toBe('400')
    expect((await world.signedIn({ iss: world.cloud.url })).status).toBe('303')
  })

  it('O14 is for GET alone', async () => {
    const begun = await world.begin()
    for (const method of ['POST', 'HEAD', 'PUT']) {
      const response = await world.back(begun, {}, { method })
      expect(response.status).toBe('405')
      expect(headerOf(response, 'allow')).toBe('GET')
    }
  })

  it('O10 O24 shows a refused user a page, checks the state first, and does not loop', async () => {
    const begun = await world.begin()
    const error = { error: 'access_denied', error_description: '<script>CANARY</script>' }
    const query = String(new URLSearchParams({ ...error, state: begun.state }))
    const input = { uri: '/_guard/callback', querystring: query }
    expect((await ask(world.handler, input)).status).toBe('400')
    const response = await ask(world.handler, { ...input, cookie: begun.cookie })
    expect(response.status).toBe('403')
    expect(response.body).toContain('switch=1')
    expect(response.body).not.toContain('CANARY')
    expect(headerOf(response, 'x-s3-okta-guard')).toBe('refused')
    expect(JSON.parse(world.logged.at(-1)!)).toMatchObject({
      what: 'refusal',
      reason: 'access_denied',
    })
  })

  it.each(['login_required', 'interaction_required', 'consent_required'])(
    'O23 asks the user once after %s, then shows a page',
    async (error) => {
      const fail = (begun: Begun) =>
        ask(world.handler, {
          uri: '/_guard/callback',
          querystring: `error=${error}&state=${begun.state}`,
          cookie: begun.cookie,
        })
      const response = await fail(await world.begin())
      expect(response.status).toBe('302')
      const url = new URL(headerOf(response, 'location')!)
      expect(url.searchParams.get('prompt')).toBe('login')
      const [name, value] = [...cookiesSet(response)].find(([, text]) => text !== '')!
      const again = { state: url.searchParams.get('state')!, cookie: `${name}=${value}` }
      expect((await fail(again as Begun)).status).toBe('502')
    },
  )

  it('O26 stops a browser that drops the session after three round trips', async () => {
    let cookie = ''
    for (let trip = 1; trip <= 3; trip++) {
      const begun = await world.begin({ cookie })
      world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce))
      const response = await world.back(begun)
      expect(response.status).toBe('303')
      cookie = `__Host-guard-tx-tried=${cookiesSet(response).get('__Host-guard-tx-tried')}`
    }
    const response = await ask(world.handler, { uri: '/_guard/login', cookie })
    expect(response.status).toBe('400')
    expect(response.body).toContain('cookies')
    expect(cookiesSet(response).get('__Host-guard-tx-tried')).toBe('')
    world.now += 60_000
    await world.begin({ cookie })
  })
})
