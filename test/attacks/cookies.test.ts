import { describe, expect, it } from 'vitest'
import type { Request } from '../../src/edge-function/types.ts'
import { idToken, tokenAnswer } from '../helpers/edge-cloud.ts'
import { begunBy, signInWorld } from '../helpers/edge-sign-in.ts'
import {
  cookiesSet,
  edgeEvent,
  headerOf,
  isPassed,
  NAVIGATION,
  NOW,
  sessionCookie,
  sessionToken,
} from '../helpers/edge.ts'
import type { CloudFrontResultResponse } from 'aws-lambda'
import { expectLegal, refused } from './oracle.ts'

const world = signInWorld()
const setBy = (response: CloudFrontResultResponse): string[] =>
  (response.headers?.['set-cookie'] ?? []).map(({ value }) => value)
/** The part of a Cookie header that sends back what was set. */
const sentBack = (response: CloudFrontResultResponse): string =>
  [...cookiesSet(response)]
    .filter(([, value]) => value !== '')
    .map((pair) => pair.join('='))
    .join('; ')

async function signOut(cookie: string): Promise<CloudFrontResultResponse> {
  const headers = { ...NAVIGATION, 'sec-fetch-site': 'same-origin' }
  return refused(world.handler, { uri: '/_guard/logout', cookie, headers }, ['302'])
}

describe('a cookie that is set', () => {
  it('C01 C02 is for this host alone, hidden from scripts, Lax and of a stated life', async () => {
    const begun = await world.begin()
    const done = await world.signedIn()
    const out = await signOut(`${sentBack(done)}; ${begun.cookie}`)
    const all = [begun.response, done, out].flatMap(setBy)
    expect(all.length).toBeGreaterThan(7)
    for (const text of all) {
      expect(text).toMatch(
        /^(__Host-guard(-tx-[\w-]+)?=[\w.-]*; Max-Age=\d+; Path=\/|__Secure-guard-refresh=[\w.-]*; Max-Age=\d+; Path=\/_guard\/); Secure; HttpOnly; SameSite=Lax$/,
      )
    }
  })

  it('C03 is deleted under the name and attributes with which it was set', async () => {
    const begun = await world.begin()
    const done = await world.signedIn()
    const shape = (text: string): string => text.replace(/=[\w.-]*; Max-Age=\d+/, '')
    const cookie = `${sentBack(done)}; ${begun.cookie}`
    const out = setBy(await signOut(cookie))
    for (const text of out) expect(text).toMatch(/=; Max-Age=0; /)
    const set = [...setBy(begun.response), ...setBy(done)].filter((text) => !text.includes('=;'))
    expect(out.map(shape).sort()).toEqual(set.map(shape).sort())
  })

  it('C07 has a name that no sibling domain can toss', async () => {
    // What a browser keeps under these names was set by this host, over TLS, without Domain.
    const done = await world.signedIn()
    const names = [...cookiesSet((await world.begin()).response).keys(), ...cookiesSet(done).keys()]
    for (const name of names) expect(name).toMatch(/^(__Host-guard|__Secure-guard-refresh$)/)
    const attacker = await world.begin()
    const lookalike = attacker.cookie.replace('__Host-', '')
    const response = await world.back(attacker, {}, { cookie: lookalike })
    expect(response.status).toBe('400')
    expect(cookiesSet(response).get('__Host-guard')).toBeUndefined()
  })

  it('C17 is never too long for a browser: the sign-in fails on a page instead', async () => {
    for (const [name, status] of [
      ['x'.repeat(1000), '303'],
      ['x'.repeat(4000), '500'],
      ['\u{1f6a2}'.repeat(2000), '500'],
    ] as const) {
      const begun = await world.begin()
      world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce, { name }))
      const response = await world.back(begun)
      expect(response.status).toBe(status)
      expectLegal(response)
      expect(cookiesSet(response).has('__Host-guard')).toBe(status === '303')
      for (const text of setBy(response)) expect(text.length).toBeLessThan(4096)
    }
  })

  it('C17 holds no token of Okta and no group, however many there are', async () => {
    const begun = await world.begin()
    const groups = Array.from({ length: 500 }, (_, index) => `Group ${index}`)
    world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce, { groups }))
    const response = await world.back(begun)
    expect(response.status).toBe('303')
    const [, payload = ''] = cookiesSet(response).get('__Host-guard')!.split('.')
    expect(Buffer.from(payload, 'base64url').toString()).not.toMatch(/Group|access|id_token/)
  })
})

