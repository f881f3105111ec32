import { randomBytes, webcrypto } from 'node:crypto'
import type { ClientAuth } from 'oauth4webapi'
import { basicAuthorization } from '../access/basic-authorization.ts'
import { anySignal } from '../errors/any-signal.ts'
import { GuardError } from '../errors/guard-error.ts'
import { interrupted } from '../errors/interrupted.ts'
import { networkReason } from '../errors/network.ts'

/** The client to try, and with what. */
export interface ClientTrial {
  tokenEndpoint: string
  issuer: string
  clientId: string
  /** One of the app's: with it, its `authorization_code` is tried as well. */
  redirectUri?: string
  kid: string
  /** Private JWK, or the client secret. */
  key: Record<string, string> | string
  /** By a clock that Okta agrees with. */
  now: Date
  signal: AbortSignal
}

/** What the token endpoint thinks of a client. */
export interface ClientAnswer {
  authenticated: boolean
  /** Whether the app may use them; false says nothing unless it is authenticated, nor does a missing one. */
  grants: { refresh_token: boolean; authorization_code?: boolean }
  /** What it answered, where that does not say. */
  error?: string
}

const DEADLINE_MS = 10_000

/** Said by a server that knows whose grant it would be, to whether it allows the grant. RFC 6749, section 5.2. */
const ALLOWS = new Map([
  ['invalid_grant', true],
  ['unauthorized_client', false],
])

/**
 * Whether the token endpoint takes a client that authenticates like this, and which grants it may use. A
 * web app may not use `client_credentials`, so a refresh token and a code are shown that never were any.
 */
export async function tryClient(trial: ClientTrial): Promise<ClientAnswer> {
  const refreshed = await answerTo(trial, 'refresh_token', { refresh_token: 'never-issued' })
  const refresh_token = ALLOWS.get(refreshed)
  if (refresh_token === undefined) {
    return { authenticated: false, grants: { refresh_token: false }, error: refreshed }
  }
  const grants = { refresh_token }
  if (!trial.redirectUri) return { authenticated: true, grants }

  const redeemed = await answerTo(trial, 'authorization_code', {
    code: 'never-issued',
    redirect_uri: trial.redirectUri,
    code_verifier: randomBytes(32).toString('base64url'),
  })
  const authorization_code = ALLOWS.get(redeemed)
  return authorization_code === undefined
    ? { authenticated: redeemed !== 'invalid_client', grants, error: redeemed }
    : { authenticated: true, grants: { ...grants, authorization_code } }
}

/** The error code of RFC 6749, section 5.2, or the status where there is none. */
async function answerTo(
  trial: ClientTrial,
  grantType: string,
  fields: Record<string, string>,
): Promise<string> {
  const { tokenEndpoint, issuer, clientId, now } = trial
  const oauth = await import('oauth4webapi')
  const skew = Math.round((now.getTime() - Date.now()) / 1000)
  const { status, body } = await oauth
    .genericTokenEndpointRequest(
      { issuer, token_endpoint: tokenEndpoint },
      { client_id: clientId, [oauth.clockSkew]: skew },
      await authentication(trial),
      grantType,
      fields,
      {
        // Loopback alone: what is stored was checked when it was discovered.
        [oauth.allowInsecureRequests]: tokenEndpoint.startsWith('http:'),
        signal: () => anySignal([trial.signal, AbortSignal.timeout(DEADLINE_MS)]),
      },
    )
    // An answer that begins and never ends is none.
    .then(async (response) => ({ status: response.status, body: await response.text() }))
    .catch((cause: unknown) => {
      if (trial.signal.aborted) throw interrupted(cause)
      throw unreachable(tokenEndpoint, networkReason(cause) ?? 'the request failed', cause)
    })
  if (status === 429 || status >= 500) {
    throw unreachable(tokenEndpoint, `it answered HTTP ${status}`)
  }
  const answer = parsed(body)
  // Okta's own way to say it, for a client id that it does not know.
  const error = answer['error'] ?? answer['errorCode']
  return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : `HTTP ${status}`
}

function parsed(body: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(body)) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** As the edge function does it. */
async function authentication({
  tokenEndpoint,
  kid,
  key: secret,
}: ClientTrial): Promise<ClientAuth> {
  if (typeof secret === 'string') {
    return (_server, { client_id }, _form, headers) =>
      headers.set('authorization', basicAuthorization(client_id, secret))
  }
  const oauth = await import('oauth4webapi')
  const { use: _use, key_ops: _operations, alg: _alg, kid: _kid, ...jwk } = secret
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await webcrypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign'])
  return oauth.PrivateKeyJwt(
    { key, kid },
    {
      // Okta wants the endpoint's own URL.
      [oauth.modifyAssertion]: (_header, payload) => {
        payload.aud = tokenEndpoint
      },
    },
  )
}

function unreachable(endpoint: string, reason: string, cause?: unknown): GuardError {
  return new GuardError({
    code: 'okta-unreachable',
    message: `The Okta client could not be tried at ${endpoint}: ${reason}.`,
    hint: 'Nothing depends on what was tried yet. Run the same command again when Okta answers.',
    cause,
  })
}
