import { createHash, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** Claims of an ID token, none of them trusted yet. OpenID Connect Core 1.0, section 2. */
export type Claims = Record<string, unknown>

export interface Expected {
  issuer: string
  clientId: string
  /** What `nonce` may be. */
  nonces: (string | undefined)[]
  accessToken: string
  /** Seconds since the epoch. */
  now: number
}

export type SignatureVerdict = 'good' | 'bad' | 'unknown-key'

const SKEW_SECONDS = 60
const MAX_AGE_SECONDS = 600

/** Whether RS256 under one of the issuer's keys made the signature; nothing else is taken. */
export function checkSignature(
  jwt: string,
  keys: { kid: string; key: KeyObject }[],
): SignatureVerdict {
  const parts = jwt.split('.')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length !== 3 || !parts.every(isBase64url)) return 'bad'
  const { alg, kid, crit } = readHeader(header)
  if (alg !== 'RS256' || crit !== undefined) return 'bad'

  const candidates = kid === undefined ? keys : keys.filter((candidate) => candidate.kid === kid)
  if (candidates.length === 0) return 'unknown-key'
  if (kid === undefined && candidates.length > 1) return 'bad'
  const input = Buffer.from(`${header}.${payload}`)
  const bytes = Buffer.from(signature, 'base64url')
  return candidates.some(({ key }) => verify('sha256', input, key, bytes)) ? 'good' : 'bad'
}

/** The name of the first claim that is not as it must be. OpenID Connect Core 1.0, section 3.1.3.7. */
export function findBadClaim(claims: Claims, expected: Expected): string | undefined {
  const { iss, aud, azp, sub, nonce, exp, iat, nbf, at_hash: atHash } = claims
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud]
  const { now, clientId } = expected
  if (iss !== expected.issuer) return 'iss'
  if (!audiences.includes(clientId) || !audiences.every(isString)) return 'aud'
  if (azp === undefined ? audiences.length > 1 : azp !== clientId) return 'azp'
  if (typeof sub !== 'string' || !/^[ -~]{1,255}$/.test(sub)) return 'sub'
  if (!expected.nonces.includes(nonce as string | undefined)) return 'nonce'
  if (!isTime(exp) || exp + SKEW_SECONDS <= now) return 'exp'
  if (!isTime(iat) || iat > now + SKEW_SECONDS || iat < now - MAX_AGE_SECONDS) return 'iat'
  if (nbf !== undefined && (!isTime(nbf) || nbf > now + SKEW_SECONDS)) return 'nbf'
  if (atHash !== undefined && atHash !== halfHash(expected.accessToken)) return 'at_hash'
  return
}

function readHeader(part: string): Claims {
  try {
    return Object(JSON.parse(Buffer.from(part, 'base64url').toString())) as Claims
  } catch {
    return {}
  }
}

/** Section 3.1.3.6: the left half of the hash that goes with RS256. */
function halfHash(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')
}

function isBase64url(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part
}

function isString(value: unknown): boolean {
  return typeof value === 'string'
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}
