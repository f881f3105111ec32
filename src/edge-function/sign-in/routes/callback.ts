import { COOKIES, ROUTES } from '../../../access/names.ts'
import { cookieValues } from '../../cookies.ts'
import { failed as failedPage, oktaError } from '../../pages/failures.ts'
import * as pages from '../../pages/sign-in.ts'
import { redirect } from '../../respond.ts'
import type { Instance, Visit } from '../../types.ts'
import { Failure, safeCode } from '../failure.ts'
import { secretsFor } from '../keys/secrets.ts'
import type { Secrets } from '../keys/secrets.ts'
import { refuse } from '../outcome.ts'
import type { Outcome } from '../outcome.ts'
import { isSound, readParameters } from '../request/callback-parameters.ts'
import type { CallbackParameters } from '../request/callback-parameters.ts'
import { refreshCookie } from '../sealed/refresh-cookie.ts'
import { clearCookie, setCookie } from '../sealed/set-cookie.ts'
import { cookieNameOf, isStateOf, openTransaction } from '../sealed/transaction.ts'
import type { Transaction } from '../sealed/transaction.ts'
import { sweep, transactionCookies, triedCookie } from '../sealed/transaction-jar.ts'
import { newSession } from '../session/new-session.ts'
import { covers, scopeOf } from '../session/scope.ts'
import { start } from './login.ts'

/** Okta asks for the user's presence; one more try, with a prompt. OpenID Connect Core 1.0, section 3.1.2.6. */
const WANTS_THE_USER = ['login_required', 'interaction_required', 'consent_required']

/** Ends a sign-in: state, code, ID token, session, and back to the page that was asked for. */
export async function callback(instance: Instance, visit: Visit): Promise<Outcome> {
  const { request, origin } = visit
  const parameters = readParameters(request.querystring)
  if (!parameters || !isSound(parameters, instance.config.okta)) {
    return refuse(visit, pages.unusable(origin), 'parameters')
  }
  const { state } = parameters
  const values = cookieValues(request.headers.cookie, cookieNameOf(state))
  if (values.length === 0) return withoutTransaction(visit, undefined)
  const secrets = await secretsFor(instance, values)
  const begun = values
    .map((value) => openTransaction(secrets.seal, origin, value))
    .find((transaction) => transaction && isStateOf(transaction, state))

  if (!begun || visit.startedAt >= begun.expires) return withoutTransaction(visit, begun)
  const done = clearCookie(cookieNameOf(state))
  const others = transactionCookies(request).filter(({ name }) => name !== cookieNameOf(state))
  const cookies = [done, ...sweep(others, secrets.seal, origin, visit.startedAt)]
  if (parameters.error === undefined && !covers(begun.scope, scopeOf(instance.config))) {
    // Begun at an edge of other rules: Okta would not say what these need.
    return { response: start(instance, visit, secrets.seal, begun, cookies) }
  }
  return parameters.error === undefined
    ? finish(instance, visit, secrets, begun, parameters, cookies)
    : refused(instance, visit, secrets, begun, parameters.error, cookies)
}

/** Back button, bookmark, another browser, blocked cookies: no redirect to Okta, so there is no loop. */
function withoutTransaction(visit: Visit, expired: Transaction | undefined): Outcome {
  const { origin, session } = visit
  if (session) return { response: redirect(303, 'sign-in', `${origin}/`) }
  return refuse(visit, pages.attemptGone(origin, expired?.path ?? '/'), 'no transaction')
}

async function finish(
  instance: Instance,
  visit: Visit,
  secrets: Secrets,
  begun: Transaction,
  { code }: CallbackParameters,
  cookies: string[],
): Promise<Outcome> {
  const { origin } = visit
  try {
    const redirectUri = origin + ROUTES.callback
    const { token, kept } = await newSession(instance, secrets, begun, code!, redirectUri)
    const { maxSeconds } = instance.config.session
    const response = redirect(303, 'sign-in', origin + begun.path, [
      setCookie(COOKIES.session, token, maxSeconds),
      refreshCookie(secrets.seal, origin, kept, maxSeconds),
      triedCookie(secrets.seal, origin, visit.startedAt, begun.attempt),
      ...cookies,
    ])
    return { response, event: { what: 'sign-in', session: kept } }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const page = failedPage(error.code, origin, begun.path, instance.config)
    return refuse(visit, page, error.summary, cookies)
  }
}

function refused(
  instance: Instance,
  visit: Visit,
  { seal }: Secrets,
  { path, attempt, prompted }: Transaction,
  error: string,
  cookies: string[],
): Outcome {
  const { origin } = visit
  const reason = safeCode(error) ?? 'other'
  if (WANTS_THE_USER.includes(error) && !prompted) {
    const wish = { path, attempt: attempt + 1, prompted: true }
    return { response: start(instance, visit, seal, wish, cookies) }
  }
  const page =
    error === 'access_denied'
      ? pages.accessDenied(origin, path, instance.config.oktaHost)
      : oktaError(error, origin, path, instance.config)
  return refuse(visit, page, reason, cookies)
}
