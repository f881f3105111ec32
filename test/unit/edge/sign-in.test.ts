import { createHash, createPublicKey } from 'node:crypto'
import { compactVerify, decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CloudFrontResultResponse } from 'aws-lambda'
import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import type { Handler } from '../../../src/edge-function/handler.ts'
import { idToken, startEdgeCloud, tokenAnswer } from '../../helpers/edge-cloud.ts'
import type { EdgeCloud } from '../../helpers/edge-cloud.ts'
import {
  ask,
  cookiesSet,
  edgeConfig,
  edgeHandler,
  headerOf,
  isPassed,
  jws,
  KEYS,
  NAVIGATION,
  NOW,
  ORIGIN,
  sessionCookie,
  signingKey,
} from '../../helpers/edge.ts'
import type { EventInput } from '../../helpers/edge.ts'

let cloud: EdgeCloud
let now: number
let handler: Handler
let logged: string[]

beforeAll(async () => {
  cloud = await startEdgeCloud()
})
afterAll(() => cloud.close())

beforeEach(() => {
  now = NOW
  Object.assign(cloud, { ssm: undefined, token: undefined, jwks: undefined })
  cloud.requests.length = 0
  handler = edgeHandler(configured(), () => now)
  logged = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void logged.push(line))
  return () => {
    vi.restoreAllMocks()
    // L04, after every test of this file: canaries, addresses, tokens.
    expect(logged.join('\n')).not.toMatch(/CANARY|ada@|eyJ|seal-1\.|error_description/)
  }
})

function configured(changes: Partial<EdgeConfig> = {}): EdgeConfig {
  const config = edgeConfig(changes, cloud.url)
  return { ...config, secrets: { ...config.secrets, endpoint: cloud.url } }
}

function lastReason(): string | undefined {
  return (JSON.parse(logged.at(-1)!) as { reason?: string }).reason
}

interface Begun {
  state: string
  nonce: string
  challenge: string
  /** The transaction cookie as the browser sends it back. */
  cookie: string
  url: URL
  response: CloudFrontResultResponse
}

async function begin(input: EventInput = {}, by = handler): Promise<Begun> {
  const querystring = 'return_to=%2Fa%3Fb%3Dc%2520d'
  const response = await ask(by, {
    uri: '/_guard/login',
    querystring,
    headers: NAVIGATION,
    ...input,
  })
  expect(response.status).toBe('302')
  const url = new URL(headerOf(response, 'location')!)
  const [name, value] = [...cookiesSet(response)].find(([, text]) => text !== '')!
  return {
    state: url.searchParams.get('state')!,
    nonce: url.searchParams.get('nonce')!,
    challenge: url.searchParams.get('code_challenge')!,
    cookie: `${name}=${value}`,
    url,
    response,
  }
}

function back(begun: Begun, parameters: Record<string, string> = {}, input: EventInput = {}) {
  const query = new URLSearchParams({ code: 'CANARY-code', state: begun.state, ...parameters })
  return ask(handler, {
    uri: '/_guard/callback',
    querystring: String(query),
    cookie: begun.cookie,
    headers: { ...NAVIGATION, 'sec-fetch-site': 'cross-site' },
    ...input,
  })
}

