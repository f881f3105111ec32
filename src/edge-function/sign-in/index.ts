import { ROUTES } from '../../access/names.ts'
import { gatePage } from '../pages/gate.ts'
import { signedOut, wrongMethod } from '../pages/sign-in.ts'
import type { Instance, Response, Visit } from '../types.ts'
import { logEvent } from './log.ts'
import { showPage } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { isReading } from './request/request-kind.ts'
import { callback } from './routes/callback.ts'
import { login } from './routes/login.ts'
import { logout } from './routes/logout.ts'
import { me } from './routes/me.ts'
import { refresh } from './routes/refresh.ts'
import { turnAway } from './turned-away.ts'

export { failure } from './failure-page.ts'

/** Answers a request that the gate does not let pass, and logs what happened. */
export async function answer(instance: Instance, visit: Visit): Promise<Response> {
  const { response, event } =
    visit.verdict === 'own' ? await route(instance, visit) : turnAway(instance, visit)
  if (event) logEvent(instance, visit, { status: response.status, ...event })
  return response
}

async function route(instance: Instance, visit: Visit): Promise<Outcome> {
  const { request, origin } = visit
  const { method, uri } = request
  // What acts, acts for GET alone: RFC 9110, section 9.2.1, calls HEAD safe. A refresh changes nothing
  // that the user could notice, and a HEAD request is sent there too.
  const acts = uri === ROUTES.callback || uri === ROUTES.logout
  if (acts ? method !== 'GET' : !isReading(visit.request)) {
    const response = showPage(visit, wrongMethod(visit.origin))
    response.headers!.allow = [{ key: 'allow', value: acts ? 'GET' : 'GET, HEAD' }]
    return { response }
  }
  switch (uri) {
    case ROUTES.login:
      return login(instance, visit)
    case ROUTES.callback:
      return callback(instance, visit)
    case ROUTES.refresh:
      return refresh(instance, visit)
    case ROUTES.logout:
      return logout(instance, visit)
    case ROUTES.me:
      return { response: me(visit) }
    case ROUTES.signedOut:
      return { response: showPage(visit, signedOut(visit.origin)) }
    default:
      return { response: gatePage('not-found', origin, visit.requestId, `${origin}/`) }
  }
}
