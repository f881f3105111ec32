import { GUARD_PREFIX, ROUTES } from '../access/names.ts'
import type { Marker } from '../access/names.ts'
import { isCurrent } from './session.ts'
import { hostOf, isMalformed, isReading, kindOf, target } from './request.ts'
import type { GatePage, Instance, Request, Session } from './types.ts'

export type Decision =
  | { kind: 'pass' }
  /** For `sign-in.js`. */
  | { kind: 'sign-in'; origin: string }
  | { kind: 'redirect'; status: 302 | 308; marker: Marker; location: string }
  | { kind: 'unauthenticated'; login: string }
  /** `href` is the way forward that the page offers. */
  | { kind: 'page'; page: GatePage; origin: string; href: string }

/** Longest return address that a login link carries, percent-encoded. */
const MAX_RETURN_TO = 4096
const OWN_PATHS: readonly string[] = Object.values(ROUTES)

/** Decides about one request; the first rule that fits. Pure. */
export function decide(
  request: Request,
  instance: Instance,
  session: Session | undefined,
  now: number,
): Decision {
  if (isMalformed(request)) return page('bad-request', instance.canonicalOrigin)

  const origin = instance.origins.get(hostOf(request))
  if (!origin) return canonical(instance.canonicalOrigin, request)

  if (request.uri.startsWith(GUARD_PREFIX)) {
    return OWN_PATHS.includes(request.uri) ? { kind: 'sign-in', origin } : page('not-found', origin)
  }

  if (session && isCurrent(session, instance, now)) return { kind: 'pass' }

  const login = origin + ROUTES.login
  const kind = kindOf(request)
  if (kind === 'other') return { kind: 'unauthenticated', login }
  const location = `${login}?return_to=${returnTo(request)}`
  return kind === 'framed'
    ? page('framed', origin, location)
    : { kind: 'redirect', status: 302, marker: 'login', location }
}

function page(name: GatePage, origin: string, href = `${origin}/`): Decision {
  return { kind: 'page', page: name, origin, href }
}

/** A header takes visible ASCII only. */
function canonical(origin: string, request: Request): Decision {
  const location = origin + target(request)
  return isReading(request) && /^[!-~]+$/.test(location)
    ? { kind: 'redirect', status: 308, marker: 'page', location }
    : page('bad-request', origin)
}

/** Percent-encoded path and query, or `/` for what is too long or no text. */
function returnTo(request: Request): string {
  try {
    const encoded = encodeURIComponent(target(request))
    return encoded.length > MAX_RETURN_TO ? '/' : encoded
  } catch {
    return '/'
  }
}
