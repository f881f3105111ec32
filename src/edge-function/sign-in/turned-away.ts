import { ROUTES } from '../../access/names.ts'
import { denied, updating } from '../pages/access.ts'
import { gatePage } from '../pages/gate.ts'
import { header } from '../request.ts'
import { json, redirect, unauthenticated } from '../respond.ts'
import type { Instance, Request, Response, Visit } from '../types.ts'
import { refuse, showPage } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { isReading, kindOf, target } from './request/request-kind.ts'
import type { Kind } from './request/request-kind.ts'

/** Longest return address that a link carries, percent-encoded. */
const MAX_RETURN_TO = 4096

/** What somebody gets whom the gate does not let pass. */
export function turnAway(instance: Instance, visit: Visit): Outcome {
  const { request, origin, requestId } = visit
  switch (visit.verdict) {
    case 'foreign-host':
      return { response: canonical(visit) }
    case 'stranger':
      return { response: strangers(visit, kindOf(request), target(request)) }
    case 'stale':
      return { response: stale(visit) }
    case 'denied':
      return visit.session?.rev === instance.config.access.revision
        ? refused(instance, visit)
        : { response: wait(visit) }
    default:
      return { response: gatePage('bad-request', origin, requestId, `${origin}/`) }
  }
}

/** A page goes to sign in; what cannot be sent there is told so. */
export function strangers(visit: Visit, kind: Kind, path: string, cookies?: string[]): Response {
  const { origin, requestId } = visit
  if (kind === 'other') return unauthenticated(origin, cookies)
  const location = `${origin}${ROUTES.login}?return_to=${encoded(path)}`
  return kind === 'framed'
    ? gatePage('framed', origin, requestId, location, cookies)
    : redirect(302, 'login', location, cookies)
}

/** A page left open goes on working: images and scripts take the same way. */
function stale({ request, origin }: Visit): Response {
  const path = encoded(target(request))
  const isFollowed = isReading(request) && !isWebSocket(request) && !isServiceWorker(request)
  return isFollowed
    ? redirect(302, 'login', `${origin}${ROUTES.refresh}?return_to=${path}`)
    : unauthenticated(origin)
}

function refused({ config }: Instance, visit: Visit): Outcome {
  const { request, session, rule = 0 } = visit
  const reason = `rule ${rule + 1}`
  if (kindOf(request) === 'other') {
    const event = { what: 'refusal', reason, session } as const
    return { response: json(403, 'refused', { error: 'forbidden' }), event }
  }
  const { allow } = config.access.rules[rule]!
  const lacksGroups = allow !== 'everyone' && !!allow.groups?.length && !session?.groups
  return refuse(visit, denied(visit, bounded(target(request)), lacksGroups), reason)
}

/**
 * RFC 9110, section 10.2.3. The session was made by another version, older or newer, which keeps only
 * the groups that its own rules name: nobody can say here what it lacks.
 */
function wait(visit: Visit): Response {
  const response =
    kindOf(visit.request) === 'other'
      ? json(503, 'error', { error: 'unavailable' })
      : showPage(visit, updating(visit.origin, bounded(target(visit.request))))
  response.headers!['retry-after'] = [{ key: 'retry-after', value: '60' }]
  return response
}

/** A header takes visible ASCII only. */
function canonical({ request, origin, requestId }: Visit): Response {
  const location = origin + target(request)
  return isReading(request) && /^[!-~]+$/.test(location)
    ? redirect(308, 'page', location)
    : gatePage('bad-request', origin, requestId, `${origin}/`)
}

function encoded(path: string): string {
  return encodeURIComponent(bounded(path))
}

/** Path and query, or `/` for what is too long or no text. */
function bounded(path: string): string {
  try {
    return encodeURIComponent(path).length > MAX_RETURN_TO ? '/' : path
  } catch {
    return '/'
  }
}

/** RFC 6455, section 1.3: a handshake follows no redirect. */
function isWebSocket(request: Request): boolean {
  return 'sec-websocket-key' in request.headers || header(request, 'sec-fetch-mode') === 'websocket'
}

/** Nor does a browser that updates a service worker: https://w3c.github.io/ServiceWorker/#update-algorithm */
function isServiceWorker(request: Request): boolean {
  return (
    header(request, 'service-worker') === 'script' ||
    header(request, 'sec-fetch-dest') === 'serviceworker'
  )
}
