import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { SealRing } from '../../../access/edge-config.ts'
import { COOKIES } from '../../../access/names.ts'
import { open, seal } from './seal.ts'
import { setCookie } from './set-cookie.ts'

/** One sign-in that was begun. */
export interface Transaction {
  /** Attempt id, a dot, and 128 random bits. */
  state: string
  nonce: string
  /** PKCE, RFC 7636. */
  verifier: string
  /** Where to go back to. */
  path: string
  /** Round trips to Okta before this one that left no session. */
  attempt: number
  /** Okta was told to ask the user, after it had said that it must. */
  prompted: boolean
  /** What Okta is asked for. */
  scope: string
  /** Milliseconds since the epoch. */
  expires: number
}

/** As they are sealed: names would cost a tenth of the cookie. */
type Fields = [
  state: string,
  nonce: string,
  verifier: string,
  path: string,
  attempt: number,
  prompted: boolean,
  expires: number,
  scope?: string,
]

export const TRANSACTION_SECONDS = 600
const MAX_COOKIE_BYTES = 1024

export function begin(
  now: number,
  { path, attempt, prompted, scope }: Pick<Transaction, 'path' | 'attempt' | 'prompted' | 'scope'>,
): Transaction {
  return {
    state: `${random(6)}.${random(16)}`,
    nonce: random(16),
    verifier: random(32),
    path,
    attempt,
    prompted,
    scope,
    expires: now + TRANSACTION_SECONDS * 1000,
  }
}

/** PKCE's S256. RFC 7636, section 4.2. */
export function challengeOf({ verifier }: Transaction): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

/** The `Set-Cookie` of a transaction. A return path that makes it too large gives way to `/`. */
export function transactionCookie(ring: SealRing, origin: string, begun: Transaction): string {
  const name = cookieNameOf(begun.state)
  const value = seal(ring, { purpose: 'transaction', origin }, fieldsOf(begun))
  if (name.length + 1 + value.length > MAX_COOKIE_BYTES && begun.path !== '/') {
    return transactionCookie(ring, origin, { ...begun, path: '/' })
  }
  return setCookie(name, value, TRANSACTION_SECONDS)
}

function fieldsOf(begun: Transaction): Fields {
  const { state, nonce, verifier, path, attempt, prompted, expires, scope } = begun
  return [state, nonce, verifier, path, attempt, prompted, expires, scope]
}

export function openTransaction(
  ring: SealRing,
  origin: string,
  value: string,
): Transaction | undefined {
  const fields = open<Fields>(ring, { purpose: 'transaction', origin }, value)
  if (!fields) return
  // The first version of the function wrote no scope.
  const [state, nonce, verifier, path, attempt, prompted, expires, scope = ''] = fields
  return { state, nonce, verifier, path, attempt, prompted, scope, expires }
}

export function cookieNameOf(state: string): string {
  return COOKIES.transactionPrefix + state.split('.', 1)[0]!
}

export function isStateOf(begun: Transaction, state: string): boolean {
  const [ours, theirs] = [Buffer.from(begun.state), Buffer.from(state)]
  return ours.length === theirs.length && timingSafeEqual(ours, theirs)
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}
