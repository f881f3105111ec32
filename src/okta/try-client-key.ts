import { webcrypto } from 'node:crypto'
import { GuardError } from '../errors/guard-error.ts'
import { interrupted } from '../errors/interrupted.ts'
import { networkReason } from '../errors/network.ts'

/** The key to try, and at which app. */
interface Trial {
  tokenEndpoint: string
  issuer: string
  clientId: string
  kid: string
  /** Private JWK. */
  key: Record<string, string>
  /** By a clock that Okta agrees with. */
  now: Date
  signal: AbortSignal
}

const DEADLINE_MS = 10_000

/** Said of a grant by a server that knows whose it would be: RFC 6749, section 5.2. */
const AUTHENTICATED = ['invalid_grant', 'unauthorized_client']

/**
 * Whether the token endpoint takes a client that authenticates with this key. A web app may not use
 * `client_credentials`, so a refresh token is shown that never was one: a client that is known is told
 * `invalid_grant`, any other `invalid_client`. RFC 7523, section 3.2.
 */
export async function tryClientKey(
  trial: Trial,
): Promise<{ accepted: true } | { accepted: false; error: string }> {
  const { tokenEndpoint, issuer, clientId, kid, now } = trial
  const oauth = await import('oauth4webapi')
  const { use: _use, key_ops: _operations, alg: _alg, kid: _kid, ...jwk } = trial.key
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await webcrypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign'])
  const authenticate = oauth.PrivateKeyJwt(
    { key, kid },
    {
      // Okta wants the endpoint's own URL.
      [oauth.modifyAssertion]: (_header, payload) => {
        payload.aud = tokenEndpoint
      },
    },
  )
  const skew = Math.round((now.getTime() - Date.now()) / 1000)
  const response = await oauth
    .refreshTokenGrantRequest(
      { issuer, token_endpoint: tokenEndpoint },
      { client_id: clientId, [oauth.clockSkew]: skew },
      authenticate,
      'never-issued',
      {
        // Loopback alone: what is stored was checked when it was discovered.
        [oauth.allowInsecureRequests]: tokenEndpoint.startsWith('http:'),
        signal: () => AbortSignal.any([trial.signal, AbortSignal.timeout(DEADLINE_MS)]),
      },
    )
    .catch((cause: unknown) => {
      if (trial.signal.aborted) throw interrupted(cause)
      throw unreachable(tokenEndpoint, networkReason(cause) ?? 'the request failed', cause)
    })
  if (response.status === 429 || response.status >= 500) {
    throw unreachable(tokenEndpoint, `it answered HTTP ${response.status}`)
  }
  const { error } = (await response.json().catch(() => ({}))) as { error?: unknown }
  if (AUTHENTICATED.includes(String(error))) return { accepted: true }
  const code = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : undefined
  return { accepted: false, error: code ?? `HTTP ${response.status}` }
}

function unreachable(endpoint: string, reason: string, cause?: unknown): GuardError {
  return new GuardError({
    code: 'okta-unreachable',
    message: `The new client key could not be tried at ${endpoint}: ${reason}.`,
    hint: 'Nothing depends on that key yet. Run the same command again when Okta answers.',
    cause,
  })
}
