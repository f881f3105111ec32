import { webcrypto } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import type { Instance } from '../../types.ts'
import { Failure, safeCode } from '../failure.ts'
import type { FailureCode } from '../failure.ts'
import { isLoopback, send } from '../http.ts'
import type { Secrets } from '../secrets.ts'

/** All calls to Okta of one request together; with SSM's 1.5 s a second of Lambda's five is left. */
const DEADLINE_MS = 2500
const SKEW_SECONDS = 60

/** What every call to the authorization server needs. */
export interface OktaClient {
  server: oauth.AuthorizationServer
  client: oauth.Client
  signal: AbortSignal
  options: {
    signal: AbortSignal
    [oauth.customFetch]: typeof boundedFetch
    [oauth.allowInsecureRequests]: boolean
  }
  /** For the endpoint of this URL. */
  authentication(endpoint: string): Promise<oauth.ClientAuth>
}

export function oktaClient(instance: Instance, ring: Secrets['client']): OktaClient {
  const { okta, clientId } = instance.config
  const signal = AbortSignal.timeout(DEADLINE_MS)
  return {
    server: {
      issuer: okta.issuer,
      token_endpoint: okta.tokenEndpoint,
      revocation_endpoint: okta.revocationEndpoint,
      userinfo_endpoint: okta.userinfoEndpoint,
      authorization_response_iss_parameter_supported: okta.issParameterSupported,
    },
    client: {
      client_id: clientId,
      id_token_signed_response_alg: 'RS256',
      [oauth.clockSkew]: Math.round((instance.now() - Date.now()) / 1000),
      [oauth.clockTolerance]: SKEW_SECONDS,
    },
    signal,
    options: {
      signal,
      [oauth.customFetch]: boundedFetch,
      [oauth.allowInsecureRequests]: isLoopbackHttp(okta.issuer),
    },
    authentication: (endpoint) => clientAuthentication(ring, endpoint),
  }
}

/** RFC 7523. Okta wants the endpoint's own URL as the audience. */
async function clientAuthentication(
  ring: Secrets['client'],
  endpoint: string,
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
        payload.aud = endpoint
      },
    },
  )
}

/** The answer to a request, unless Okta gave none or said that it cannot now. */
export async function answered(request: Promise<Response>): Promise<Response> {
  const response = await request.catch((cause: unknown) => {
    throw new Failure('okta-unavailable', { cause })
  })
  if (response.status === 429 || response.status >= 500) {
    throw new Failure('okta-unavailable', { detail: String(response.status) })
  }
  return response
}

/** What the library finds wrong with an answer, as one of our reasons. */
export async function checked<T>(
  check: () => T | Promise<T>,
  invalidGrant: FailureCode = 'code-refused',
): Promise<T> {
  try {
    return await check()
  } catch (cause) {
    if (cause instanceof oauth.ResponseBodyError) {
      const detail = safeCode(cause.error)
      const code = detail === 'invalid_grant' ? invalidGrant : 'okta-refused'
      throw new Failure(code, { cause, detail })
    }
    const detail = comparedClaim(cause)
    throw new Failure(detail ? 'id-token' : 'okta-answer', { cause, detail })
  }
}

/** The claim of the ID token that is another than expected, if that is what the library found. */
function comparedClaim(cause: unknown): string | undefined {
  if (!(cause instanceof oauth.OperationProcessingError)) return
  if (cause.code !== oauth.JWT_CLAIM_COMPARISON) return
  return safeCode((cause.cause as { claim?: unknown }).claim)
}

interface Asked {
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body?: URLSearchParams | undefined
  signal?: AbortSignal | undefined
}

async function boundedFetch(
  url: string,
  { method, headers, body, signal }: Asked,
): Promise<Response> {
  const answer = await send(url, {
    method,
    headers,
    ...(body && { body: String(body) }),
    signal: signal!,
  })
  return new Response(answer.status === 204 ? null : answer.body, {
    status: answer.status,
    headers: { 'content-type': answer.contentType },
  })
}

function isLoopbackHttp(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer)
  return protocol === 'http:' && isLoopback(hostname)
}
