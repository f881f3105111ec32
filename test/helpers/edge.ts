import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { CloudFrontRequestEvent, CloudFrontResultResponse } from 'aws-lambda'
import type { EdgeConfig } from '../../src/access/edge-config.ts'
import type { PublicRsaJwk } from '../../src/access/jwk.ts'
import { sessionIssuer } from '../../src/access/names.ts'
import { createHandler } from '../../src/edge-function/handler.ts'
import type { Handler } from '../../src/edge-function/handler.ts'
import { load } from '../../src/edge-function/load.ts'
import * as signIn from '../../src/edge-function/sign-in/index.ts'

export const ORIGIN = 'https://reports.example.com'
export const OTHER_ORIGIN = 'https://www.example.com'
/** A Monday in 2026. */
export const NOW = 1_790_000_000_000

export interface SigningKey {
  kid: string
  publicJwk: PublicRsaJwk
  privateKey: KeyObject
  privateJwk: Record<string, string>
}

export function signingKey(kid: string, bits = 2048): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const { n, e } = publicKey.export({ format: 'jwk' })
  return {
    kid,
    publicJwk: { kty: 'RSA', kid, alg: 'RS256', use: 'sig', n: n!, e: e! },
    privateKey,
    privateJwk: privateKey.export({ format: 'jwk' }) as Record<string, string>,
  }
}

/** One set of keys for a test file: RSA keys are slow to make. */
export const KEYS = {
  session: signingKey('session-1'),
  okta: signingKey('okta-1'),
  client: signingKey('client-1'),
  seal: { kid: 'seal-1', key: randomBytes(32).toString('base64url') },
}

/** What SSM holds for {@link edgeConfig}. */
export function secretRings(): Record<string, string> {
  const ring = (kid: string, key: unknown): string =>
    JSON.stringify({ version: 1, keys: [{ kid, key }] })
  return {
    '/test/keys/session': ring(KEYS.session.kid, KEYS.session.privateJwk),
    '/test/keys/client': ring(KEYS.client.kid, KEYS.client.privateJwk),
    '/test/keys/seal': ring(KEYS.seal.kid, KEYS.seal.key),
  }
}

/** A complete configuration; `okta` is the base address of the authorization server. */
export function edgeConfig(
  changes: Partial<EdgeConfig> = {},
  okta = 'https://acme.okta.example',
): EdgeConfig {
  return {
    version: 1,
    distribution: 'E2TEST',
    origins: [ORIGIN, OTHER_ORIGIN],
    clientId: '0oaclient',
    oktaHost: 'acme.okta.example',
    okta: {
      issuer: okta,
      authorizationEndpoint: `${okta}/oauth2/v1/authorize`,
      tokenEndpoint: `${okta}/oauth2/v1/token`,
      endSessionEndpoint: `${okta}/oauth2/v1/logout`,
      revocationEndpoint: `${okta}/oauth2/v1/revoke`,
      userinfoEndpoint: `${okta}/oauth2/v1/userinfo`,
      jwksUri: `${okta}/oauth2/v1/keys`,
      issParameterSupported: false,
      keys: [KEYS.okta.publicJwk],
    },
    sessionKeys: [KEYS.session.publicJwk],
    session: { tokenSeconds: 900, maxSeconds: 43_200, graceSeconds: 0 },
    access: { revision: 1, public: [], rules: [] },
    site: {},
    notBefore: {},
    log: 'info',
    secrets: {
      region: 'us-east-1',
      session: '/test/keys/session',
      client: '/test/keys/client',
      seal: '/test/keys/seal',
    },
    ...changes,
  }
}

/** The edge function in this process, from the sources. */
export function edgeHandler(config: unknown, now: () => number = () => NOW): Handler {
  return createHandler(
    () => load(config, now),
    () => signIn,
  )
}

export interface EventInput {
  method?: string
  uri?: string
  querystring?: string
  host?: string
  cookie?: string | string[]
  headers?: Record<string, string>
}

export const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

/** A viewer-request event as CloudFront makes it. */
export function edgeEvent(input: EventInput = {}): CloudFrontRequestEvent {
  const headers: Record<string, { key: string; value: string }[]> = {
    host: [{ key: 'Host', value: input.host ?? new URL(ORIGIN).host }],
  }
  for (const [key, value] of Object.entries(input.headers ?? {})) headers[key] = [{ key, value }]
  const cookies = [input.cookie ?? []].flat()
  if (cookies.length) headers.cookie = cookies.map((value) => ({ key: 'Cookie', value }))
  return {
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: 'd1.cloudfront.net',
            distributionId: 'E2TEST',
            eventType: 'viewer-request',
            requestId: 'request-id==',
          },
          request: {
            clientIp: '203.0.113.7',
            method: input.method ?? 'GET',
            uri: input.uri ?? '/',
            querystring: input.querystring ?? '',
            headers,
          },
        },
      },
    ],
  }
}

/** Asks and returns the generated response; fails if the request was passed on instead. */
export async function ask(handler: Handler, input: EventInput): Promise<CloudFrontResultResponse> {
  const result = await handler(edgeEvent(input))
  if (!result || !('status' in result)) throw new Error('the request was passed to the origin')
  return result
}

export async function isPassed(handler: Handler, input: EventInput): Promise<boolean> {
  return 'uri' in Object(await handler(edgeEvent(input)))
}

export function headerOf(response: CloudFrontResultResponse, name: string): string | undefined {
  return response.headers?.[name]?.[0]?.value
}

/** `name → value` of the cookies set; '' means deleted. */
export function cookiesSet(response: CloudFrontResultResponse): Map<string, string> {
  return new Map(
    (response.headers?.['set-cookie'] ?? []).map(({ value }) => {
      const pair = value.split(';', 1)[0]!
      const at = pair.indexOf('=')
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

export function sessionClaims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const now = NOW / 1000
  return {
    iss: sessionIssuer('E2TEST'),
    aud: '0oaclient',
    sub: '00u1',
    email: 'ada@example.com',
    name: 'Ada',
    sid: 'sid-1',
    start: now,
    rev: 1,
    iat: now,
    exp: now + 900,
    ...changes,
  }
}

/** A compact JWS; header and payload may be given as text. */
export function jws(
  header: unknown,
  payload: unknown,
  key: KeyObject = KEYS.session.privateKey,
): string {
  const part = (value: unknown): string =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  const input = `${part(header)}.${part(payload)}`
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
}

export const SESSION_HEADER = { alg: 'RS256', typ: 'guard+jwt', kid: 'session-1' }

export function sessionToken(changes: Record<string, unknown> = {}): string {
  return jws(SESSION_HEADER, sessionClaims(changes))
}

export function sessionCookie(changes: Record<string, unknown> = {}): string {
  return `__Host-guard=${sessionToken(changes)}`
}
