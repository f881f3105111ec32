import type { SealRing } from '../../access/edge-config.ts'
import { GUARD_PREFIX, LOGOUT_HINT_COOKIE } from '../../access/names.ts'
import { cookieValues } from '../cookies.ts'
import type { Request } from '../types.ts'
import { open, seal } from './seal.ts'
import { clearCookie, setCookie } from './set-cookie.ts'

/** A browser drops a cookie over 4,096 bytes; a longer ID token is not kept, and sign-out does without. */
const MAX_COOKIE_BYTES = 3072

/** Keeps the ID token for the sign-out of this session, or takes away that of another one. */
export function hintCookie(
  ring: SealRing,
  origin: string,
  idToken: string,
  sid: string,
  maxAgeSeconds: number,
): string {
  const value = seal(ring, { purpose: 'hint', origin }, [idToken, sid])
  const fits = LOGOUT_HINT_COOKIE.length + 1 + value.length <= MAX_COOKIE_BYTES
  return fits ? setCookie(LOGOUT_HINT_COOKIE, value, maxAgeSeconds, GUARD_PREFIX) : clearHint()
}

/**
 * The ID token of one of these sessions. A host of the same domain can set this cookie (only
 * `__Host-` rules that out), and another user's hint would leave this user's Okta session open.
 */
export function readHint(
  ring: SealRing,
  origin: string,
  request: Request,
  sids: readonly string[],
): string | undefined {
  for (const value of cookieValues(request.headers.cookie, LOGOUT_HINT_COOKIE)) {
    const opened = open<[idToken: string, sid: string]>(ring, { purpose: 'hint', origin }, value)
    if (opened && sids.includes(opened[1])) return opened[0]
  }
  return
}

export function clearHint(): string {
  return clearCookie(LOGOUT_HINT_COOKIE, GUARD_PREFIX)
}