describe('login', () => {
  it('O05 sends state, nonce and PKCE S256 to Okta, and nothing from the query (O13)', async () => {
    const { url, response } = await begin({
      querystring:
        'return_to=%2F&scope=all&client_id=x&redirect_uri=https%3A%2F%2Fevil&prompt=none',
    })
    expect(url.origin + url.pathname).toBe(`${cloud.url}/oauth2/v1/authorize`)
    const { state, nonce, code_challenge, ...fixed } = Object.fromEntries(url.searchParams)
    expect(fixed).toEqual({
      client_id: '0oaclient',
      response_type: 'code',
      scope: 'openid profile email',
      redirect_uri: `${ORIGIN}/_guard/callback`,
      code_challenge_method: 'S256',
    })
    expect(state).toMatch(/^[\w-]{8}\.[\w-]{22}$/)
    expect(nonce).toMatch(/^[\w-]{22}$/)
    expect(code_challenge).toMatch(/^[\w-]{43}$/)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(headerOf(response, 'x-s3-okta-guard')).toBe('sign-in')
  })

  it('C01 sets one host cookie for ten minutes, which shows nothing', async () => {
    const { response, state, nonce } = await begin()
    const [cookie, ...more] = response.headers!['set-cookie']!
    expect(more).toEqual([])
    expect(cookie!.value).toMatch(
      /^__Host-guard-tx-[\w-]{8}=seal-1\.[\w-]+; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    )
    expect(cookie!.value).not.toContain(state)
    expect(cookie!.value).not.toContain(nonce)
  })

  it('O02 never repeats a state, a nonce or a verifier', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => begin()))
    expect(
      new Set(all.flatMap(({ state, nonce, challenge }) => [state, nonce, challenge])).size,
    ).toBe(60)
  })

  it('asks for another account with switch=1', async () => {
    const { url } = await begin({ querystring: 'return_to=/&switch=1' })
    expect(url.searchParams.get('prompt')).toBe('login')
  })

  it('takes iss from Okta only', async () => {
    await begin({ querystring: `iss=${encodeURIComponent(cloud.url)}` })
    for (const querystring of ['iss=https://evil.example', `iss=${cloud.url}&iss=x`, 'iss=']) {
      expect((await ask(handler, { uri: '/_guard/login', querystring })).status).toBe('400')
    }
  })

  it('H12 does nothing for what cannot show a sign-in', async () => {
    const image = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
    const response = await ask(handler, { uri: '/_guard/login', headers: image })
    expect(response.status).toBe('401')
    const frame = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
    expect((await ask(handler, { uri: '/_guard/login', headers: frame })).body).toContain('_top')
    expect((await ask(handler, { uri: '/_guard/login', method: 'POST' })).status).toBe('405')
    expect(cloud.requests).toEqual([])
  })

  it('R14 keeps each cookie under 1 KB by giving up a long return path', async () => {
    for (const length of [100, 400, 500, 520, 540, 560, 600, 3000]) {
      const { cookie } = await begin({ querystring: `return_to=/${'x'.repeat(length)}` })
      expect(cookie.length).toBeLessThanOrEqual(1024)
    }
  })

  it('C16 keeps the cookies under 5 KB together, and the oldest goes', async () => {
    const jar = new Map<string, string>()
    const names: string[] = []
    for (let tab = 0; tab < 60; tab++) {
      now += 1000
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
      const { response } = await begin({ cookie, querystring: `return_to=/${'x'.repeat(300)}` })
      for (const [name, value] of cookiesSet(response)) {
        if (value === '') jar.delete(name)
        else {
          jar.set(name, value)
          names.push(name)
        }
      }
      const bytes = [...jar].reduce((sum, [name, value]) => sum + name.length + value.length + 1, 0)
      expect(bytes).toBeLessThanOrEqual(5 * 1024)
    }
    expect(jar.size).toBeGreaterThan(3)
    expect([...jar.keys()]).toEqual(names.slice(-jar.size))
  })

  it('C20 sweeps what has expired or cannot be read', async () => {
    const { cookie } = await begin()
    now += 600_000
    const cookies = cookiesSet(
      (await begin({ cookie: `${cookie}; __Host-guard-tx-junk=x` })).response,
    )
    expect(cookies.get(cookie.split('=')[0]!)).toBe('')
    expect(cookies.get('__Host-guard-tx-junk')).toBe('')
    expect(cookies.size).toBe(3)
  })
})