describe('a Cookie header', () => {
  const session = sessionCookie()
  const expired = sessionCookie({ start: 1, iat: NOW / 1000 - 1000, exp: NOW / 1000 - 1 })
  const passes = (cookie?: string | string[]): Promise<boolean> =>
    isPassed(world.handler, { headers: NAVIGATION, ...(cookie !== undefined && { cookie }) })

  it('C04 may come in crumbs', async () => {
    expect(await passes(['a=1', session, 'b=2'])).toBe(true)
    expect(await passes(['a=1', '', 'b=2', session])).toBe(true)
    expect(await passes([`a=1; ${expired}`, `x=y; ${session}`])).toBe(true)
  })

  it('C05 may be missing or empty', async () => {
    await refused(world.handler, { headers: NAVIGATION }, ['302'])
    for (const entries of [[], [{ value: '' }], [{ key: 'Cookie', value: '' }]]) {
      const event = edgeEvent({ headers: NAVIGATION })
      event.Records[0]!.cf.request.headers.cookie = entries
      await refused(world.handler, event, ['302'])
    }
    await refused(world.handler, { uri: '/_guard/callback', headers: NAVIGATION }, ['400'])
  })

  it('C06 may hold two of one name: any that is valid counts, in either order', async () => {
    const bad = [
      '__Host-guard=junk',
      '__Host-guard=',
      '__Host-guard',
      '__Host-guard=a.b.c',
      expired,
    ]
    for (const other of bad) {
      expect(await passes(`${other}; ${session}`)).toBe(true)
      expect(await passes(`${session}; ${other}`)).toBe(true)
      expect(await passes([other, session])).toBe(true)
      await refused(world.handler, { headers: NAVIGATION, cookie: `${other}; ${other}` }, ['302'])
    }
  })

  it.each([
    '__host-guard',
    '__HOST-guard',
    '__Host-Guard',
    '__HOST-GUARD',
    'Host-guard',
    '__Secure-guard',
    '$__Host-guard',
    '__Host-guard-',
    '%5F%5FHost-guard',
    '"__Host-guard"',
  ])('C08 under the name %s holds no session', async (name) => {
    await refused(world.handler, { headers: NAVIGATION, cookie: `${name}=${sessionToken()}` }, [
      '302',
    ])
  })

  it.each([
    '=__Host-guard',
    '',
    '=',
    '==__Host-guard',
    '__Host-guard==',
    'a=__Host-guard',
    '__Host-guard,',
  ])('C09 of a nameless cookie holds no session: "%s="', async (name) => {
    const cookie = `${name}=${sessionToken()}`
    await refused(world.handler, { headers: NAVIGATION, cookie }, ['302'])
    await refused(world.handler, { headers: NAVIGATION, cookie: `a=b; ${cookie}` }, ['302'])
  })

  const odd = [
    ['C10', '__Host-guard="x"'],
    ['C10', '__Host-guard="a;b"'],
    ['C10', `a="; ${'__Host-guard'}="`],
    ['C10', '__Host-guard=a, b'],
    ['C10', '__Host-guard = x y'],
    ['C11', '__Host-guard=%zz'],
    ['C11', 'a=%zz; b=%; c=%e0%a4%a'],
    ['C11', '__Host-guard-tx-AAAAAAAA=%zz; __Secure-guard-refresh=%zz'],
    ['C12', '__proto__=x; constructor=y; hasOwnProperty=z; toString=1'],
    ['C12', '__Host-guard-tx-__proto__=x; __Host-guard-tx-constructor=seal-1.x'],
    ['C12', '__Host-guard=__proto__; __Host-guard=constructor'],
    ['C14', '__Host-guard-chunks=99999999; __Host-guard.0=x; __Host-guard_chunks=99999999'],
    ['C15', ';'],
    ['C15', '='],
    ['C15', ';;;;=;=;;='],
    ['C15', ' '],
    ['C15', '; ;'],
    ['C15', '__Host-guard-tx-'],
    ['C15', '__Host-guard-tx-=;__Host-guard-tx-=x'],
    ['C22', '__Host-guard=\u00e9\u00ff'],
    ['C22', '__Host-guard=\0'],
    ['C22', 'a=\0; b=\x7f; c=\u{1f6a2}; \ud800=1'],
    ['C22', '__Host-guard-tx-AAAAAAAA=\x7f\0\u00e9'],
  ] as const

  it.each(odd)('%s is no session and no trouble: %j', async (_, cookie) => {
    const state = 'AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA'
    for (const input of [
      { uri: '/a' },
      { uri: '/_guard/me' },
      { uri: '/_guard/login' },
      { uri: '/_guard/callback', querystring: `code=CANARY-code&state=${state}` },
      { uri: '/_guard/logout' },
    ]) {
      const headers = { ...NAVIGATION, 'sec-fetch-site': 'same-origin' }
      await refused(world.handler, { ...input, cookie, headers })
    }
  })

  it.each(odd)('%s hides no session that stands beside it: %j', async (_, cookie) => {
    expect(await passes([cookie, session])).toBe(true)
    expect(await passes(`${cookie}; ${session}`)).toBe(true)
    expect(await passes(`${session}; ${cookie}`)).toBe(true)
  })

  it('C10 in quotes holds no session', async () => {
    for (const cookie of [
      `__Host-guard="${sessionToken()}"`,
      `a="x; b"=; __Host-guard="${sessionToken()}`,
    ]) {
      await refused(world.handler, { headers: NAVIGATION, cookie }, ['302'])
    }
  })

  it('C13 of 180 cookies and 19 KB still yields its session, wherever it stands', async () => {
    for (const at of [0, 90, 180]) {
      const cookies = Array.from({ length: 180 }, (_, index) => `c${index}=${'x'.repeat(95)}`)
      const others = cookies.join('; ')
      expect(others.length).toBeGreaterThan(17_500)
      cookies.splice(at, 0, session)
      const event = edgeEvent({ cookie: cookies.join('; ') })
      const passed = (await world.handler(event)) as Request
      expect(passed.headers.cookie?.map(({ value }) => value.replace(/; */g, '; '))).toEqual([
        others,
      ])
    }
  })

  it('C13 full of bad sessions is refused', async () => {
    const name = '__Host-guard'
    const cookies = Array.from(
      { length: 500 },
      (_, index) => `${name}=${session.slice(13, 23)}${index}`,
    )
    await refused(world.handler, { headers: NAVIGATION, cookie: cookies.join('; ') }, ['302'])
    const forged = Array.from({ length: 22 }, (_, index) => `${session}${index}`).join('; ')
    await refused(world.handler, { headers: NAVIGATION, cookie: forged }, ['302'])
  })

  it('C18 goes on to the origin without what is ours', async () => {
    const begun = await world.begin()
    const done = await world.signedIn()
    const cookie = `theme=dark; ${sentBack(done)}; ${begun.cookie}; lang=en`
    const passed = (await world.handler(edgeEvent({ cookie }))) as Request
    const left = passed.headers.cookie!.map(({ value }) => value).join('; ')
    expect(left).toContain('theme=dark')
    expect(left).toContain('lang=en')
    // The refresh cookie is sent to the guard's own paths only.
    expect(left.replace(/__Secure-guard-refresh=[^;]*/, '')).not.toMatch(/guard/)
  })
})

