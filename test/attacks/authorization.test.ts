import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { ask, cookiesSet, headerOf, NAVIGATION, ORIGIN } from '../helpers/edge.ts'
import type { EventInput } from '../helpers/edge.ts'
import { begunBy, signInWorld } from '../helpers/edge-sign-in.ts'
import type { Begun } from '../helpers/edge-sign-in.ts'
import { configuredFor, signInAt, startHostileOkta } from '../helpers/hostile-okta.ts'
import type { HostileOkta } from '../helpers/hostile-okta.ts'
import { expectRefusal } from './refusal.ts'

const world = signInWorld()
let okta: HostileOkta
const TOKEN_PATH = '/oauth2/v1/token'

beforeEach(async () => {
  okta = await startHostileOkta()
  world.handler = world.instance(configuredFor(okta, world.configured()))
})

const callback = (querystring: string, cookie: string, more: EventInput = {}) =>
  ask(world.handler, {
    uri: '/_guard/callback',
    querystring,
    cookie,
    headers: { ...NAVIGATION, 'sec-fetch-site': 'cross-site' },
    ...more,
  })

/** One browser at Okta: back with its own code and state. */
const entered = async (input?: EventInput): Promise<Begun & { querystring: string }> => {
  const begun = await world.begin(input)
  return { ...begun, querystring: await okta.enter(begun.url.href) }
}

const cookiesOf = (jar: Map<string, string>): string =>
  [...jar].map(([name, value]) => `${name}=${value}`).join('; ')

describe('a callback that its browser did not begin', () => {
  it.each([
    ['O01 no cookie at all', ''],
    ['O01 the cookie of another attempt', 'other'],
    ['O03 a cookie of its name that does not open', 'junk'],
    ['O03 the cookie of another attempt under its name', 'renamed'],
  ])('%s gets a page, and its code is not used', async (_, which) => {
    const [attacker, victim] = [await entered(), await world.begin()]
    const name = attacker.cookie.split('=', 1)[0]!
    const cookies: Record<string, string> = {
      '': '',
      other: victim.cookie,
      junk: `${name}=seal-1.AAAA`,
      renamed: `${name}=${victim.cookie.slice(victim.cookie.indexOf('=') + 1)}`,
    }
    expectRefusal(await callback(attacker.querystring, cookies[which]!), '400')
    expect(okta.asked(TOKEN_PATH)).toBe(0)
    expect((await callback(attacker.querystring, attacker.cookie)).status).toBe('303')
  })

  it.each(['', 'none', 'null', 'undefined', '0', 'a.b', '/', `${'A'.repeat(8)}.${'A'.repeat(22)}`])(
    'O02 the constant state %j gets a page',
    async (state) => {
      const { cookie } = await world.begin()
      expectRefusal(
        await callback(String(new URLSearchParams({ code: 'x', state })), cookie),
        '400',
      )
      expect(okta.asked(TOKEN_PATH)).toBe(0)
    },
  )

  it('O02 gets a page for a state that differs in one character, wherever it is', async () => {
    const { state, cookie } = await world.begin()
    for (let at = 0; at < state.length; at++) {
      const other = state.slice(0, at) + (state[at] === 'A' ? 'B' : 'A') + state.slice(at + 1)
      expectRefusal(await callback(`code=x&state=${other}`, cookie), '400')
    }
    expect(okta.asked(TOKEN_PATH)).toBe(0)
  })

  it('O02 O08 O25 is worth nothing twice, and harms no session', async () => {
    const { querystring, cookie } = await entered()
    const jar = cookiesSet(await callback(querystring, cookie))
    // The browser has given the cookie away; a thief of the whole request still has it.
    expectRefusal(await callback(querystring, cookie), '400')
    expect(world.lastReason()).toBe('code-refused: invalid_grant')
    const again = await callback(querystring, cookiesOf(jar))
    expect([again.status, headerOf(again, 'location')]).toEqual(['303', `${ORIGIN}/`])
    expect(again.headers).not.toHaveProperty('set-cookie')
  })

  it('O04 too late offers the same page again, and its code is not used', async () => {
    const { querystring, cookie } = await entered()
    world.now += 600_000
    const response = await callback(querystring, cookie)
    expectRefusal(response, '400')
    expect(response.body).toContain(encodeURIComponent('/a?b=c%20d'))
    expect(okta.asked(TOKEN_PATH)).toBe(0)
  })
})

