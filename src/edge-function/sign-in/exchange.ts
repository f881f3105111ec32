import { webcrypto } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import type { Instance } from '../types.ts'
import { Failure, safeCode } from './failure.ts'
import { isLoopback, send } from './http.ts'
import { checkSignature, findBadClaim } from './id-token.ts'
import type { Claims } from './id-token.ts'
import { issuerKeys, refetchIssuerKeys } from './issuer-keys.ts'
import type { Secrets } from './secrets.ts'
import type { Transaction } from './transaction.ts'

/** All calls to Okta of one callback together; with SSM's 1.5 s a second of Lambda's five is left. */
const DEADLINE_MS = 2500
const SKEW_SECONDS = 60

/** What a code was good for. */
export interface Exchanged {
  /** Of the ID token, checked in full. */
  claims: Claims
  idToken: string
}

/** Exchanges the code for an ID token and checks it. */
export async function exchangeCode(
  instance: Instance,
  ring: Secrets['client'],
  begun: Transaction,
  parameters: URLSearchParams,
  redirectUri: string,
): Promise<Exchanged> {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const server = authorizationServer(instance)
  const client = clientOf(instance)
  const authentication = await clientAuthentication(instance, ring)
  const checked = wrap(() => oauth.validateAuthResponse(server, client, parameters, begun.state))
  const response = await oauth
    .authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      await checked,
      redirectUri,
      begun.verifier,
      {
        signal,
        [oauth.customFetch]: boundedFetch,
        [oauth.allowInsecureRequests]: isLoopbackHttp(instance.config.okta.issuer),
      },
    )
    .catch((cause: unknown) => {
      throw new Failure('okta-unavailable', { cause })
    })
  if (response.status === 429 || response.status >= 500) {
    throw new Failure('okta-unavailable', { detail: String(response.status) })
  }
  const tokens = await wrap(() =>
    oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: begun.nonce,
      requireIdToken: true,
    }),
  )
  if (tokens.token_type !== 'bearer') throw new Failure('okta-answer', { detail: 'token_type' })
  await requireSignature(instance, tokens.id_token!, signal)
  const claims: Claims = { ...oauth.getValidatedIdTokenClaims(tokens) }
  const bad = findBadClaim(claims, {
    issuer: instance.config.okta.issuer,
    clientId: instance.config.clientId,
    nonce: begun.nonce,
    accessToken: tokens.access_token,
    now: instance.now() / 1000,
  })
  if (bad) throw new Failure('id-token', { detail: bad })
  return { claims, idToken: tokens.id_token! }
}

function authorizationServer({ config: { okta } }: Instance): oauth.AuthorizationServer {
  return {
    issuer: okta.issuer,
    token_endpoint: okta.tokenEndpoint,
    authorization_response_iss_parameter_supported: okta.issParameterSupported,
  }
}

function clientOf({ config, now }: Instance): oauth.Client {
  return {
    client_id: config.clientId,
    id_token_signed_response_alg: 'RS256',
    [oauth.clockSkew]: Math.round((now() - Date.now()) / 1000),
    [oauth.clockTolerance]: SKEW_SECONDS,
  }
}

/** RFC 7523. Okta wants the token endpoint's own URL as the audience. */
async function clientAuthentication(
  { config }: Instance,
  ring: Secrets['client'],
): Promise<oauth.ClientAuth> {
  const { kid, key: jwk } = ring.keys[0]!
  const algorithm =
    jwk.kty === 'EC'
      ? { name: 'ECDSA', namedCurve: 'P-256' }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const { use: _use, key_ops: _operations, alg: _alg, ...bare } = jwk
  const key = await webcrypto.subtle
    .importKey('jwk', bare, algorithm, false, ['sign'])
    .catch((cause: unknown) => {
      throw new Failure('keys', { cause })
    })
  return oauth.PrivateKeyJwt(
    { key, kid },
    {
      [oauth.modifyAssertion]: (_header, payload) => {
        payload.aud = config.okta.tokenEndpoint
      },
    },
  )
}

async function requireSignature(
  instance: Instance,
  jwt: string,
  signal: AbortSignal,
): Promise<void> {
  let verdict = checkSignature(jwt, issuerKeys(instance))
  if (verdict === 'unknown-key') {
    const keys = await refetchIssuerKeys(instance, signal).catch((cause: unknown) => {
      throw new Failure('okta-unavailable', { cause, detail: 'jwks' })
    })
    verdict = checkSignature(jwt, keys)
  }
  if (verdict !== 'good') throw new Failure('id-token', { detail: 'signature' })
}

/** What the library finds wrong with an answer, as one of our reasons. */
async function wrap<T>(check: () => T | Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (cause) {
    if (cause instanceof oauth.ResponseBodyError) {
      const detail = safeCode(cause.error)
      throw new Failure(detail === 'invalid_grant' ? 'code-refused' : 'okta-refused', {
        cause,
        detail,
      })
    }
    throw new Failure('okta-answer', { cause })
  }
}

async function boundedFetch(
  url: string,
  { headers, body, signal }: oauth.CustomFetchOptions<'POST', URLSearchParams>,
): Promise<Response> {
  const answer = await send(url, {
    method: 'POST',
    headers,
    body: String(body),
    signal: signal!,
  })
  return new Response(answer.body, {
    status: answer.status,
    headers: { 'content-type': answer.contentType },
  })
}

function isLoopbackHttp(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer)
  return protocol === 'http:' && isLoopback(hostname)
}
