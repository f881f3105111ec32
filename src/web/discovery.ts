import type { OktaMetadata } from '../access/edge-config.ts'
import type { IssuerJwk } from '../access/jwk.ts'
import { GuardError } from '../errors/guard-error.ts'
import type { JsonAnswer } from './fetch-json.ts'

export interface Server {
  orgUrl: string
  /** `org` or the id of a custom authorization server. */
  authorizationServer: string
}

export const SIGN_IN_ADDRESS =
  'Give the address at which people sign in, for example https://acme.okta.com.'

/** What the issuer must be, to the letter: OpenID Connect Discovery 1.0, section 4.3. */
export function issuerOf({ orgUrl, authorizationServer }: Server): string {
  return authorizationServer === 'org'
    ? orgUrl
    : `${orgUrl}/oauth2/${encodeURIComponent(authorizationServer)}`
}

/** Okta's metadata without the keys, or why this is not Okta's. */
export function readDiscovery(
  server: Server,
  url: URL,
  answer: JsonAnswer,
): Omit<OktaMetadata, 'keys'> {
  const { json } = answer
  if (answer.status !== 200 || json === undefined) throw noDiscovery(server, url, answer)
  const issuer = issuerOf(server)
  const text = (name: string): string => (typeof json[name] === 'string' ? json[name] : '')
  if (!/^https?:\/\/[^/]+\/(?:[^?#]+\/)?v1\/authorize$/.test(text('authorization_endpoint'))) {
    throw notOkta(`${url.origin} is an OpenID provider, but not an Okta org.`)
  }
  if (text('issuer') !== issuer) {
    throw new GuardError({
      code: 'okta-url-invalid',
      message: `${url.origin} calls itself "${text('issuer')}", not "${issuer}".`,
      hint: 'The Okta org URL must be the issuer to the letter: use that one if it is your org.',
    })
  }
  return {
    issuer,
    authorizationEndpoint: endpoint(text('authorization_endpoint'), 'authorization_endpoint', url),
    tokenEndpoint: endpoint(text('token_endpoint'), 'token_endpoint', url),
    endSessionEndpoint: endpoint(text('end_session_endpoint'), 'end_session_endpoint', url),
    revocationEndpoint: endpoint(text('revocation_endpoint'), 'revocation_endpoint', url),
    userinfoEndpoint: endpoint(text('userinfo_endpoint'), 'userinfo_endpoint', url),
    jwksUri: endpoint(text('jwks_uri'), 'jwks_uri', url),
    issParameterSupported: json['authorization_response_iss_parameter_supported'] === true,
  }
}

const MAX_KEYS = 20

/** The keys an ID token may be signed with: RSA, for signatures, RS256. */
export function readJwks(url: URL, answer: JsonAnswer): IssuerJwk[] {
  const list = answer.json?.['keys']
  if (answer.status !== 200 || !Array.isArray(list)) {
    throw failed(`${url.href} answered HTTP ${answer.status} without a list of keys.`)
  }
  if (list.length > MAX_KEYS) {
    throw failed(`${url.href} lists ${list.length} keys; more than ${MAX_KEYS} are not taken.`)
  }
  const keys = list.flatMap((key: unknown) => signingKey(key) ?? [])
  if (keys.length === 0) throw failed(`${url.href} lists no RSA key for RS256 signatures.`)
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) {
    throw failed(`${url.href} lists two keys with one key ID.`)
  }
  return keys
}

const BASE64URL = /^[A-Za-z0-9_-]+$/

function signingKey(value: unknown): IssuerJwk | undefined {
  const { kty, kid, alg, use, n, e } = (value ?? {}) as Record<string, unknown>
  if (kty !== 'RSA' || typeof kid !== 'string' || kid === '') return undefined
  if (typeof n !== 'string' || typeof e !== 'string') return undefined
  if (!BASE64URL.test(n) || !BASE64URL.test(e)) return undefined
  // RFC 7518, section 3.3: 2048 bits or more.
  if (Buffer.from(n, 'base64url').length < 256) return undefined
  if (alg !== undefined && alg !== 'RS256') return undefined
  if (use !== undefined && use !== 'sig') return undefined
  return { kty, kid, n, e, ...(alg ? { alg } : {}), ...(use ? { use } : {}) }
}

/** Okta serves all endpoints of a server from the issuer's own origin, which is https or loopback. */
function endpoint(value: string, name: string, base: URL): string {
  const origin = URL.canParse(value) ? new URL(value).origin : undefined
  if (origin === base.origin) return value
  throw failed(
    value === ''
      ? `${base.href} names no ${name}.`
      : `${base.href} names a ${name} elsewhere: ${value}.`,
  )
}

function noDiscovery({ authorizationServer }: Server, url: URL, answer: JsonAnswer): GuardError {
  const { status, json, location } = answer
  if (status === 429) {
    return new GuardError({
      code: 'okta-throttled',
      message: `${url.origin} answered HTTP 429.`,
      hint: 'Wait a minute and run the same command again.',
    })
  }
  if (status >= 500) {
    return failed(`${url.href} answered HTTP ${status}.`, 'Run the same command again.')
  }
  if (location !== undefined && URL.canParse(location, url.href)) {
    return notOkta(
      `${url.origin} sends on to ${new URL(location, url.href).origin}, as no Okta org does.`,
    )
  }
  const { errorCode, errorSummary } = json ?? {}
  if (typeof errorCode === 'string' && authorizationServer !== 'org') {
    return new GuardError({
      code: 'okta-url-invalid',
      message: `${url.origin} has no authorization server "${authorizationServer}": ${String(errorSummary)} (${errorCode}).`,
      hint: 'Take its ID from the admin console, Security > API > Authorization Servers, or use "org".',
    })
  }
  if (typeof errorCode === 'string') {
    return notOkta(`There is no Okta org at ${url.origin}: ${String(errorSummary)} (${errorCode}).`)
  }
  const what = json ? 'JSON of another kind' : 'something other than JSON'
  return notOkta(`${url.origin} is not an Okta org: it answered HTTP ${status} with ${what}.`)
}

function notOkta(message: string): GuardError {
  return new GuardError({ code: 'okta-not-okta', message, hint: SIGN_IN_ADDRESS })
}

function failed(message: string, hint?: string): GuardError {
  return new GuardError({ code: 'okta-failed', message, ...(hint ? { hint } : {}) })
}
