import { createHash, createHmac, createPublicKey, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { CloudFrontResultResponse } from 'aws-lambda'
import { compactVerify, decodeJwt } from 'jose'
import type { EdgeConfig } from '../../src/access/edge-config.ts'
import type { Handler } from '../../src/edge-function/handler.ts'
import { answering } from './answering.ts'
import type { Answering } from './answering.ts'
import { readBasic } from './basic-authentication.ts'
import { reply } from './edge-cloud.ts'
import type { Answer } from './edge-cloud.ts'
import { ask, edgeConfig, KEYS, NAVIGATION, NOW } from './edge.ts'
import type { EventInput } from './edge.ts'
import { begunBy } from './edge-sign-in.ts'

/** What this issuer does wrong; what is not named, it does right. */
export interface Breach {
  /** Members of the ID token; undefined takes one away. */
  claims?: Record<string, unknown>
  /** Members of its protected header. */
  header?: Record<string, unknown>
  /** Signs instead of the issuer's own key, RS256. */
  signature?: (input: string) => string
  /** The ID token as a whole, made of the right one. */
  idToken?: (right: string) => unknown
  /** Members of the token response. */
  response?: Record<string, unknown>
  /** Instead of the token response. */
  token?: Answer
  /** Instead of the published keys. */
  jwks?: Answer
  /** Members of what userinfo says. */
  said?: Record<string, unknown>
  /** Instead of userinfo, of the answer to a revocation. */
  userinfo?: Answer
  revocation?: Answer
  /** Parameters of the callback. */
  callback?: (parameters: URLSearchParams) => void
}

export interface HostileOkta extends Pick<Answering, 'url' | 'seen'> {
  breach: Breach
  /** The client's secrets, where it has them in place of a key. */
  secrets?: string[]
  /** The body of its 401 to any other secret. */
  refusal: string
  /** How refresh tokens are given out. Rotating ones go on for the leeway; used later, the family ends. */
  rotation: 'STATIC' | { leewaySeconds: number }
  /** A browser that signs in at the address: the query string with which it comes back. */
  enter(authorize: string): Promise<string>
  /** What was wrong with requests of the guard; a right issuer answers `invalid_grant`. */
  complaints: string[]
  asked(path: string): number
  /** Grants of the refresh token so far that ended well. */
  refreshed(): number
  /** Ends every refresh token, as a user's deactivation does. */
  endAll(): void
}

export interface SignedIn {
  /** The authorization request. */
  authorize: URL
  callback: EventInput
  response: CloudFrontResultResponse
}

interface Grant {
  /** As they were when the user signed in. */
  claims: Breach['claims']
  nonce: string
  challenge: string
  redirectUri: string
  scope: string
  authTime: number
}

/** The refresh tokens of one sign-in. */
interface Family {
  grant: Grant
  current: string
  /** Token → when it was replaced, milliseconds. */
  replaced: Map<string, number>
  isOver: boolean
}

export const REFRESH_TOKEN = /^CANARY-refresh-[0-9a-f]{16}$/
export const ACCESS_TOKEN = 'CANARY-access-token'

/**
 * A second authorization server for the edge function, over HTTP, gone after the test. It checks what
 * it is sent like a right one (code once, PKCE, redirect URI, client assertion, refresh token, scope)
 * and breaks the rules that `breach` names.
 */
export async function startHostileOkta(now: () => number = () => NOW): Promise<HostileOkta> {
  const grants = new Map<string, Grant>()
  const families: Family[] = []
  let refreshed = 0
  const server = await answering((request, response, body) => {
    const url = new URL(request.url!, okta.url)
    const { breach } = okta
    if (url.pathname === '/oauth2/v1/authorize') return authorize(url.searchParams, response)
    if (url.pathname === '/oauth2/v1/keys') {
      return reply(response, breach.jwks, JSON.stringify({ keys: [KEYS.okta.publicJwk] }))
    }
    const form = new URLSearchParams(body)
    const complain = (error: Error): void => {
      okta.complaints.push(error.message)
      reply(response, { status: 400 }, '{"error":"invalid_grant"}')
    }
    if (url.pathname === '/oauth2/v1/userinfo') {
      if (breach.userinfo) return reply(response, breach.userinfo, '')
      if (request.headers.authorization !== `Bearer ${ACCESS_TOKEN}` || url.search) {
        return complain(new Error('bearer'))
      }
      return reply(response, undefined, JSON.stringify({ sub: '00u1', ...breach.said }))
    }
    const isClient = okta.secrets?.includes(readBasic(request.headers.authorization)?.[1] ?? '')
    if (isClient === false) {
      const headers = { 'www-authenticate': 'Basic realm="Okta"' }
      return reply(response, { status: 401, headers, body: okta.refusal }, '')
    }
    if (url.pathname === '/oauth2/v1/revoke') {
      if (breach.revocation) return reply(response, breach.revocation, '')
      return void revoke(form).then(() => reply(response, undefined, ''), complain)
    }
    if (url.pathname !== '/oauth2/v1/token') return reply(response, { status: 404 }, '')
    if (breach.token) return reply(response, breach.token, '')
    const isRefresh = form.get('grant_type') === 'refresh_token'
    void (isRefresh ? renew(form) : redeem(form)).then(
      (answer) => reply(response, undefined, JSON.stringify(answer)),
      complain,
    )
  })

  function authorize(query: URLSearchParams, response: ServerResponse): void {
    const code = `CANARY-code-${randomBytes(8).toString('hex')}`
    const [nonce, challenge, redirectUri, scope] = [
      'nonce',
      'code_challenge',
      'redirect_uri',
      'scope',
    ].map((name) => query.get(name) ?? '') as [string, string, string, string]
    const authTime = Math.floor(now() / 1000)
    grants.set(code, {
      claims: okta.breach.claims,
      nonce,
      challenge,
      redirectUri,
      scope,
      authTime,
    })
    const back = new URLSearchParams({ code, state: query.get('state') ?? '' })
    okta.breach.callback?.(back)
    response.writeHead(302, { location: `${redirectUri}?${String(back)}` }).end()
  }

  async function redeem(form: URLSearchParams): Promise<Record<string, unknown>> {
    const code = form.get('code') ?? ''
    const grant = grants.get(code)
    if (!grant) throw new Error('code')
    grants.delete(code)
    const verifier = createHash('sha256').update(form.get('code_verifier') ?? '')
    if (verifier.digest('base64url') !== grant.challenge) throw new Error('code_verifier')
    if (form.get('redirect_uri') !== grant.redirectUri) throw new Error('redirect_uri')
    await authenticate(form, '/oauth2/v1/token')
    const { nonce, claims, scope } = grant
    const answer = tokens({ nonce, ...claims }, grant, okta, now())
    if (!scope.split(' ').includes('offline_access')) return answer
    const family = { grant, current: newRefreshToken(), replaced: new Map(), isOver: false }
    families.push(family)
    return { refresh_token: family.current, ...answer }
  }

  /** RFC 6749, section 6, and Okta's rotation with reuse detection. */
  async function renew(form: URLSearchParams): Promise<Record<string, unknown>> {
    await authenticate(form, '/oauth2/v1/token')
    const token = form.get('refresh_token') ?? ''
    const family = familyOf(token)
    if (!family || family.isOver) throw new Error('refresh_token')
    const { grant, replaced } = family
    if (form.get('scope') !== grant.scope) throw new Error('scope')
    if (okta.rotation !== 'STATIC') {
      const since = replaced.get(token)
      if (since !== undefined && now() - since > okta.rotation.leewaySeconds * 1000) {
        family.isOver = true
        throw new Error('reuse')
      }
      if (since === undefined) {
        replaced.set(token, now())
        family.current = newRefreshToken()
      }
    }
    refreshed++
    const claims = { ...grant.claims, ...okta.breach.claims }
    return { refresh_token: family.current, ...tokens(claims, grant, okta, now()) }
  }

  async function revoke(form: URLSearchParams): Promise<void> {
    await authenticate(form, '/oauth2/v1/revoke')
    const family = familyOf(form.get('token') ?? '')
    if (family) family.isOver = true
  }

  function familyOf(token: string): Family | undefined {
    return families.find(({ current, replaced }) => current === token || replaced.has(token))
  }

  /** RFC 7523, with the endpoint itself as the audience. A secret has been looked at already. */
  async function authenticate(form: URLSearchParams, path: string): Promise<void> {
    if (okta.secrets) {
      // Okta takes no request that authenticates in two ways.
      if ([...form.keys()].some((name) => name.startsWith('client_'))) throw new Error('two ways')
      return
    }
    const assertion = form.get('client_assertion') ?? ''
    await compactVerify(assertion, createPublicKey(KEYS.client.privateKey))
    if (decodeJwt(assertion).aud !== okta.url + path) throw new Error('aud')
  }

  const okta: HostileOkta = {
    url: server.url,
    seen: server.seen,
    breach: {},
    refusal: '{"error":"invalid_client"}',
    rotation: 'STATIC',
    refreshed: () => refreshed,
    endAll: () => families.forEach((family) => (family.isOver = true)),
    complaints: [],
    asked: (path) => server.seen.filter(({ url }) => url === path).length,
    async enter(address) {
      const { headers } = await fetch(address, { redirect: 'manual' })
      return new URL(headers.get('location')!).search.slice(1)
    },
  }
  return okta
}

function newRefreshToken(): string {
  return `CANARY-refresh-${randomBytes(8).toString('hex')}`
}

function tokens(
  changes: Record<string, unknown>,
  { authTime }: Grant,
  { url, breach }: HostileOkta,
  milliseconds: number,
): Record<string, unknown> {
  const now = Math.floor(milliseconds / 1000)
  const claims = {
    iss: url,
    aud: '0oaclient',
    sub: '00u1',
    auth_time: authTime,
    iat: now,
    exp: now + 3600,
    at_hash: halfHash(ACCESS_TOKEN),
    email: 'ada@example.com',
    name: 'Ada',
    ...changes,
  }
  const input = `${part({ alg: 'RS256', kid: 'okta-1', ...breach.header })}.${part(claims)}`
  const right = `${input}.${(breach.signature ?? rs256(KEYS.okta.privateKey))(input)}`
  return {
    access_token: ACCESS_TOKEN,
    token_type: 'Bearer',
    expires_in: 3600,
    id_token: breach.idToken ? breach.idToken(right) : right,
    ...breach.response,
  }
}

/** The whole way of a browser: login, Okta, callback. */
export async function signInAt(handler: Handler, okta: HostileOkta): Promise<SignedIn> {
  const login = await ask(handler, { uri: '/_guard/login', headers: NAVIGATION })
  const { cookie, url } = begunBy(login)
  const querystring = await okta.enter(url.href)
  const headers = { ...NAVIGATION, 'sec-fetch-site': 'cross-site' }
  const callback = { uri: '/_guard/callback', querystring, cookie, headers }
  return { authorize: url, callback, response: await ask(handler, callback) }
}

/** A configuration for the guard whose Okta this is. */
export function configuredFor(okta: HostileOkta, config: EdgeConfig): EdgeConfig {
  return { ...config, okta: edgeConfig({}, okta.url).okta }
}

export function rs256(key: KeyObject): (input: string) => string {
  return (input) => sign('sha256', Buffer.from(input), key).toString('base64url')
}

export function hs256(secret: string | Buffer): (input: string) => string {
  return (input) => createHmac('sha256', secret).update(input).digest('base64url')
}

/** OpenID Connect Core 1.0, section 3.1.3.6. */
export function halfHash(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