describe('PKCE', () => {
  it('O05 is S256 and of 43 characters, and new each time', async () => {
    const verifiers = new Set<string>()
    for (let i = 0; i < 3; i++) {
      const { authorize, response } = await signInAt(world.handler, okta)
      expect(response.status).toBe('303')
      expect(authorize.searchParams.getAll('code_challenge_method')).toEqual(['S256'])
      const form = new URLSearchParams(okta.seen.at(-1)!.body)
      const verifier = form.get('code_verifier')!
      expect(verifier).toMatch(/^[\w.~-]{43,128}$/)
      const challenge = createHash('sha256').update(verifier).digest('base64url')
      expect(authorize.searchParams.get('code_challenge')).toBe(challenge)
      verifiers.add(verifier)
    }
    expect(verifiers.size).toBe(3)
    expect(okta.complaints).toEqual([])
  })

  it("O05 O06 makes one tab's code useless with another tab's state", async () => {
    const [one, two] = [await entered(), await entered()]
    const code = new URLSearchParams(one.querystring).get('code')!
    const crossed = `code=${code}&state=${two.state}`
    expectRefusal(await callback(crossed, `${one.cookie}; ${two.cookie}`), '400')
    expect(okta.complaints).toEqual(['code_verifier'])
  })

  it('O05 O13 T25 is not weakened, nor anything else, by what comes with the login address', async () => {
    const hostile = new URLSearchParams({
      scope: 'admin',
      client_id: 'evil',
      redirect_uri: 'https://evil.example/',
      response_type: 'token',
      response_mode: 'form_post',
      code_challenge: 'x',
      code_challenge_method: 'plain',
      state: 'fixed',
      nonce: 'fixed',
      prompt: 'none',
      max_age: '0',
      request: 'x',
      request_uri: 'https://evil.example/',
      login_hint: 'eve',
      idp: 'evil',
    })
    const { url } = await world.begin({ querystring: `return_to=/a&${String(hostile)}` })
    const usual = (await world.begin()).url
    expect([...url.searchParams.keys()]).toEqual([...usual.searchParams.keys()])
    for (const name of ['scope', 'client_id', 'redirect_uri', 'response_type']) {
      expect(url.searchParams.get(name)).toBe(usual.searchParams.get(name))
    }
    expect(url.href).not.toMatch(/evil|fixed|plain|form_post|admin|prompt/)
    expect(url.searchParams.get('scope')!.split(' ')).toContain('openid')
  })
})

describe('sign-ins side by side', () => {
  it('O06 O07 ten tabs begun together all finish, in any order', async () => {
    const jar = new Map<string, string>()
    const tabs = []
    for (let tab = 0; tab < 10; tab++) {
      const begun = await entered({ cookie: cookiesOf(jar) })
      for (const [name, value] of cookiesSet(begun.response)) jar.set(name, value)
      tabs.push(begun)
    }
    for (const { querystring } of tabs.reverse()) {
      const response = await callback(querystring, cookiesOf(jar))
      expect(response.status).toBe('303')
      for (const [name, value] of cookiesSet(response)) jar.set(name, value)
    }
    expect([...jar].filter(([name, value]) => /tx-(?!tried)/.test(name) && value)).toEqual([])
  })

  it('O07 sub-resources of a page begin nothing', async () => {
    for (const dest of ['image', 'script', 'style', 'font', 'empty']) {
      const headers = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': dest }
      const response = await ask(world.handler, { uri: '/_guard/login', headers })
      expectRefusal(response, '401')
      expect(response.headers).not.toHaveProperty('set-cookie')
    }
    expect(world.asked('/')).toBe(0)
  })
})

