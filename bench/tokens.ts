import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { PublicRsaJwk } from '../src/access/jwk.ts'
import { sessionIssuer } from '../src/access/names.ts'

export interface Signer {
  token(): string
}

export const DISTRIBUTION = 'E2QWRUHAPOMQZL'
export const CLIENT_ID = '0oa1client'

/** Session tokens as the guard's callback makes them. */
export function guardSigner(): Signer & { publicKey: PublicRsaJwk } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { n, e } = publicKey.export({ format: 'jwk' }) as { n: string; e: string }
  const header = encode({ alg: 'RS256', typ: 'guard+jwt', kid: 'bench-1' })
  return {
    publicKey: { kty: 'RSA', kid: 'bench-1', alg: 'RS256', use: 'sig', n, e },
    token() {
      const signed = `${header}.${encode(claims())}`
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
    },
  }
}

/** The same claims under a shared secret. */
export function floorSigner(): Signer & { secret: string } {
  const secret = randomBytes(32)
  const header = encode({ alg: 'HS256', typ: 'JWT' })
  return {
    secret: secret.toString('base64url'),
    token() {
      const signed = `${header}.${encode(claims())}`
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
    },
  }
}

function claims() {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: sessionIssuer(DISTRIBUTION),
    aud: CLIENT_ID,
    sub: `00u${randomBytes(8).toString('hex')}`,
    email: 'ada.lovelace@example.com',
    name: 'Ada Lovelace',
    sid: randomBytes(16).toString('base64url'),
    start: now,
    iat: now,
    exp: now + 900,
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