describe('callback', () => {
  async function signedIn(parameters?: Record<string, string>): Promise<CloudFrontResultResponse> {
    const begun = await begin()
    cloud.token = tokenAnswer(idToken(cloud.url, begun.nonce))
    return back(begun, parameters)
  }

  it('R21 signs in and goes back, byte for byte', async () => {
    const begun = await begin()
    cloud.token = tokenAnswer(idToken(cloud.url, begun.nonce))
    const response = await back(begun)
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
      iat: NOW / 1000,
      exp: NOW / 1000 + 900,
    })
    expect(await isPassed(handler, { cookie: `__Host-guard=${token}` })).toBe(true)
  })

  it('O16 sends the code with verifier, redirect URI and client assertion', async () => {
    const begun = await begin()
    cloud.token = tokenAnswer(idToken(cloud.url, begun.nonce))
    await back(begun)
    const call = cloud.requests.find(({ path }) => path === '/oauth2/v1/token')!
    const form = new URLSearchParams(call.body)
    expect(form.get('grant_type')).toBe('authorization_code')
    expect(form.get('code')).toBe('CANARY-code')
    expect(form.get('redirect_uri')).toBe(`${ORIGIN}/_guard/callback`)
    const verifier = form.get('code_verifier')!
    expect(verifier.length).toBeGreaterThanOrEqual(43)
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(begun.challenge)
    const assertion = form.get('client_assertion')!
    await compactVerify(assertion, createPublicKey(KEYS.client.privateKey))
    const claims = decodeJwt(assertion)
    expect(claims).toMatchObject({
      iss: '0oaclient',
      sub: '0oaclient',
      aud: `${cloud.url}/oauth2/v1/token`,
    })
    expect(claims.exp! - NOW / 1000).toBeLessThanOrEqual(60)
  })

  it('asks SSM once, signed, for all three rings', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDTEST')
    vi.stubEnv('AWS_SESSION_TOKEN', 'session-token')
    await signedIn()
    vi.unstubAllEnvs()
    const calls = cloud.requests.filter(({ path }) => path === '/')
    expect(calls).toHaveLength(1)
    expect(calls[0]!.headers).toMatchObject({
      'x-amz-target': 'AmazonSSM.GetParameters',
      'x-amz-security-token': 'session-token',
    })
    expect(calls[0]!.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDTEST\/\d{8}\/us-east-1\/ssm\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    )
    expect(JSON.parse(calls[0]!.body)).toEqual({
      Names: ['/test/keys/session', '/test/keys/client', '/test/keys/seal'],
      WithDecryption: true,
    })
  })

  it('O06 O07 finishes two tabs, each with its own verifier', async () => {
    const [one, two] = [await begin(), await begin()]
    const cookie = `${one.cookie}; ${two.cookie}`
    for (const begun of [two, one]) {
      cloud.token = tokenAnswer(idToken(cloud.url, begun.nonce))
      const response = await back(begun, {}, { cookie })
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
    const begun = await begin()
    const id = begun.state.split('.')[0]!
    const state = tail ? `${id}.${tail.repeat(22)}` : begun.state
    const input = cookie === undefined ? {} : { cookie: cookie.replace('%id', id) }
    const response = await back(begun, { state }, input)
    expect(response.status).toBe('400')
    expect(response.body).toContain('/_guard/login?return_to=')
    expect(cookiesSet(response).has('__Host-guard')).toBe(false)
    expect(cloud.requests.filter(({ path }) => path === '/oauth2/v1/token')).toEqual([])
  })

  it('O04 that is too late offers the same page again', async () => {
    const begun = await begin()
    now += 600_000
    const response = await back(begun)
    expect(response.status).toBe('400')
    expect(response.body).toContain(encodeURIComponent('/a?b=c%20d'))
  })

  it('O25 that is over takes a signed-in user to the site', async () => {
    const begun = await begin()
    const response = await back(begun, {}, { cookie: sessionCookie() })
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
    const begun = await begin()
    const response = await ask(handler, {
      uri: '/_guard/callback',
      querystring: querystring.replaceAll('%s', begun.state),
      cookie: begun.cookie,
    })
    expect(response.status).toBe('400')
    expect(cloud.requests.some(({ path }) => path === '/oauth2/v1/token')).toBe(false)
  })

  it('O09 takes the right issuer, and wants it where it was promised', async () => {
    expect((await signedIn({ iss: cloud.url })).status).toBe('303')
    const config = configured()
    handler = edgeHandler(
      { ...config, okta: { ...config.okta, issParameterSupported: true } },
      () => now,
    )
    expect((await signedIn()).status).toBe('400')
    expect((await signedIn({ iss: cloud.url })).status).toBe('303')
  })

  it('O14 is for GET alone', async () => {
    const begun = await begin()
    for (const method of ['POST', 'HEAD', 'PUT']) {
      const response = await back(begun, {}, { method })
      expect(response.status).toBe('405')
      expect(headerOf(response, 'allow')).toBe('GET')
    }
  })

  it('O10 O24 shows a refused user a page, checks the state first, and does not loop', async () => {
    const begun = await begin()
    const error = { error: 'access_denied', error_description: '<script>CANARY</script>' }
    const query = String(new URLSearchParams({ ...error, state: begun.state }))
    const input = { uri: '/_guard/callback', querystring: query }
    expect((await ask(handler, input)).status).toBe('400')
    const response = await ask(handler, { ...input, cookie: begun.cookie })
    expect(response.status).toBe('403')
    expect(response.body).toContain('switch=1')
    expect(response.body).not.toContain('CANARY')
    expect(headerOf(response, 'x-s3-okta-guard')).toBe('refused')
    expect(JSON.parse(logged.at(-1)!)).toMatchObject({ what: 'refusal', reason: 'access_denied' })
  })

  it.each(['login_required', 'interaction_required', 'consent_required'])(
    'O23 asks the user once after %s, then shows a page',
    async (error) => {
      const fail = (begun: Begun) =>
        ask(handler, {
          uri: '/_guard/callback',
          querystring: `error=${error}&state=${begun.state}`,
          cookie: begun.cookie,
        })
      const response = await fail(await begin())
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
      const begun = await begin({ cookie })
      cloud.token = tokenAnswer(idToken(cloud.url, begun.nonce))
      const response = await back(begun)
      expect(response.status).toBe('303')
      cookie = `__Host-guard-tx-tried=${cookiesSet(response).get('__Host-guard-tx-tried')}`
    }
    const response = await ask(handler, { uri: '/_guard/login', cookie })
    expect(response.status).toBe('400')
    expect(response.body).toContain('cookies')
    expect(cookiesSet(response).get('__Host-guard-tx-tried')).toBe('')
    now += 60_000
    await begin({ cookie })
  })

  it.each([
    ['invalid_grant', { status: 400, body: '{"error":"invalid_grant"}' }, '400'],
    ['invalid_client', { status: 401, body: '{"error":"invalid_client"}' }, '502'],
    ['a server error', { status: 500, body: 'CANARY' }, '503'],
    ['a rate limit', { status: 429, body: '{}' }, '503'],
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<html>CANARY' }, '502'],
    ['no JSON', { body: 'CANARY' }, '502'],
    ['too much', { body: `"${'x'.repeat(300_000)}"` }, '503'],
    ['O19 a redirect', { status: 302, headers: { location: '/elsewhere' } }, '502'],
    ['nothing in time', { hang: true }, '503'],
  ])('O18 survives %s from the token endpoint', async (_, answer, status) => {
    const begun = await begin()
    cloud.token = answer
    const response = await back(begun)
    expect(response.status).toBe(status)
    expect(response.body).toContain('/_guard/login?return_to=')
    expect(response.body).not.toContain('CANARY')
    expect(cookiesSet(response).has('__Host-guard')).toBe(false)
    expect(cloud.requests.some(({ path }) => path === '/elsewhere')).toBe(false)
  })

  it('O18 survives an Okta that cannot be reached', async () => {
    const config = configured()
    const gone = 'http://127.0.0.1:1/oauth2/v1/token'
    handler = edgeHandler({ ...config, okta: { ...config.okta, tokenEndpoint: gone } }, () => now)
    expect((await back(await begin())).status).toBe('503')
    expect(lastReason()).toBe('okta-unavailable: ECONNREFUSED')
  })

  it.each([
    ['O20 another token type', { token_type: 'DPoP' }],
    ['O20 no token type', { token_type: undefined }],
    ['O20 no access token', { access_token: undefined }],
    ['no ID token', { id_token: undefined }],
  ])('refuses %s', async (_, changes) => {
    const begun = await begin()
    cloud.token = tokenAnswer(idToken(cloud.url, begun.nonce), changes)
    expect((await back(begun)).status).toBe('502')
  })

  it.each([
    ['T06 another issuer', { iss: 'https://evil.example' }],
    ['T07 another audience', { aud: 'other' }],
    ['T09 an ID token that is over', { exp: NOW / 1000 - 61 }],
    ['T10 another nonce', { nonce: 'other' }],
    ['T10 no nonce', { nonce: undefined }],
    ['T11 an old iat', { iat: NOW / 1000 - 604_800 }],
    ['T12 no subject', { sub: undefined }],
    ['T22 a wrong at_hash', { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  ])('refuses %s', async (_, changes) => {
    const begun = await begin()
    cloud.token = tokenAnswer(idToken(cloud.url, begun.nonce, changes))
    const response = await back(begun)
    expect(response.status).toBe('502')
    expect(cookiesSet(response).has('__Host-guard')).toBe(false)
  })

  it('T01 T02 refuses an ID token that Okta did not sign', async () => {
    const begun = await begin()
    const good = idToken(cloud.url, begun.nonce)
    const stranger = signingKey('okta-1').privateKey
    const claims = decodeJwt(good)
    const [, payload] = good.split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    for (const bad of [
      jws({ alg: 'RS256', kid: 'okta-1' }, claims, stranger),
      `${none}.${payload}.`,
      good.slice(0, -4),
      'NOT.A.JWT',
    ]) {
      cloud.token = tokenAnswer(bad)
      expect((await back(begun)).status).toBe('502')
    }
  })

  it('T15 T17 asks for new keys after a rotation, at most once a minute', async () => {
    const next = signingKey('okta-2')
    cloud.jwks = { body: JSON.stringify({ keys: [KEYS.okta.publicJwk, next.publicJwk] }) }
    const tryWith = async (kid: string) => {
      const begun = await begin()
      const claims = decodeJwt(idToken(cloud.url, begun.nonce))
      cloud.token = tokenAnswer(jws({ alg: 'RS256', kid }, claims, next.privateKey))
      return (await back(begun)).status
    }
    const asked = () => cloud.requests.filter(({ path }) => path === '/oauth2/v1/keys').length
    expect(await tryWith('okta-2')).toBe('303')
    expect(await tryWith('okta-2')).toBe('303')
    expect(asked()).toBe(1)
    expect(await tryWith('unknown')).toBe('502')
    expect(asked()).toBe(1)
    now += 60_000
    expect(await tryWith('unknown')).toBe('502')
    expect(asked()).toBe(2)
  })

  it.each([
    { status: 500 },
    { body: '{}' },
    { body: '[]' },
    { body: 'null' },
    { body: '{"keys":[null,1,{"kty":"EC"},{"kty":"RSA","n":"x"}]}' },
  ])('T18 survives a useless key set: %j', async (jwks) => {
    const begun = await begin()
    cloud.jwks = jwks
    const claims = decodeJwt(idToken(cloud.url, begun.nonce))
    cloud.token = tokenAnswer(jws({ alg: 'RS256', kid: 'new' }, claims, KEYS.client.privateKey))
    expect((await back(begun)).status).toBe('502')
  })

  it('T26 signs in without e-mail and name', async () => {
    const begun = await begin()
    cloud.token = tokenAnswer(idToken(cloud.url, begun.nonce, { email: undefined, name: 7 }))
    expect((await back(begun)).status).toBe('303')
  })

  it('C17 shows a page when the session does not fit into a cookie', async () => {
    const begun = await begin()
    cloud.token = tokenAnswer(idToken(cloud.url, begun.nonce, { name: 'x'.repeat(3000) }))
    const response = await back(begun)
    expect(response.status).toBe('500')
    expect(cookiesSet(response).has('__Host-guard')).toBe(false)
  })

  it('C21 gives each sign-in a new session id', async () => {
    const sid = async () => decodeJwt(cookiesSet(await signedIn()).get('__Host-guard')!).sid
    expect(await sid()).not.toBe(await sid())
  })

  it('J18 signs with the first key that its own bundle knows, or not at all', async () => {
    const pending = signingKey('session-2')
    const ring = (...keys: (typeof pending)[]) =>
      JSON.stringify({ version: 1, keys: keys.map(({ kid, privateJwk: key }) => ({ kid, key })) })
    const before = cloud.parameters['/test/keys/session']!
    cloud.parameters['/test/keys/session'] = ring(pending, KEYS.session)
    expect((await signedIn()).status).toBe('303')
    cloud.parameters['/test/keys/session'] = ring(pending)
    handler = edgeHandler(configured(), () => now)
    expect((await signedIn()).status).toBe('503')
    cloud.parameters['/test/keys/session'] = before
  })

  it('J24 refuses a session that its own gate would not take', async () => {
    const wrong = { ...signingKey('session-1').privateJwk }
    const before = cloud.parameters['/test/keys/session']!
    cloud.parameters['/test/keys/session'] = JSON.stringify({
      version: 1,
      keys: [{ kid: 'session-1', key: wrong }],
    })
    expect((await signedIn()).status).toBe('503')
    expect(lastReason()).toBe('session-refused')
    cloud.parameters['/test/keys/session'] = before
  })

  it('L04 logs one line, and nothing in it that is secret or personal', async () => {
    const response = await signedIn()
    expect(logged).toHaveLength(1)
    expect(JSON.parse(logged[0]!)).toEqual({
      what: 'sign-in',
      path: '/_guard/callback',
      requestId: 'request-id==',
      ms: 0,
      status: '303',
    })
    expect(response.body).toBeUndefined()
  })
})

