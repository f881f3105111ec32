import { ROUTES } from '../../../access/names.ts'
import { gatePage } from '../../pages/gate.ts'
import { blockedCookies, unusable } from '../../pages/sign-in.ts'
import { redirect, unauthenticated } from '../../respond.ts'
import type { Instance, Response, Visit } from '../../types.ts'
import { readSecrets } from '../keys/secrets.ts'
import type { Secrets } from '../keys/secrets.ts'
import { refuse } from '../outcome.ts'
import type { Outcome } from '../outcome.ts'
import { hasFetchMetadata, isPrefetch, kindOf } from '../request/request-kind.ts'
import { returnPath } from '../request/return-path.ts'
import { begin, challengeOf, transactionCookie } from '../sealed/transaction.ts'
import type { Transaction } from '../sealed/transaction.ts'
import {
  forgetTries,
  isLoop,
  sweep,
  transactionCookies,
  triesBefore,
} from '../sealed/transaction-jar.ts'
import { scopeOf } from '../session/scope.ts'

/** Starts a sign-in. Only `return_to`, `switch` and `iss` are read; whatever else comes is not ours. */
export async function login(instance: Instance, visit: Visit): Promise<Outcome> {
  const { request, origin } = visit
  const kind = kindOf(request)
  if (kind === 'other' && (hasFetchMetadata(request) || isPrefetch(request))) {
    return { response: unauthenticated(origin) }
  }
  // A plus sign in a path is a plus sign.
  const query = new URLSearchParams(request.querystring.replaceAll('+', '%2B'))
  if (query.getAll('iss').some((issuer) => issuer !== instance.config.okta.issuer)) {
    return refuse(visit, unusable(origin), 'iss')
  }
  const [candidate, ...more] = query.getAll('return_to')
  const path = more.length ? '/' : returnPath(candidate, origin)
  if (kind === 'framed') {
    // Nothing but a navigation of the whole window can show Okta's sign-in.
    const link = `${origin}${ROUTES.login}?return_to=${encodeURIComponent(path)}`
    return { response: gatePage('framed', origin, visit.requestId, link) }
  }

  const { seal } = await readSecrets(instance)
  const attempt = visit.session
    ? 0
    : triesBefore(transactionCookies(request), seal, origin, visit.startedAt)
  if (isLoop(attempt)) {
    return refuse(visit, blockedCookies(origin, path), 'loop', [forgetTries()])
  }
  const prompted = query.get('switch') === '1'
  return { response: start(instance, visit, seal, { path, attempt, prompted }) }
}

/** Remembers a new attempt in a cookie and sends the browser to Okta. RFC 6749, section 4.1.1. */
export function start(
  { config }: Instance,
  { request, origin, startedAt }: Visit,
  ring: Secrets['seal'],
  wish: Pick<Transaction, 'path' | 'attempt' | 'prompted'>,
  cookies: string[] = [],
): Response {
  const begun = begin(startedAt, { ...wish, scope: scopeOf(config) })
  const cookie = transactionCookie(ring, origin, begun)
  const swept = sweep(transactionCookies(request), ring, origin, startedAt, cookie.indexOf(';'))

  const url = new URL(config.okta.authorizationEndpoint)
  const parameters = {
    client_id: config.clientId,
    response_type: 'code',
    scope: begun.scope,
    redirect_uri: origin + ROUTES.callback,
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: challengeOf(begun),
    code_challenge_method: 'S256',
    ...(wish.prompted && { prompt: 'login' }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return redirect(302, 'sign-in', url.href, [...new Set([cookie, ...swept, ...cookies])])
}
