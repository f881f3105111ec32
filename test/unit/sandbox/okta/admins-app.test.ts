import { randomUUID } from 'node:crypto'
import { importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOkta, type SandboxOkta } from '../../../../src/sandbox/okta/index.ts'
import { createOperations } from '../../../../src/sandbox/operations.ts'
import { keyPair, webApp } from './helpers.ts'

const CALLBACK = 'http://localhost:9/_guard/callback'
const SECRET = 's3cret-_.~:%41+ &=/'
const clock = { now: () => Date.now() }
const key = keyPair('client')
const stranger = keyPair('client')
let org: SandboxOkta

beforeAll(async () => {
  org = await startOkta({ clock, operations: createOperations(clock) })
})
afterAll(() => org.close())

interface AppJson {
  id: string
  label: string
  profile?: unknown
  credentials: { oauthClient: Record<string, string> }
  settings: { oauthClient: Record<string, unknown> }
}

interface Secret {
  id: string
  status: string
  client_secret: string
}

async function call<T>(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${org.url}/api/v1${path}`, {
    method,
    headers: { authorization: `SSWS ${org.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T }
}

async function newApp(method: string, fields: Record<string, unknown> = {}): Promise<AppJson> {
  const { profile: _, ...app } = webApp('Anything: at all', [key.public]) as unknown as {
    profile: unknown
    credentials: { oauthClient: Record<string, unknown> }
    settings: { oauthClient: Record<string, unknown> }
  }
  Object.assign(app.credentials.oauthClient, { token_endpoint_auth_method: method })
  Object.assign(app.settings.oauthClient, {
    grant_types: ['authorization_code', 'refresh_token'],
    ...fields,
  })
  return (await call<AppJson>('POST', '/apps', app)).body
}

const secretOf = (app: AppJson): string => app.credentials.oauthClient['client_secret'] ?? ''