describe('logout', () => {
  const own = { 'sec-fetch-site': 'same-origin' }
  const out = (input: EventInput) => ask(handler, { uri: '/_guard/logout', ...input })

  it('C03 clears the cookies as they were set and goes on to Okta', async () => {
    const { cookie } = await begin()
    for (const site of ['same-origin', 'none']) {
      const response = await out({
        headers: { 'sec-fetch-site': site },
        cookie: `${sessionCookie()}; ${cookie}; theirs=1`,
      })
      expect(response.status).toBe('302')
      const url = new URL(headerOf(response, 'location')!)
      expect(url.pathname).toBe('/oauth2/v1/logout')
      expect(Object.fromEntries(url.searchParams)).toEqual({
        client_id: '0oaclient',
        post_logout_redirect_uri: `${ORIGIN}/_guard/signed-out`,
      })
      expect([...cookiesSet(response)]).toEqual([
        ['__Host-guard', ''],
        [cookie.split('=')[0], ''],
      ])
      for (const { value } of response.headers!['set-cookie']!) {
        expect(value).toMatch(/=; Max-Age=0; Path=\/; Secure; HttpOnly; SameSite=Lax$/)
      }
    }
  })

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another host of the domain', { 'sec-fetch-site': 'same-site' }],
    ['who knows where', {}],
    ['a prefetch', { ...own, 'sec-purpose': 'prefetch' }],
  ])('V10 asks first when the request comes from %s', async (_, headers) => {
    const response = await out({ headers, cookie: sessionCookie() })
    expect(response.status).toBe('200')
    expect(response.headers).not.toHaveProperty('set-cookie')
  })

  it('V10 acts on the link of its page: within a minute, for that session, on no prefetch', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' }
    const cookie = sessionCookie()
    const { body } = await out({ headers, cookie })
    const querystring = /\/_guard\/logout\?([^"]+)/.exec(body!)![1]!
    const prefetch = { ...headers, purpose: 'prefetch' }
    expect((await out({ headers: prefetch, cookie, querystring })).status).toBe('200')
    expect((await out({ headers, cookie: sessionCookie({ sid: 'x' }), querystring })).status).toBe(
      '200',
    )
    expect((await out({ headers, cookie, querystring: `${querystring}x` })).status).toBe('200')
    expect((await out({ headers, cookie, querystring })).status).toBe('302')
    now += 60_000
    expect((await out({ headers, cookie, querystring })).status).toBe('200')
  })

  it('R18 takes no target from the query', async () => {
    const response = await out({
      headers: own,
      querystring: 'post_logout_redirect_uri=https://evil',
    })
    expect(headerOf(response, 'location')).not.toContain('evil')
  })

  it('ends on a page that anybody may see', async () => {
    const response = await ask(handler, { uri: '/_guard/signed-out' })
    expect(response.status).toBe('200')
    expect(response.body).toContain('/_guard/login?return_to=%2F')
  })
})