describe('a transaction cookie', () => {
  it('C16 is not set for what shows no sign-in, and many tabs stay under 5 KB', async () => {
    for (let count = 0; count < 60; count++) {
      const headers = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
      for (const uri of [`/pic-${count}`, '/_guard/login']) {
        const response = await refused(world.handler, { uri, headers }, ['401'])
        expect(setBy(response)).toEqual([])
      }
    }
    const jar = new Map<string, string>()
    for (let tab = 0; tab < 60; tab++) {
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
      const querystring = `return_to=/${'x'.repeat(400)}${tab}`
      const input = { uri: '/_guard/login', querystring, cookie, headers: NAVIGATION }
      const response = await refused(world.handler, input, ['302'])
      expect(setBy(response).every((text) => /Max-Age=(0|600);/.test(text))).toBe(true)
      for (const [name, value] of cookiesSet(response)) {
        if (value) jar.set(name, value)
        else jar.delete(name)
      }
      expect([...jar].join('; ').length).toBeLessThanOrEqual(5 * 1024)
      world.now += 1000
    }
    expect(jar.size).toBeGreaterThan(3)
  })

  it('C19 is no session, and a session is no transaction', async () => {
    const begun = await world.begin()
    const value = begun.cookie.split('=')[1]!
    const cookie = `__Host-guard=${value}`
    await refused(world.handler, { headers: NAVIGATION, cookie }, ['302'])
    const name = begun.cookie.split('=')[0]!
    const response = await world.back(begun, {}, { cookie: `${name}=${sessionToken()}` })
    expect(response.status).toBe('400')
    expect(cookiesSet(response).get('__Host-guard')).toBeUndefined()
    expect(world.asked('/oauth2/v1/token')).toBe(0)
  })

  it('C20 ends after ten minutes, though the browser still sends it', async () => {
    const begun = await world.begin()
    world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce))
    world.now += 600_000
    const late = await world.back(begun)
    expect(late.status).toBe('400')
    expect(cookiesSet(late).get('__Host-guard')).toBeUndefined()
    expect(world.asked('/oauth2/v1/token')).toBe(0)
    world.now -= 1
    expect((await world.back(begun)).status).toBe('303')
  })

  it('C21 leaves nothing of user A when B signs in over it', async () => {
    const first = await world.signedIn()
    const old = cookiesSet(first).get('__Host-guard')!
    const login = { uri: '/_guard/login', cookie: sentBack(first), headers: NAVIGATION }
    const begun = begunBy(await refused(world.handler, login, ['302']))
    const changes = { sub: '00u2', email: 'ben@example.com', name: undefined }
    world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce, changes))
    const cookie = `${sentBack(first)}; ${begun.cookie}`
    const second = await world.back(begun, {}, { cookie })
    const claims = (token: string): Record<string, unknown> =>
      JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
    const [a, b] = [claims(old), claims(cookiesSet(second).get('__Host-guard')!)]
    expect(b).toMatchObject({ sub: '00u2', email: 'ben@example.com' })
    expect(b).not.toHaveProperty('name')
    expect(b['sid']).not.toBe(a['sid'])
    expect(cookiesSet(second).get('__Secure-guard-refresh')).not.toBe(
      cookiesSet(first).get('__Secure-guard-refresh'),
    )
    expect(headerOf(second, 'location')).toMatch(/\/$/)
  })
})
