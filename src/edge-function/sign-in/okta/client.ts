import * as oauth from 'oauth4webapi'
import type { Instance } from '../../types.ts'
import { Failure, safeCode } from '../failure.ts'
import type { FailureCode } from '../failure.ts'
import { send } from '../http.ts'
import type { HttpResponse } from '../http.ts'
import { rereadSecrets } from '../keys/secrets.ts'
import type { Secrets } from '../keys/secrets.ts'
import { authenticate } from './client-authentication.ts'

/** All calls to Okta of one request together; with SSM's 1.5 s a second of Lambda's five is left. */
const DEADLINE_MS = 2500
const SKEW_SECONDS = 60

/** What the calls to the authorization server of one request share. */
export interface OktaClient {
  server: oauth.AuthorizationServer
  client: oauth.Client
  ring: Secrets['client']
  /** What SSM holds by now. */
  reread(): Promise<Secrets['client']>
  signal: AbortSignal
}

export function oktaClient(instance: Instance, ring: Secrets['client']): OktaClient {
  const { config, now } = instance
  return {
    server: { issuer: config.okta.issuer },
    client: {
      client_id: config.clientId,
      id_token_signed_response_alg: 'RS256',
      [oauth.clockSkew]: Math.round((now() - Date.now()) / 1000),
      [oauth.clockTolerance]: SKEW_SECONDS,
    },
    ring,
    reread: async () => (await rereadSecrets(instance, 'refusedAt')).client,
    signal: AbortSignal.timeout(DEADLINE_MS),
  }
}

/** Posts a form to an endpoint as this client. RFC 6749, sections 3.2 and 3.2.1. */
export async function post(
  okta: OktaClient,
  endpoint: string,
  fields: Record<string, string>,
): Promise<Response> {
  let answer = await postOnce(okta, endpoint, fields)
  if (isUnknownClient(answer) && (await hasOtherKey(okta))) {
    // Nothing was used up: Okta asks who it is before all else.
    answer = await postOnce(okta, endpoint, fields)
  }
  if (isUnknownClient(answer)) throw new Failure('okta-refused', { detail: 'invalid_client' })
  const isBodiless = [204, 205, 304].includes(answer.status)
  return new Response(isBodiless ? null : answer.body, {
    status: answer.status,
    headers: { 'content-type': answer.contentType },
  })
}

/** RFC 6749, section 5.2: the status is 401 for a client in the header, and may be 400 for another. */
function isUnknownClient({ status, body }: HttpResponse): boolean {
  return status === 401 || (status >= 400 && body.includes('"invalid_client"'))
}

/** Whether SSM holds another key by now: the one that we read was dropped meanwhile. */
async function hasOtherKey(okta: OktaClient): Promise<boolean> {
  const [before] = okta.ring.keys
  okta.ring = await okta.reread()
  // A secret may change under the id that it had.
  return JSON.stringify(okta.ring.keys[0]) !== JSON.stringify(before)
}

async function postOnce(
  { server, client, ring, signal }: OktaClient,
  endpoint: string,
  fields: Record<string, string>,
): Promise<HttpResponse> {
  const form = new URLSearchParams(fields)
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    ...(await authenticate(ring, server, client, endpoint, form)),
  }
  return available(send(endpoint, { method: 'POST', headers, body: String(form), signal }))
}

/** The answer to a request, unless Okta gave none or said that it cannot now. */
export async function available<Answer extends { status: number }>(
  request: Promise<Answer>,
): Promise<Answer> {
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