describe('the answer of the authorization server', () => {
  it.each([
    ['O09 another issuer', (to: URLSearchParams) => to.set('iss', 'https://evil.example')],
    ['O09 an issuer with a slash more', (to: URLSearchParams) => to.set('iss', `${okta.url}/`)],
    ['O09 an empty issuer', (to: URLSearchParams) => to.set('iss', '')],
    ['O09 the issuer twice', (to: URLSearchParams) => twice(to, 'iss', okta.url)],
    ['O11 code and error', (to: URLSearchParams) => to.set('error', 'access_denied')],
    ['O11 two codes', (to: URLSearchParams) => twice(to, 'code', to.get('code')!)],
    ['O11 two states', (to: URLSearchParams) => to.append('state', to.get('state')!)],
    ['O11 neither', (to: URLSearchParams) => to.delete('code')],
    ['O12 a line feed in the code', (to: URLSearchParams) => to.set('code', 'a\nb')],
    ['O12 a code beyond ASCII', (to: URLSearchParams) => to.set('code', 'é\u{1f600}')],
    ['O12 a code of 8 KB', (to: URLSearchParams) => to.set('code', 'x'.repeat(8000))],
    ['O12 an empty code', (to: URLSearchParams) => to.set('code', '')],
  ])('%s is refused, and nothing is asked of Okta', async (_, change) => {
    okta.breach = { callback: change }
    const { response } = await signInAt(world.handler, okta)
    expectRefusal(response, '400')
    expect(okta.asked(TOKEN_PATH)).toBe(0)
  })

  it('O09 must name the issuer where that was promised', async () => {
    const config = configuredFor(okta, world.configured())
    const promised = { ...config.okta, issParameterSupported: true }
    world.handler = world.instance({ ...config, okta: promised })
    expectRefusal((await signInAt(world.handler, okta)).response, '400')
    okta.breach = { callback: (to) => to.set('iss', okta.url) }
    expect((await signInAt(world.handler, okta)).response.status).toBe('303')
  })

  it.each(['a&grant_type=password&x', 'a+b%2B', 'a=b;c', 'a\'"<>\\', ' a '])(
    'O12 a code like %j adds nothing to the token request',
    async (code) => {
      okta.breach = { callback: (to) => to.set('code', code) }
      await signInAt(world.handler, okta)
      const form = new URLSearchParams(okta.seen.at(-1)!.body)
      expect(form.getAll('code')).toEqual([code])
      expect([...form.keys()].sort()).toEqual([
        'client_assertion',
        'client_assertion_type',
        'client_id',
        'code',
        'code_verifier',
        'grant_type',
        'redirect_uri',
      ])
    },
  )

  const hostile = {
    error_description: '<script>CANARY</script>',
    error_uri: 'javascript:CANARY',
  }

  it.each([
    ['O10 O24 access_denied', 'access_denied', '403'],
    ['O10 markup as the error', '<img src=x onerror=CANARY>', '502'],
    ['O10 an error unknown', 'CANARY', '502'],
    ['O10 server_error', 'server_error', '503'],
  ])('%s is an error shown in our words', async (_, error, status) => {
    const begun = await world.begin()
    const query = String(new URLSearchParams({ error, ...hostile, state: begun.state }))
    expectRefusal(await callback(query, ''), '400')
    const response = await callback(query, begun.cookie)
    expectRefusal(response, status)
    expect(response.body).not.toMatch(/<(script|img)|javascript:|onerror/)
    // A page with a button, not a redirect: nothing goes round.
    expect(response.headers).not.toHaveProperty('location')
    expect(response.headers).not.toHaveProperty('refresh')
  })

  it('O23 asks the user once after login_required, not twice', async () => {
    const first = await world.begin()
    const asking = await callback(`error=login_required&state=${first.state}`, first.cookie)
    const second = begunBy(asking)
    expect(second.url.searchParams.get('prompt')).toBe('login')
    const query = `error=login_required&state=${second.state}`
    expectRefusal(await callback(query, second.cookie), '502')
  })

  it.each(['POST', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'O14 is not taken with %s, and keeps its worth',
    async (method) => {
      const { querystring, cookie } = await entered()
      expectRefusal(await callback(querystring, cookie, { method }), '405')
      expect(okta.asked(TOKEN_PATH)).toBe(0)
      expect((await callback(querystring, cookie)).status).toBe('303')
    },
  )

  it.each(['d1.cloudfront.net', 'www.example.com', 'reports.example.com:8443', 'evil.example'])(
    'O15 on %s is not taken, and keeps its worth',
    async (host) => {
      const { querystring, cookie } = await entered()
      const response = await callback(querystring, cookie, { host })
      expect(response.status).toMatch(/^(308|400)$/)
      expect(response.headers).not.toHaveProperty('set-cookie')
      expect(headerOf(response, 'location') ?? ORIGIN).toMatch(ORIGIN)
      expect(okta.asked(TOKEN_PATH)).toBe(0)
      expect((await callback(querystring, cookie)).status).toBe('303')
    },
  )
})

function twice(parameters: URLSearchParams, name: string, value: string): void {
  parameters.set(name, value)
  parameters.append(name, value)
}
