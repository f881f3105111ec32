import { createVerify } from 'node:crypto'
import { MAX_TOKEN_LENGTH, MAX_TOKEN_MINUTES } from '../access/settings.ts'
import { subjectHash } from '../access/subject.ts'
import type { Instance, Known, Session } from './types.ts'

const MAX_VERIFIED = 1000
/** The last characters of the signature: 70 random bits, and too short for a slice of the Cookie header. */
const ID_LENGTH = 12
const SKEW_SECONDS = 60

/** The one protected header that a key signs under: its members, in this order and no others. */
export function encodedHeader(kid: string): string {
  return encode({ alg: 'RS256', typ: 'guard+jwt', kid })
}

export function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/**
 * An authentic session JWT, or undefined; says nothing about the time.
 * A part is taken only if our signer would have written it so: re-encoding what was read must give
 * the same characters, which refuses padding, trailing bits, duplicate members, white space and bad UTF-8.
 */
export function authentic(token: string, instance: Instance): Known | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return
  // By a few characters, for a Map reads every one of its key; but known is only the very same token.
  const id = token.slice(-ID_LENGTH)
  const { verified } = instance
  let known = verified.get(id)
  if (known?.token === token) return known

  const first = token.indexOf('.')
  const last = token.lastIndexOf('.')
  const key = instance.sessionKeys.get(token.slice(0, first))
  if (!key) return
  const signature = token.slice(last + 1)
  const bytes = Buffer.from(signature, 'base64url')
  if (bytes.toString('base64url') !== signature) return
  if (!createVerify('sha256').update(token.slice(0, last)).verify(key, bytes)) return

  // Of four parts or more, what stands between does not read back as one.
  const session = readClaims(token.slice(first + 1, last), instance)
  if (!session) return
  // What is no number is no time to be after.
  const isRevoked = !(session.start > notBefore(session, instance))
  // All at once: to find the oldest, a Map steps over every place that a deleted one has left.
  if (verified.size >= MAX_VERIFIED) verified.clear()
  // A copy of the token: a slice would keep the whole Cookie header alive.
  verified.set(id, (known = { token: Buffer.from(token).toString(), session, isRevoked }))
  return known
}

/** What the session cookies of a request are good for at this time; each of them is tried. */
export function findSession(
  tokens: string[],
  instance: Instance,
  now: number,
): { session?: Session; renewable?: Session } {
  const seconds = now / 1000
  let renewable: Session | undefined
  for (const token of tokens) {
    const known = authentic(token, instance)
    if (!known || known.isRevoked) continue
    const { session } = known
    if (session.iat > seconds + SKEW_SECONDS) continue
    if (seconds - session.start >= instance.config.session.maxSeconds) continue
    if (seconds < session.exp) return { session, renewable: session }
    if (!renewable || renewable.exp < session.exp) renewable = session
  }
  return renewable ? { renewable } : {}
}

/** Sessions that began until then are revoked. Seconds; the list does not change while an instance lives. */
function notBefore({ sub, email = '' }: Session, { config }: Instance): number {
  const { everyone = 0, users } = config.notBefore
  if (!users) return everyone
  return Math.max(everyone, ...[sub, email].map((name) => users[subjectHash(name)] ?? 0))
}

function readClaims(payload: string, instance: Instance): Session | undefined {
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Session
    return encode(claims) === payload && isOurs(claims, instance) ? claims : undefined
  } catch {
    return
  }
}

function isOurs(claims: Session, { config, sessionIssuer }: Instance): boolean {
  const {
    iss,
    aud,
    sub,
    email = '',
    name = '',
    groups = [],
    sid,
    start,
    rev = 0,
    iat,
    exp,
  } = claims
  return (
    iss === sessionIssuer &&
    aud === config.clientId &&
    Array.isArray(groups) &&
    [sub, sid, email, name, ...groups].every((value) => typeof value === 'string') &&
    sub !== '' &&
    sid !== '' &&
    [start, rev, iat, exp].every((value) => Number.isSafeInteger(value) && value >= 0) &&
    start <= iat &&
    iat < exp &&
    exp - iat <= MAX_TOKEN_MINUTES * 60
  )
}