describe('me', () => {
  it('tells who is signed in', async () => {
    const response = await ask(handler, { uri: '/_guard/me', cookie: sessionCookie() })
    expect(JSON.parse(response.body!)).toEqual({
      sub: '00u1',
      email: 'ada@example.com',
      name: 'Ada',
      expires_at: NOW / 1000 + 900,
    })
  })

  it('is 401 for everybody else, an expired session too', async () => {
    expect((await ask(handler, { uri: '/_guard/me' })).status).toBe('401')
    now += 900_000
    expect((await ask(handler, { uri: '/_guard/me', cookie: sessionCookie() })).status).toBe('401')
  })
})

describe('the keys in SSM', () => {
  const asked = (): number => cloud.requests.filter(({ path }) => path === '/').length

  it('E21 are read once in some minutes, and then again', async () => {
    await begin()
    now += 3 * 60_000
    await begin()
    expect(asked()).toBe(1)
    now += 4 * 60_000
    await begin()
    expect(asked()).toBe(2)
  })

  it('E22 are served stale while SSM fails, for an hour at most', async () => {
    await begin()
    cloud.ssm = { status: 400, body: '{"__type":"ThrottlingException","message":"CANARY"}' }
    now += 59 * 60_000
    await begin()
    now += 2 * 60_000
    const response = await ask(handler, { uri: '/_guard/login' })
    expect(response.status).toBe('503')
    expect(JSON.parse(logged.at(-1)!)).toMatchObject({
      error: 'keys',
      reason: 'ThrottlingException',
    })
  })

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['no JSON', 'CANARY'],
    ['without keys', '{"version":1,"keys":[]}'],
    ['of another version', '{"version":2,"keys":[{"kid":"a","key":"AAAA"}]}'],
    ['too short', '{"version":1,"keys":[{"kid":"a","key":"AAAA"}]}'],
  ])('J24 stop everything when one is %s', async (_, value) => {
    const before = cloud.parameters['/test/keys/seal']
    if (value === undefined) delete cloud.parameters['/test/keys/seal']
    else cloud.parameters['/test/keys/seal'] = value
    expect((await ask(handler, { uri: '/_guard/login' })).status).toBe('503')
    cloud.parameters['/test/keys/seal'] = before!
  })

  it('are read again for a seal key that is not known yet, at most once a minute', async () => {
    const begun = await begin()
    const name = begun.cookie.split('=')[0]!
    now += 5000
    const newer = { cookie: `${name}=seal-2.AAAA` }
    for (let i = 0; i < 5; i++) expect((await back(begun, {}, newer)).status).toBe('400')
    expect(asked()).toBe(2)
  })

  it('L07 L08 are not read for a stranger, a signed-in user or a junk callback', async () => {
    await ask(handler, { headers: NAVIGATION })
    await isPassed(handler, { cookie: sessionCookie() })
    await ask(handler, { uri: '/_guard/callback', querystring: 'code=1&state=none' })
    await ask(handler, {
      uri: '/_guard/callback',
      querystring: `code=1&state=AAAAAAAA.${'A'.repeat(22)}`,
    })
    await ask(handler, { uri: '/_guard/me', cookie: '__Host-guard=a.b.c' })
    await ask(handler, { uri: '/_guard/signed-out' })
    expect(cloud.requests).toEqual([])
  })

  it('are asked for on loopback only, where an endpoint is set', async () => {
    const config = configured()
    config.secrets.endpoint = 'https://ssm.evil.example/'
    const response = await ask(edgeHandler(config), { uri: '/_guard/login' })
    expect(response.status).toBe('503')
  })
})
