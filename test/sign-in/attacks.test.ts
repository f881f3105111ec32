import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { COOKIES, MARKER_HEADER } from '../../src/access/names.ts'
import { createUserAgent, type Page, type UserAgent } from '../../src/sandbox/user-agent.ts'
import { type GuardedSite, PEOPLE, startGuardedSite } from '../helpers/sandbox.ts'

const { ada, ben } = PEOPLE
let guarded: GuardedSite
let victim: UserAgent
let attacker: UserAgent

beforeAll(async () => {
  guarded = await startGuardedSite()
})
afterAll(() => guarded?.close())
beforeEach(() => {
  victim = createUserAgent()
  attacker = createUserAgent()
})

const at = (path: string): string => guarded.site.url + path
const forwarded = (): number => guarded.sandbox.cloudfront.forwarded.length
const host = (): string => new URL(at('/')).host
const sessionOf = (agent: UserAgent) => agent.cookies.find(({ name }) => name === COOKIES.session)

/** Signs in at Okta and stops before the site sees the code. */
async function callbackOf(agent: UserAgent, person: { login: string; password: string }) {
  const form = await agent.open(at('/'))
  const answer = await agent.request(form.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ username: person.login, password: person.password }).toString(),
  })
  const back = await agent.request(new URL(answer.headers.get('location')!, form.url).href)
  const callback = back.headers.get('location') ?? ''
  expect(new URL(callback).pathname).toBe('/_guard/callback')
  return callback
}

function expectRefused(page: Page): void {
  expect(page.status).toBe(400)
  expect(page.headers.get(MARKER_HEADER)).not.toBeNull()
  expect(page.headers.getSetCookie().join()).not.toContain(`${COOKIES.session}=ey`)
}

describe('a callback', () => {
  it("O01 does not sign a victim in with an attacker's code", async () => {
    const callback = await callbackOf(attacker, ben)
    expectRefused(await victim.request(callback))
    await victim.open(at('/'))
    expectRefused(await victim.request(callback))
    expect(sessionOf(victim)).toBeUndefined()
  })

  it("O03 does not take an attacker's code under the victim's own state", async () => {
    const code = new URL(await callbackOf(attacker, ben)).searchParams.get('code')!
    const own = new URL(await callbackOf(victim, ada))
    own.searchParams.set('code', code)
    const page = await victim.request(own.href)
    expectRefused(page)
    expect(sessionOf(victim)).toBeUndefined()
  })

  it('O08 gives one session for one code, though the whole jar was copied', async () => {
    const callback = await callbackOf(victim, ada)
    attacker.cookies.push(...victim.cookies)
    expect((await victim.request(callback)).status).toBe(303)
    expectRefused(await attacker.request(callback))
    expect(sessionOf(attacker)).toBeUndefined()
  })
})

describe('a stranger gets nothing of the site', () => {
  it.each([
    ['P03', '/docs/index.html', { 'x-original-url': '/_guard/signed-out' }],
    ['P04', '/docs/index.html', { 'user-agent': 'ELB-HealthChecker/2.0' }],
    ['P06', '//docs/index.html', {}],
    ['P06', '/docs/index.html%00.css', {}],
    ['P08', '/_guard/signed-outX', {}],
    ['P13', '/docs/index.html', { range: 'bytes=0-9', 'if-none-match': '*' }],
    ['H03', '/docs/index.html', { 'x-forwarded-host': 'evil.example' }],
    ['H08', '/docs/index.html', { authorization: 'Bearer x' }],
    ['C12', '/docs/index.html', { cookie: '__proto__=x; constructor=y; =__Host-guard=z' }],
    ['C15', '/docs/index.html', { cookie: ';;=;%zz=%zz;' }],
    ['J01', '/docs/index.html', { cookie: '__Host-guard=eyJhbGciOiJub25lIn0.e30.' }],
    ['R13', '/docs/index.html?x=%0d%0aSet-Cookie:a=b', {}],
  ])('%s with %s and %j', async (_, path, headers) => {
    const before = forwarded()
    for (const method of ['GET', 'HEAD']) {
      const page = await attacker.request(at(path), { method, headers })
      expect(page.status).toBeLessThan(500)
      expect(page.headers.get(MARKER_HEADER)).not.toBeNull()
      expect(page.headers.get('set-cookie')).toBeNull()
      const location = page.headers.get('location')
      if (location !== null) expect(new URL(location).origin).toBe(new URL(at('/')).origin)
      if (method === 'HEAD') expect(page.text).toBe('')
    }
    expect(forwarded()).toBe(before)
  })

  it('L06 C13 though the header is full of forged sessions', async () => {
    await victim.signIn(at('/'), ada.login, ada.password)
    const [header, payload] = sessionOf(victim)!.value.split('.')
    const forged = `${COOKIES.session}=${header}.${payload}.${'A'.repeat(342)}`
    const cookie = Array.from({ length: 20 }, () => forged).join('; ')
    const page = await attacker.request(at('/'), { headers: { cookie } })
    expect(page.status).toBe(302)
    const found = `${cookie}; ${COOKIES.session}=${sessionOf(victim)!.value}`
    expect((await attacker.request(at('/'), { headers: { cookie: found } })).status).toBe(200)
  })
})

describe('a signed-in user', () => {
  it('C18 shows the origin every cookie but the guard’s own, byte for byte', async () => {
    await victim.signIn(at('/'), ada.login, ada.password)
    const session = `${COOKIES.session}=${sessionOf(victim)!.value}`
    const others = ['a=1', ' b="x, y"', '  __host-guard=odd', ' __Host-guardian=1', ' d=%zz', ' e']
    const cookie = [...others.slice(0, 3), ` ${session}`, ...others.slice(3)].join(';')
    const page = await victim.request(at('/style.css'), { headers: { cookie } })
    expect(page.status).toBe(200)
    const { headers } = guarded.sandbox.cloudfront.forwarded.at(-1)!
    expect(headers['cookie']?.map(({ value }) => value)).toEqual([others.join(';')])
  })

  it('R21 comes back to a query with backslashes as it was', async () => {
    const deep = '/reports/q3.html?path=C:\\temp&re=\\d+'
    const page = await victim.request(at('/'))
    expect(page.status).toBe(302)
    const login = at(`/_guard/login?return_to=${encodeURIComponent(deep)}`)
    const landed = await victim.signIn(login, ada.login, ada.password)
    expect(landed.url).toBe(at(deep))
    expect(new URL(landed.url).host).toBe(host())
  })
})
