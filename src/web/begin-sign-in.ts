import { createHash, randomBytes } from 'node:crypto'
import { networkReason } from '../errors/network.ts'
import type { AuthorizeAnswer } from '../plan/observed.ts'
import type { SignInQuestion } from './types.ts'

/** What says that all is well with the request, only that nobody is signed in: OpenID Connect Core 1.0, section 3.1.2.6. */
const NOT_SIGNED_IN = ['login_required', 'interaction_required', 'account_selection_required']

/**
 * Begins a sign-in as a browser without a session would that must not be asked anything. Okta sends errors
 * to a redirect URI only if it knows it: RFC 6749, section 4.1.2.1.
 */
export async function beginSignIn(
  question: SignInQuestion,
  signal: AbortSignal,
): Promise<AuthorizeAnswer> {
  const url = addressOf(question)
  try {
    const { status, headers, body } = await fetch(url, { redirect: 'manual', signal })
    await body?.cancel()
    return read(question, status, headers.get('location'))
  } catch (error) {
    return { kind: 'unclear', detail: networkReason(error) ?? 'the request failed' }
  }
}

function addressOf({ endpoint, clientId, redirectUri, scope, pkce = true }: SignInQuestion): URL {
  const url = new URL(endpoint)
  const random = (): string => randomBytes(16).toString('base64url')
  const challenge = createHash('sha256').update(random()).digest('base64url')
  url.search = String(
    new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope,
      state: random(),
      nonce: random(),
      prompt: 'none',
      ...(pkce && { code_challenge: challenge, code_challenge_method: 'S256' }),
    }),
  )
  return url
}

/** Also an answer of the whole org, such as a rate limit, is no word on the app. */
export function read(
  { redirectUri }: Pick<SignInQuestion, 'redirectUri'>,
  status: number,
  location: string | null,
): AuthorizeAnswer {
  if (status === 429 || status >= 500) return { kind: 'unclear', detail: `HTTP ${status}` }
  const there = location !== null && URL.canParse(location) ? new URL(location) : undefined
  if (
    status >= 300 &&
    status < 400 &&
    there &&
    `${there.origin}${there.pathname}` === redirectUri
  ) {
    const error = there.searchParams.get('error') ?? ''
    if (NOT_SIGNED_IN.includes(error)) return { kind: 'taken' }
    if (/^[a-z_]{1,40}$/.test(error)) return { kind: 'refused', error }
    return { kind: 'unclear', detail: 'it sent no error that is known' }
  }
  if (status >= 400) {
    return {
      kind: 'refused',
      error: `the client id or the redirect URI is not known (HTTP ${status})`,
    }
  }
  return { kind: 'unclear', detail: `HTTP ${status}, and no way back to the site` }
}
