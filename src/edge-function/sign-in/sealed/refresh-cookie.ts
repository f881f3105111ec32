import type { SealRing } from '../../../access/edge-config.ts'
import { GUARD_PREFIX, REFRESH_COOKIE } from '../../../access/names.ts'
import { cookieValues } from '../../cookies.ts'
import type { Request, Session } from '../../types.ts'
import { open, seal } from './seal.ts'
import { clearCookie, setCookie } from './set-cookie.ts'

/** What a session needs to go on, and to end well. */
export interface Kept {
  /** Empty where Okta gave none. */
  refreshToken: string
  sid: string
  sub: string
  /** What the sign-in asked for. */
  scope: string
  /** When Okta last confirmed the user, seconds. */
  confirmedAt: number
  nonce: string
  authTime: number | undefined
  /** For Okta's logout; empty where it did not fit. */
  idToken: string
}

type Fields = [
  refreshToken: string,
  sid: string,
  sub: string,
  scope: string,
  confirmedAt: number,
  nonce: string,
  authTime: number | null,
  idToken: string,
]

/** With an ID token. A browser drops a cookie over 4,096 bytes, name and attributes included. */
const MAX_COOKIE_BYTES = 3072
const MAX_VALUE_BYTES = 3900

/** Keeps it for the session, without the ID token where that is too long; or takes it away. */
export function refreshCookie(
  ring: SealRing,
  origin: string,
  kept: Kept,
  maxAgeSeconds: number,
): string {
  const sealed = (idToken: string): string =>
    seal(ring, { purpose: 'refresh', origin }, fieldsOf({ ...kept, idToken }))
  const whole = sealed(kept.idToken)
  const value = REFRESH_COOKIE.length + 1 + whole.length > MAX_COOKIE_BYTES ? sealed('') : whole
  return value.length > MAX_VALUE_BYTES
    ? clearRefresh()
    : setCookie(REFRESH_COOKIE, value, maxAgeSeconds, GUARD_PREFIX)
}

function fieldsOf(kept: Kept): Fields {
  const { refreshToken, sid, sub, scope, confirmedAt, nonce, authTime, idToken } = kept
  return [refreshToken, sid, sub, scope, confirmedAt, nonce, authTime ?? null, idToken]
}

/**
 * What was kept for one of these sessions. A host of the same domain can set this cookie (only
 * `__Host-` rules that out), and nobody must go on as somebody else.
 */
export function readRefresh(
  ring: SealRing,
  origin: string,
  request: Request,
  sessions: readonly Session[],
): Kept | undefined {
  for (const value of refreshCookies(request)) {
    const fields = open<Fields>(ring, { purpose: 'refresh', origin }, value)
    if (!fields) continue
    const [refreshToken, sid, sub, scope, confirmedAt, nonce, time, idToken] = fields
    if (sessions.some((session) => session.sid === sid && session.sub === sub)) {
      const authTime = time ?? undefined
      return { refreshToken, sid, sub, scope, confirmedAt, nonce, authTime, idToken }
    }
  }
  return
}

export function refreshCookies(request: Request): string[] {
  return cookieValues(request.headers.cookie, REFRESH_COOKIE)
}

export function clearRefresh(): string {
  return clearCookie(REFRESH_COOKIE, GUARD_PREFIX)
}
