import { ROUTES } from '../../access/names.ts'
import { signedOut, wrongMethod } from '../pages/sign-in.ts'
import { isReading } from '../request.ts'
import type { Instance, Response, Visit } from '../types.ts'
import { callback } from './callback.ts'
import { login } from './login.ts'
import { log } from './log.ts'
import { logout } from './logout.ts'
import { me } from './me.ts'
import { showPage } from './outcome.ts'
import type { Outcome } from './outcome.ts'

export { gatePage } from '../pages/gate.ts'
export { failure } from './failure-page.ts'

/** Answers a request for one of the guard's own paths. */
export async function signIn(instance: Instance, visit: Visit): Promise<Response> {
  const { response, event } = await route(instance, visit)
  if (event) {
    const { what, ...detail } = event
    const milliseconds = instance.now() - visit.startedAt
    log(what, visit.request.uri, visit.requestId, milliseconds, {
      status: response.status,
      ...detail,
    })
  }
  return response
}

async function route(instance: Instance, visit: Visit): Promise<Outcome> {
  const { method, uri } = visit.request
  // What acts, acts for GET alone: RFC 9110, section 9.2.1, calls HEAD safe.
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
    case ROUTES.logout:
      return logout(instance, visit)
    case ROUTES.me:
      return { response: me(visit) }
    default:
      return { response: showPage(visit, signedOut(visit.origin)) }
  }
}
