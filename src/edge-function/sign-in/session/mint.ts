import { createPrivateKey, sign } from 'node:crypto'
import { MAX_TOKEN_LENGTH } from '../../../access/settings.ts'
import { encode, encodedHeader, findSession } from '../../session.ts'
import type { Instance, Session } from '../../types.ts'
import { Failure } from '../failure.ts'
import type { Secrets } from '../keys/secrets.ts'

/** What a session is minted of; `iss`, `aud`, `iat` and `exp` are the instance's. */
export type Minted = Pick<Session, 'sub' | 'email' | 'name' | 'groups' | 'sid' | 'start' | 'rev'>

/** A session JWT that this instance's own gate lets through; it ends with the longest session at the latest. */
export function mintSession(
  instance: Instance,
  ring: Secrets['session'],
  { sub, email, name, groups, sid, start, rev = 0 }: Minted,
  seconds: number,
): string {
  const { config, sessionIssuer } = instance
  const now = Math.floor(instance.now() / 1000)
  const session: Session = {
    iss: sessionIssuer,
    aud: config.clientId,
    sub,
    ...(email !== undefined && { email }),
    ...(name !== undefined && { name }),
    ...(groups && { groups }),
    sid,
    start,
    rev,
    iat: now,
    exp: Math.min(now + seconds, start + config.session.maxSeconds),
  }
  const token = signSession(instance, ring, session)
  if (token.length > MAX_TOKEN_LENGTH) throw new Failure('session-too-large')
  if (!findSession([token], instance, instance.now()).session) throw new Failure('session-refused')
  return token
}

/** Signs with the first key that this bundle can also check: an edge that lags behind stays consistent. */
function signSession(instance: Instance, ring: Secrets['session'], session: Session): string {
  const entry = ring.keys.find(({ kid }) => instance.sessionKeys.has(encodedHeader(kid)))
  if (!entry) throw new Failure('keys', { detail: 'no session key in common' })
  const input = `${encodedHeader(entry.kid)}.${encode(session)}`
  const key = createPrivateKey({ key: entry.key, format: 'jwk' })
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
}
