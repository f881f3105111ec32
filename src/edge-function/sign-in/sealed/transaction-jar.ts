import type { SealRing } from '../../../access/edge-config.ts'
import { COOKIES } from '../../../access/names.ts'
import type { Request } from '../../types.ts'
import { open, seal } from './seal.ts'
import { clearCookie, setCookie } from './set-cookie.ts'
import { openTransaction } from './transaction.ts'

const MAX_BYTES_TOGETHER = 5 * 1024
const MAX_REMOVED = 40
const MAX_TRIES = 3
const TRIED_SECONDS = 60
const TRIED = `${COOKIES.transactionPrefix}tried`

interface Found {
  name: string
  value: string
}

/** Names and values of the transaction cookies in a request. */
export function transactionCookies(request: Request): Found[] {
  const found: Found[] = []
  for (const { value } of request.headers.cookie ?? []) {
    for (const cookie of value.split(';')) {
      const [name = '', ...rest] = cookie.trim().split('=')
      if (/^[\w-]{1,24}$/.test(name.slice(COOKIES.transactionPrefix.length)) && isOurs(name)) {
        found.push({ name, value: rest.join('=') })
      }
    }
  }
  return found
}

/** Removes what has expired or cannot be read, and the oldest until `coming` more bytes fit. */
export function sweep(
  found: Found[],
  ring: SealRing,
  origin: string,
  now: number,
  coming = 0,
): string[] {
  const read = found
    .filter(({ name }) => name !== TRIED)
    .map((cookie) => ({
      cookie,
      expires: openTransaction(ring, origin, cookie.value)?.expires ?? 0,
    }))
    .sort((one, other) => one.expires - other.expires)
  let bytes = read.reduce((sum, { cookie }) => sum + sizeOf(cookie), coming)
  const removed: string[] = []
  for (const { cookie, expires } of read) {
    if (now < expires && bytes <= MAX_BYTES_TOGETHER) break
    removed.push(clearCookie(cookie.name))
    bytes -= sizeOf(cookie)
  }
  return removed.slice(0, MAX_REMOVED)
}

/** Removes all of them. */
export function removeAll(request: Request): string[] {
  return transactionCookies(request)
    .map(({ name }) => clearCookie(name))
    .slice(0, MAX_REMOVED)
}

/**
 * A successful callback leaves this for a minute: a browser that comes back to sign in at once has
 * kept this cookie and dropped the session, and must not be sent round for ever.
 */
export function triedCookie(ring: SealRing, origin: string, now: number, attempt: number): string {
  const value = seal(ring, { purpose: 'tried', origin }, [attempt + 1, now + TRIED_SECONDS * 1000])
  return setCookie(TRIED, value, TRIED_SECONDS)
}

/** Round trips that ended well at Okta and left no session here. */
export function triesBefore(found: Found[], ring: SealRing, origin: string, now: number): number {
  let tries = 0
  for (const { name, value } of found) {
    if (name !== TRIED) continue
    const opened = open<[tries: number, expires: number]>(ring, { purpose: 'tried', origin }, value)
    if (opened && now < opened[1]) tries = Math.max(tries, opened[0])
  }
  return tries
}

/** Lets somebody who has changed the browser's settings try again at once. */
export function forgetTries(): string {
  return clearCookie(TRIED)
}

export function isLoop(attempt: number): boolean {
  return attempt >= MAX_TRIES
}

function isOurs(name: string): boolean {
  return name.startsWith(COOKIES.transactionPrefix)
}

function sizeOf({ name, value }: Found): number {
  return name.length + 1 + value.length
}
