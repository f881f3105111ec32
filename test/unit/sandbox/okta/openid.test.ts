import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createLocalJWKSet, importJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startOkta, type SandboxOkta } from '../../../../src/sandbox/okta/index.ts'
import { createOperations } from '../../../../src/sandbox/operations.ts'
import { createUserAgent, type UserAgent } from '../../../../src/sandbox/user-agent.ts'
import { keyPair, webApp } from './helpers.ts'

const CALLBACK = 'http://localhost:9/_guard/callback'
const clock = { now: () => Date.now() }
const key = keyPair('client')
let org: SandboxOkta
let clientId: string
let agent: UserAgent
let verifier: string

beforeEach(async () => {
  org = await startOkta({ clock, operations: createOperations(clock) })
  const staff = org.addGroup('Staff')
  org.addUser({ login: 'ada@x.example', password: 'pw-ada', name: 'Ada Byron', groups: ['Staff'] })
  org.addUser({ login: 'eve@x.example', password: 'pw-eve', name: 'Eve' })
  const headers = { authorization: `SSWS ${org.token}`, 'content-type': 'application/json' }
  const made = await fetch(`${org.url}/api/v1/apps`, {
    method: 'POST',
    headers,
    body: JSON.stringify(webApp('Reports', [key.public])),
  })
  clientId = ((await made.json()) as { id: string }).id
  await fetch(`${org.url}/api/v1/apps/${clientId}/groups/${staff.id}`, { method: 'PUT', headers })
  agent = createUserAgent()
  verifier = randomBytes(32).toString('base64url')
})
afterEach(() => org.close())

function authorizeUrl(change: Record<string, string | undefined> = {}): string {
  const parameters: Record<string, string | undefined> = {
    client_id: clientId,
    response_type: 'code',
    scope: 'openid profile email',
    redirect_uri: CALLBACK,
    state: 'st',
    nonce: 'no',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...change,
  }
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined)
  return `${org.url}/oauth2/v1/authorize?${new URLSearchParams(given as [string, string][]).toString()}`
}

/** Follows to the callback, which nobody serves here, and returns its query. */
async function callback(
  url: string,
  credentials?: { username: string; password: string },
): Promise<URLSearchParams> {
  let page = await agent.request(url)
  for (let step = 0; step < 12; step += 1) {
    const location = page.headers.get('location')
    if (location?.startsWith(CALLBACK)) return new URL(location).searchParams
    if (location) page = await agent.request(new URL(location, page.url).href)
    else if (credentials && page.text.includes('type="password"'))
      page = await agent.request(page.url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(credentials).toString(),
      })
    else throw new Error(`stuck at ${page.url}: ${page.status}`)
  }
  throw new Error('a loop')
}

const ada = { username: 'ada@x.example', password: 'pw-ada' }
const eve = { username: 'eve@x.example', password: 'pw-eve' }

async function token(code: string, change: { aud?: string; kid?: string } = {}) {
  const endpoint = `${org.url}/oauth2/v1/token`
  const now = Math.floor(Date.now() / 1000)
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'RS256', kid: change.kid ?? 'client' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(change.aud ?? endpoint)
    .setIssuedAt(now)
    .setExpirationTime(now + 60)
    .sign(await importJWK(key.private as JWK, 'RS256'))
  const answer = await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
      code_verifier: verifier,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}

async function idToken(): Promise<string> {
  const code = (await callback(authorizeUrl(), ada)).get('code') ?? ''
  return (await token(code)).body['id_token'] ?? ''
}

describe('signing in', () => {
  it('gives a code for the right password and an ID token with what Okta puts into it', async () => {
    const query = await callback(authorizeUrl(), ada)
    expect(query.get('state')).toBe('st')
    expect(query.get('iss')).toBe(org.url)
    const { status, body } = await token(query.get('code') ?? '')
    expect(status).toBe(200)
    const keys = (await (await fetch(`${org.url}/oauth2/v1/keys`)).json()) as { keys: JWK[] }
    expect(keys.keys.some((one) => 'd' in one)).toBe(false)
    const verified = await jwtVerify(body['id_token'] ?? '', createLocalJWKSet(keys), {
      issuer: org.url,
      audience: clientId,
    })
    expect(verified.protectedHeader).toMatchObject({ alg: 'RS256', kid: keys.keys[0]?.kid })
    expect(verified.payload).toMatchObject({
      nonce: 'no',
      email: 'ada@x.example',
      name: 'Ada Byron',
      preferred_username: 'ada@x.example',
      amr: ['pwd'],
      ver: 1,
    })
    expect(verified.payload.jti).toMatch(/^ID\./)
    expect(verified.payload['auth_time']).toBeGreaterThan(Date.now() / 1000 - 60)
  })

  it('remembers the browser: the second sign-in shows no form, prompt=login does', async () => {
    await callback(authorizeUrl(), ada)
    expect((await callback(authorizeUrl())).get('code')).toBeTruthy()
    await expect(callback(authorizeUrl({ prompt: 'login' }))).rejects.toThrow('stuck')
    expect((await callback(authorizeUrl({ prompt: 'login' }), ada)).get('code')).toBeTruthy()
  })

  it('shows the form again after a wrong password', async () => {
    const form = await agent.open(authorizeUrl())
    const again = await agent.submit(form, { ...ada, password: '<wrong>' })
    expect(again.status).toBe(401)
    expect(again.text).toContain('Unable to sign in')
    expect(again.text).not.toContain('<wrong>')
  })

  it('lets two tabs that started together both finish', async () => {
    const first = await agent.open(authorizeUrl({ state: 'one' }))
    const second = await agent.open(authorizeUrl({ state: 'two' }))
    const ends: (string | null)[] = []
    for (const form of [first, second]) {
      const answer = await agent.request(form.url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(ada).toString(),
      })
      const query = await callback(answer.headers.get('location') ?? '')
      ends.push(query.get('state'))
      expect(query.get('code')).toBeTruthy()
    }
    expect(ends).toEqual(['one', 'two'])
  })
})

