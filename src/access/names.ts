/** Every name that both the edge function and the command line must agree on. */

/** The prefix under which the guard answers itself; nothing below it ever reaches the origin. */
export const GUARD_PREFIX = '/_guard/'

/** Exact paths; any other path under {@link GUARD_PREFIX} is the guard's own 404. */
export const ROUTES = {
  login: '/_guard/login',
  callback: '/_guard/callback',
  refresh: '/_guard/refresh',
  logout: '/_guard/logout',
  signedOut: '/_guard/signed-out',
  me: '/_guard/me',
} as const

export const COOKIES = {
  session: '__Host-guard',
  /** Completed with the id of the attempt: one cookie per sign-in that was begun. */
  transactionPrefix: '__Host-guard-tx-',
} as const

/**
 * The sealed refresh token and ID token; sent to the guard's own paths only.
 * Not among the others: the script of every request has no use for its name.
 */
export const REFRESH_COOKIE = '__Secure-guard-refresh'

/** Present on every generated response; the stranger's probe recognizes the guard by it. */
export const MARKER_HEADER = 'x-s3-okta-guard'

/** Value of {@link MARKER_HEADER}: what the guard answered, e.g. `login`, `error`, `page`. */
export type Marker = 'login' | 'sign-in' | 'refused' | 'page' | 'bad-request' | 'error'

/** The `iss` of our own session JWT. */
export function sessionIssuer(distribution: string): string {
  return `s3-okta-guard:${distribution}`
}
