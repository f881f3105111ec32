import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { PublicRsaJwk } from '../src/access/jwk.ts'
import { sessionIssuer } from '../src/access/names.ts'

export type Claims = Record<string, unknown>

export interface Signer {
  token(changes?: Claims): string
}

export interface RsaSigner extends Signer {
  publicKey: PublicRsaJwk
  privateJwk: Record<string, string>
}

export const DISTRIBUTION = 'E2QWRUHAPOMQZL'
export const CLIENT_ID = '0oa1client'
export const SUB = '00u1bench'

/** Session tokens as the guard's callback makes them. */
export function guardSigner(): RsaSigner {
  return rsaSigner('session-1', 'guard+jwt', sessionClaims)
}

/** JWTs signed with an RSA key; each is made of the usual claims and the changes. */
export function rsaSigner(kid: string, typ: string, usual: () => Claims): RsaSigner {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { n, e } = publicKey.export({ format: 'jwk' }) as { n: string; e: string }
  return {
    publicKey: { kty: 'RSA', kid, alg: 'RS256', use: 'sig', n, e },
    privateJwk: privateKey.export({ format: 'jwk' }) as Record<string, string>,
    token: (changes) => rs256({ alg: 'RS256', typ, kid }, { ...usual(), ...changes }, privateKey),
  }
}

/** The same claims under a shared secret. */
export function floorSigner(): Signer & { secret: string } {
  const secret = randomBytes(32)
  const header = encode({ alg: 'HS256', typ: 'JWT' })
  return {
    secret: secret.toString('base64url'),
    token() {
      const signed = `${header}.${encode(sessionClaims())}`
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
    },
  }
}

function sessionClaims(): Claims {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: sessionIssuer(DISTRIBUTION),
    aud: CLIENT_ID,
    sub: `00u${randomBytes(8).toString('hex')}`,
    email: 'ada.lovelace@example.com',
    name: 'Ada Lovelace',
    sid: randomBytes(16).toString('base64url'),
    start: now,
    rev: 1,
    iat: now,
    exp: now + 900,
  }
}

function rs256(header: Claims, claims: Claims, key: KeyObject): string {
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