/** RFC 6749, section 2.3.1. */
function basic(id: string, secret: string): Record<string, string> {
  const encoded = (text: string) => new URLSearchParams({ a: text }).toString().slice(2)
  const pair = `${encoded(id)}:${encoded(secret)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

async function assertion(id: string, path: string, signer: { private: unknown }, kid = 'client') {
  const now = Math.floor(Date.now() / 1000)
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(id)
      .setSubject(id)
      .setAudience(`${org.url}${path}`)
      .setIssuedAt(now)
      .setExpirationTime(now + 60)
      .sign(await importJWK(signer.private as JWK, 'RS256')),
  }
}

async function post(
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(`${org.url}${path}`, {
    method: 'POST',
    headers: { accept: 'application/json', ...headers },
    body: new URLSearchParams(fields),
  })
  const text = await answer.text()
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, string>
  return { status: answer.status, body }
}

const TOKEN = '/oauth2/v1/token'
const REVOKE = '/oauth2/v1/revoke'
const STALE = { grant_type: 'refresh_token', refresh_token: 'never-issued' }
const CODE = { grant_type: 'authorization_code', code: 'never-issued', redirect_uri: CALLBACK }

const refused = (description: string) => ({
  status: 401,
  body: { error: 'invalid_client', error_description: description },
})
const FAILED =
  'Client authentication failed. Either the client or the client credentials are invalid.'
const WRONG_SECRET = 'The client secret supplied for a confidential client is invalid.'

describe('the Apps API', () => {
  it('makes a client secret of 64 characters, and shows it again', async () => {
    const app = await newApp('client_secret_basic')
    expect(secretOf(app)).toMatch(/^[\w-]{64}$/)
    expect(app.label).toBe('Anything: at all')
    expect(app.profile).toBeUndefined()
    expect(secretOf((await call<AppJson>('GET', `/apps/${app.id}`)).body)).toBe(secretOf(app))
  })

  it('keeps the secret when an admin changes the rest, and drops it for a key', async () => {
    const app = await newApp('client_secret_basic')
    const { client_secret: secret, ...oauthClient } = app.credentials.oauthClient
    const put = (oauth: Record<string, unknown>) =>
      call<AppJson>('PUT', `/apps/${app.id}`, { ...app, credentials: { oauthClient: oauth } })
    expect(secretOf((await put({ ...oauthClient, pkce_required: false })).body)).toBe(secret)
    const keyed = { ...oauthClient, token_endpoint_auth_method: 'private_key_jwt' }
    expect(secretOf((await put(keyed)).body)).toBe('')
    expect((await call('GET', `/apps/${app.id}/credentials/secrets`)).body).toEqual([])
    const again = secretOf((await put(oauthClient)).body)
    expect(again).toMatch(/^[\w-]{64}$/)
    expect(again).not.toBe(secret)
  })

  it('rotates a secret with an overlap, and holds two at most', async () => {
    const app = await newApp('client_secret_basic')
    const path = `/apps/${app.id}/credentials/secrets`
    const works = async (secret: string) =>
      (await post(TOKEN, STALE, basic(app.id, secret))).body['error'] === 'invalid_grant'
    const [first] = (await call<Secret[]>('GET', path)).body
    expect(first).toMatchObject({ status: 'ACTIVE', client_secret: secretOf(app) })
    const only = await call('POST', `${path}/${first!.id}/lifecycle/deactivate`)
    expect(only).toMatchObject({ status: 400, body: { errorCode: 'E0000001' } })

    const second = await call<Secret>('POST', path, { client_secret: SECRET })
    expect(second).toMatchObject({ status: 201, body: { status: 'ACTIVE', client_secret: SECRET } })
    expect((await call('POST', path, {})).status).toBe(400)
    expect([await works(secretOf(app)), await works(SECRET)]).toEqual([true, true])

    expect((await call('DELETE', `${path}/${first!.id}`)).status).toBe(400)
    expect((await call('POST', `${path}/${first!.id}/lifecycle/deactivate`)).status).toBe(200)
    expect([await works(secretOf(app)), await works(SECRET)]).toEqual([false, true])
    expect((await call('POST', `${path}/${first!.id}/lifecycle/activate`)).status).toBe(200)
    expect(await works(secretOf(app))).toBe(true)
    await call('POST', `${path}/${first!.id}/lifecycle/deactivate`)
    expect((await call('DELETE', `${path}/${first!.id}`)).status).toBe(204)
    expect((await call<Secret[]>('GET', path)).body.map(({ id }) => id)).toEqual([second.body.id])
  })
})

describe.each([
  ['token', TOKEN],
  ['revoke', REVOKE],
])('client authentication at /%s', (name, path) => {
  const fields = name === 'token' ? STALE : { token: 'never-issued' }
  const taken = name === 'token' ? 400 : 200

  it('takes the secret in the place of the method, and only there', async () => {
    const header = await newApp('client_secret_basic')
    const body = await newApp('client_secret_post')
    const inBody = (app: AppJson) => ({ client_id: app.id, client_secret: secretOf(app) })
    const inHeader = (app: AppJson) => basic(app.id, secretOf(app))
    expect((await post(path, fields, inHeader(header))).status).toBe(taken)
    expect((await post(path, { ...fields, ...inBody(body) })).status).toBe(taken)
    expect(await post(path, { ...fields, ...inBody(header) })).toEqual(refused(FAILED))
    expect(await post(path, fields, inHeader(body))).toEqual(refused(FAILED))
  })

  it('reads form-urlencoded credentials', async () => {
    const app = await newApp('client_secret_basic')
    await call('POST', `/apps/${app.id}/credentials/secrets`, { client_secret: SECRET })
    expect((await post(path, fields, basic(app.id, SECRET))).status).toBe(taken)
    const raw = Buffer.from(`${app.id}:${SECRET}`).toString('base64')
    expect((await post(path, fields, { authorization: `Basic ${raw}` })).status).toBe(401)
  })

  it('refuses a wrong secret, a foreign method and no credentials', async () => {
    const app = await newApp('client_secret_basic')
    const keyed = await newApp('private_key_jwt')
    expect(await post(path, fields, basic(app.id, 'wrong'))).toEqual(refused(WRONG_SECRET))
    expect(await post(path, fields, basic(keyed.id, 'any'))).toEqual(refused(FAILED))
    const signed = await assertion(app.id, path, key)
    expect(await post(path, { ...fields, ...signed })).toEqual(refused(FAILED))
    expect(await post(path, fields)).toEqual(refused('No client credentials found.'))
    expect(await post(path, fields, { authorization: 'Basic ???' })).toEqual(
      refused('Found Authentication header but was not valid client credentials.'),
    )
  })

  it('answers in the form of the management API where it does not know the client', async () => {
    expect(await post(path, fields, basic('0oaNobody', 'any'))).toMatchObject({
      status: 401,
      body: {
        errorCode: 'invalid_client',
        errorSummary: "Invalid value for 'client_id' parameter.",
      },
    })
  })

  it('refuses a key that is not in the JWKS, and an assertion for another endpoint', async () => {
    const { id } = await newApp('private_key_jwt')
    const sent = async (...given: Parameters<typeof assertion>) =>
      post(path, { ...fields, ...(await assertion(...given)) })
    expect((await sent(id, path, key)).status).toBe(taken)
    const kid = 'The client_assertion JWT kid is invalid.'
    expect(await sent(id, path, stranger, 'other')).toEqual(refused(kid))
    const signature = 'The client_assertion signature is invalid.'
    expect(await sent(id, path, stranger)).toEqual(refused(signature))
    const audience =
      'The audience claim for client_assertion must be the endpoint invoked for the request.'
    expect(await sent(id, '/oauth2/v1/introspect', key)).toEqual(refused(audience))
    expect(await sent(id, '', key)).toEqual(refused(audience))
  })
})

describe('the order at /token', () => {
  it('looks at the client, then at the grant type, then at the grant', async () => {
    const both = await newApp('client_secret_basic')
    const codes = await newApp('client_secret_basic', { grant_types: ['authorization_code'] })
    const error = async (app: AppJson, given: Record<string, string>, secret = secretOf(app)) => {
      const { status, body } = await post(TOKEN, given, basic(app.id, secret))
      return `${status} ${body['error']}`
    }
    expect(await error(both, STALE)).toBe('400 invalid_grant')
    expect(await error(both, CODE)).toBe('400 invalid_grant')
    expect(await error(codes, CODE)).toBe('400 invalid_grant')
    expect(await error(codes, STALE)).toBe('400 unauthorized_client')
    expect(await error(codes, STALE, 'wrong')).toBe('401 invalid_client')
    expect(await error(both, { grant_type: 'password' }, 'wrong')).toBe('401 invalid_client')
  })
})

describe('a stranger at /authorize', () => {
  const ask = (app: AppJson, change: Record<string, string> = {}, drop: string[] = []) => {
    const query = new URLSearchParams({
      client_id: app.id,
      response_type: 'code',
      scope: 'openid profile email offline_access',
      redirect_uri: CALLBACK,
      state: 'st',
      nonce: 'no',
      prompt: 'none',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      ...change,
    })
    for (const name of drop) query.delete(name)
    return fetch(`${org.url}/oauth2/v1/authorize?${query.toString()}`, { redirect: 'manual' })
  }
  const told = async (answer: Promise<Response>) => {
    const url = new URL((await answer).headers.get('location') ?? '')
    expect(url.origin + url.pathname).toBe(CALLBACK)
    return Object.fromEntries(url.searchParams)
  }
  const WITHOUT_PKCE = ['code_challenge', 'code_challenge_method']

  it('is sent back by prompt=none', async () => {
    expect(await told(ask(await newApp('client_secret_basic')))).toMatchObject({
      error: 'login_required',
      error_description: 'The client specified not to prompt, but the user is not logged in.',
      state: 'st',
    })
  })

  it.each([
    ['an unknown client', { client_id: '0oaNobody' }],
    ['a redirect URI of nobody', { redirect_uri: 'http://localhost:9/elsewhere' }],
  ])('stays on a page of Okta with %s', async (_name, change) => {
    const answer = await ask(await newApp('client_secret_basic'), change)
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
    expect(answer.headers.get('content-type')).toContain('text/html')
  })

  it('needs PKCE where the app does', async () => {
    const app = await newApp('client_secret_basic')
    expect(await told(ask(app, {}, WITHOUT_PKCE))).toMatchObject({
      error: 'invalid_request',
      error_description: 'PKCE code challenge is required by the application.',
    })
    const oauthClient = { ...app.credentials.oauthClient, pkce_required: false }
    await call('PUT', `/apps/${app.id}`, { ...app, credentials: { oauthClient } })
    expect((await told(ask(app, {}, WITHOUT_PKCE)))['error']).toBe('login_required')
  })

  it('is refused a scope that the org server does not have', async () => {
    expect(
      await told(ask(await newApp('client_secret_basic'), { scope: 'openid reports' })),
    ).toMatchObject({ error: 'invalid_scope', state: 'st' })
  })

  it('sees a redirect URI that an admin has added or taken out', async () => {
    const app = await newApp('private_key_jwt')
    const elsewhere = { redirect_uri: 'http://localhost:9/elsewhere' }
    expect((await ask(app, elsewhere)).status).toBe(400)
    Object.assign(app.settings.oauthClient, { redirect_uris: [elsewhere.redirect_uri] })
    await call('PUT', `/apps/${app.id}`, app)
    const answer = await ask(app, elsewhere)
    expect(answer.headers.get('location')).toContain('error=login_required')
    expect((await ask(app)).status).toBe(400)
  })
})
