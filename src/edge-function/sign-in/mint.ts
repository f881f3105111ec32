import { createPrivateKey, randomBytes, sign } from 'node:crypto'
import { encode, encodedHeader, findSession, MAX_TOKEN_LENGTH } from '../session.ts'
import type { Instance, Session } from '../types.ts'
import { Failure } from './failure.ts'
import type { Claims } from './id-token.ts'
import type { Secrets } from './secrets.ts'

/** A new session for the subject of a checked ID token: one that this instance's own gate lets through. */
export function mintSession(
  instance: Instance,
  ring: Secrets['session'],
  { sub, email, name }: Claims,
): { token: string; sid: string } {
  const { config, sessionIssuer } = instance
  const now = Math.floor(instance.now() / 1000)
  const session: Session = {
    iss: sessionIssuer,
    aud: config.clientId,
    sub: String(sub),
    ...(typeof email === 'string' && { email }),
    ...(typeof name === 'string' && { name }),
    sid: randomBytes(16).toString('base64url'),
    start: now,
    iat: now,
    exp: now + Math.min(config.session.tokenSeconds, config.session.maxSeconds),
  }
  const token = signSession(instance, ring, session)
  if (token.length > MAX_TOKEN_LENGTH) throw new Failure('session-too-large')
  if (!findSession([token], instance, instance.now())) throw new Failure('session-refused')
  return { token, sid: session.sid }
}

/** Signs with the first key that this bundle can also check: an edge that lags behind stays consistent. */
function signSession(instance: Instance, ring: Secrets['session'], session: Session): string {
  const entry = ring.keys.find(({ kid }) => instance.sessionKeys.has(encodedHeader(kid)))
  if (!entry) throw new Failure('keys', { detail: 'no session key in common' })
  const input = `${encodedHeader(entry.kid)}.${encode(session)}`
  const key = createPrivateKey({ key: entry.key, format: 'jwk' })
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
}