describe('what Okta refuses', () => {
  it('sends a user who is not assigned back with access_denied, and asks who they are first', async () => {
    const query = await callback(authorizeUrl(), eve)
    expect(query.get('error')).toBe('access_denied')
    expect(query.get('error_description')).toBe('User is not assigned to the client application.')
    expect((await callback(authorizeUrl({ prompt: 'login' }), ada)).get('code')).toBeTruthy()
  })

  it('sends a suspended user to the form', async () => {
    await callback(authorizeUrl(), ada)
    org.suspendUser('ada@x.example')
    await expect(callback(authorizeUrl())).rejects.toThrow('stuck')
  })

  it('insists on PKCE', async () => {
    const without = { code_challenge: undefined, code_challenge_method: undefined }
    const query = await callback(authorizeUrl(without))
    expect(query.get('error_description')).toBe(
      'PKCE code challenge is required by the application.',
    )
  })

  it.each([
    ['another redirect_uri', { redirect_uri: 'http://localhost:9/other' }],
    ['an unknown client', { client_id: 'nobody' }],
  ])('shows its own page for %s', async (_what, change) => {
    const page = await agent.request(authorizeUrl(change))
    expect(page.status).toBe(400)
    expect(page.headers.get('location')).toBeNull()
  })

  it('answers prompt=none with login_required', async () => {
    expect((await callback(authorizeUrl({ prompt: 'none' }))).get('error')).toBe('login_required')
  })

  it('takes a code once', async () => {
    const code = (await callback(authorizeUrl(), ada)).get('code') ?? ''
    expect((await token(code)).status).toBe(200)
    expect(await token(code)).toMatchObject({
      status: 400,
      body: {
        error: 'invalid_grant',
        error_description: 'The authorization code is invalid or has expired.',
      },
    })
  })

  it.each([
    ['the issuer as aud', () => ({ aud: org.url })],
    ['a key that the app does not have', () => ({ kid: 'other' })],
  ])('refuses a client assertion with %s', async (_what, change) => {
    const code = (await callback(authorizeUrl(), ada)).get('code') ?? ''
    expect(await token(code, change())).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
  })

  it('knows no inactive app', async () => {
    const app = org.store.apps.get(clientId)
    app!.status = 'INACTIVE'
    expect((await agent.request(authorizeUrl())).status).toBe(400)
  })
})

describe('signing out', () => {
  const back = 'http://localhost:9/_guard/signed-out'

  it('ends the Okta session with id_token_hint and redirects without a question', async () => {
    const query = `id_token_hint=${await idToken()}&post_logout_redirect_uri=${encodeURIComponent(back)}&state=s1`
    const page = await agent.request(`${org.url}/oauth2/v1/logout?${query}`)
    expect(page.status).toBe(302)
    expect(page.headers.get('location')).toBe(`${back}?state=s1`)
    await expect(callback(authorizeUrl())).rejects.toThrow('stuck')
  })

  it('redirects a browser that has no session any more', async () => {
    const hint = await idToken()
    agent.cookies.length = 0
    const query = `id_token_hint=${hint}&post_logout_redirect_uri=${encodeURIComponent(back)}`
    const page = await agent.request(`${org.url}/oauth2/v1/logout?${query}`)
    expect(page.headers.get('location')).toBe(back)
  })

  it('refuses to log out without a hint, as Okta does', async () => {
    const query = `client_id=${clientId}&post_logout_redirect_uri=${encodeURIComponent(back)}`
    const page = await agent.request(`${org.url}/oauth2/v1/logout?${query}`)
    expect(page.status).toBe(400)
    expect(page.text).toContain('id_token_hint')
  })

  it('ends the Okta session on its own sign-out page, and sends nobody on to where it is told', async () => {
    await idToken()
    const page = await agent.request(`${org.url}/login/signout?fromURI=${encodeURIComponent(back)}`)
    expect(page.headers.get('location')).toBe('/')
    await expect(callback(authorizeUrl())).rejects.toThrow('stuck')
  })

  it('refuses an address that is not registered', async () => {
    const query = `id_token_hint=${await idToken()}&post_logout_redirect_uri=https://evil.example/`
    const page = await agent.request(`${org.url}/oauth2/v1/logout?${query}`)
    expect(page.status).toBe(400)
  })
})

it('says that it is an Okta org', async () => {
  const answer = await fetch(`${org.url}/.well-known/okta-organization`)
  expect(await answer.json()).toMatchObject({ id: org.store.orgId, pipeline: 'idx' })
})
