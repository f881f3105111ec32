import { createHmac } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { load } from '../../../src/edge-function/load.ts'
import { MAX_TOKEN_LENGTH } from '../../../src/access/settings.ts'
import { findSession } from '../../../src/edge-function/session.ts'
import {
  edgeConfig,
  jws,
  KEYS,
  NOW,
  SESSION_HEADER,
  sessionClaims,
  sessionToken,
  signingKey,
} from '../../helpers/edge.ts'

function holds(token: string, now = NOW, config = edgeConfig()): boolean {
  return (
    findSession(
      [token],
      load(config, () => now),
      now,
    ).session !== undefined
  )
}

const seconds = NOW / 1000

describe('a session JWT', () => {
  it('is taken as jose signs it', async () => {
    const token = await new SignJWT(sessionClaims())
      .setProtectedHeader(SESSION_HEADER)
      .sign(KEYS.session.privateKey)
    expect(holds(token)).toBe(true)
  })

  it('may lack e-mail and name, and carry claims of a later version', () => {
    const { email: _e, name: _n, ...bare } = sessionClaims()
    expect(holds(jws(SESSION_HEADER, bare))).toBe(true)
    expect(holds(sessionToken({ later: [1] }))).toBe(true)
  })

  it.each(['none', 'None', 'NONE', 'nOnE'])('J01 refuses alg %s', (alg) => {
    const [, payload] = sessionToken().split('.')
    const header = Buffer.from(JSON.stringify({ ...SESSION_HEADER, alg })).toString('base64url')
    expect(holds(`${header}.${payload}.`)).toBe(false)
    expect(holds(`${header}.${payload}.${sessionToken().split('.')[2]}`)).toBe(false)
  })

  it('J02 refuses HS256 with the public key as the secret', () => {
    const [, payload] = sessionToken().split('.')
    const header = Buffer.from(JSON.stringify({ ...SESSION_HEADER, alg: 'HS256' }))
    const input = `${header.toString('base64url')}.${payload}`
    for (const secret of [JSON.stringify(KEYS.session.publicJwk), KEYS.session.publicJwk.n, '']) {
      const mac = createHmac('sha256', secret).update(input).digest('base64url')
      expect(holds(`${input}.${mac}`)).toBe(false)
    }
  })

  it.each([
    ['J03 jwk', { ...SESSION_HEADER, jwk: KEYS.session.publicJwk }],
    ['J03 jku', { ...SESSION_HEADER, jku: 'https://evil.example/keys' }],
    ['J04 no kid', { alg: 'RS256', typ: 'guard+jwt' }],
    ['J04 empty kid', { ...SESSION_HEADER, kid: '' }],
    ['J04 kid __proto__', { ...SESSION_HEADER, kid: '__proto__' }],
    ['J04 kid as a path', { ...SESSION_HEADER, kid: '../../dev/null' }],
    ['J04 kid as a number', { ...SESSION_HEADER, kid: 1 }],
    ['J05 crit', { ...SESSION_HEADER, crit: ['b64'], b64: false }],
    ['J12 typ of another token', { ...SESSION_HEADER, typ: 'JWT' }],
  ])('refuses a header with %s', (_, header) => {
    expect(holds(jws(header, sessionClaims()))).toBe(false)
  })

  it('J07 refuses every other way to write the same token', () => {
    const token = sessionToken()
    const [header, payload, signature] = token.split('.') as [string, string, string]
    for (const other of [
      ` ${token}`,
      `${token} `,
      `${token}=`,
      `${token}==`,
      `${token}.`,
      `${token}.x`,
      `.${token}`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}=.${signature}`,
      `${header}.${payload}`,
      `${header}..${signature}`,
      `"${token}"`,
      token.replace('.', '\n.'),
      JSON.stringify({ protected: header, payload, signature }),
    ]) {
      expect(holds(other), other).toBe(false)
    }
    const last = signature.at(-1)!
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const twin = alphabet[alphabet.indexOf(last) ^ 1]!
    expect(holds(token.slice(0, -1) + twin), 'trailing bits').toBe(false)
  })

  it.each([
    ['an array', '[]'],
    ['null', 'null'],
    ['a string', '"x"'],
    ['no JSON', 'hello'],
    ['white space', JSON.stringify(sessionClaims(), null, 1)],
    ['a duplicate member', JSON.stringify(sessionClaims()).replace('{', '{"sub":"evil",')],
    ['a byte order mark', `\ufeff${JSON.stringify(sessionClaims())}`],
  ])('J08 refuses a signed payload that is or has %s', (_, payload) => {
    expect(holds(jws(SESSION_HEADER, payload))).toBe(false)
  })

  it.each([
    ['exp missing', { exp: undefined }],
    ['exp a string', { exp: String(seconds + 60) }],
    ['exp negative', { exp: -1 }],
    ['exp a fraction', { exp: seconds + 60.5 }],
    ['exp null, as 1e400 is written', { exp: null }],
    ['exp now', { start: seconds - 60, iat: seconds - 60, exp: seconds }],
    ['J10 another aud', { aud: 'other' }],
    ['J10 an array as aud', { aud: ['0oaclient'] }],
    ['J11 another iss', { iss: 's3-okta-guard:E9' }],
    ['J14 iat in the future', { start: seconds + 61, iat: seconds + 61 }],
    ['J15 a life beyond any policy', { exp: seconds + 3601 }],
    ['J16 a start after iat', { start: seconds + 1 }],
    ['sub empty', { sub: '' }],
    ['sub missing', { sub: undefined }],
    ['sid a number', { sid: 5 }],
    ['email an object', { email: {} }],
  ])('J09 refuses %s', (_, changes) => {
    expect(holds(sessionToken(changes))).toBe(false)
  })

  it('J09 ends at exp and not before', () => {
    const token = sessionToken()
    expect(holds(token, NOW + 899_999)).toBe(true)
    expect(holds(token, NOW + 900_000)).toBe(false)
  })

  it('J15 holds to its end after the settings made the life of new ones shorter', () => {
    const config = edgeConfig({
      session: { tokenSeconds: 300, maxSeconds: 43_200, graceSeconds: 0 },
    })
    const token = sessionToken({ exp: seconds + 3600 })
    expect(holds(token, NOW, config)).toBe(true)
    expect(holds(token, NOW + 3_599_000, config)).toBe(true)
    expect(holds(token, NOW + 3_600_000, config)).toBe(false)
  })

  it('J16 ends when the longest session is over, however fresh the token', () => {
    const fresh = (start: number): string => sessionToken({ start })
    expect(holds(fresh(seconds - 43_199))).toBe(true)
    expect(holds(fresh(seconds - 43_200))).toBe(false)
  })

  it('J17 holds under any baked key, and J18 under no other', () => {
    const next = signingKey('session-2')
    const token = jws({ ...SESSION_HEADER, kid: 'session-2' }, sessionClaims(), next.privateKey)
    expect(holds(token)).toBe(false)
    const sessionKeys = [KEYS.session.publicJwk, next.publicJwk]
    expect(holds(token, NOW, edgeConfig({ sessionKeys }))).toBe(true)
  })

  it('J21 refuses a token that is too long, well signed or not', () => {
    expect(holds(sessionToken({ name: 'x'.repeat(MAX_TOKEN_LENGTH) }))).toBe(false)
  })

  it('looks at the time of a token that it has seen', () => {
    let now = NOW
    const instance = load(edgeConfig(), () => now)
    const token = sessionToken()
    expect(findSession([token], instance, now).session).toBeDefined()
    expect(instance.verified.size).toBe(1)
    now += 900_000
    expect(findSession([token], instance, now).session).toBeUndefined()
  })

  it('remembers no failure, and no more than a thousand sessions', () => {
    const instance = load(edgeConfig(), () => NOW)
    findSession(['a.b.c', `${sessionToken()}x`], instance, NOW)
    expect(instance.verified.size).toBe(0)
    for (let i = 0; i < 1000; i++) instance.verified.set(String(i), sessionClaims() as never)
    const token = sessionToken()
    expect(findSession([token], instance, NOW).session).toBeDefined()
    expect([...instance.verified.values()].map((known) => known.token)).toEqual([token])
  })

  it('takes nothing for known that is not the same token to the last character', () => {
    const instance = load(edgeConfig(), () => NOW)
    const token = sessionToken()
    expect(findSession([token], instance, NOW).session).toBeDefined()
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const claims = { ...sessionClaims(), sub: 'mallory' }
    const other = Buffer.from(JSON.stringify(claims)).toString('base64url')
    for (const forged of [`${header}.${other}.${signature}`, `x${token}`, token.slice(1)]) {
      expect(findSession([forged], instance, NOW)).toEqual({})
    }
    expect(payload).not.toBe(other)
  })

  it('C06 is found behind one of the same name that does not hold', () => {
    const instance = load(edgeConfig(), () => NOW)
    expect(findSession(['junk', sessionToken()], instance, NOW)).toBeDefined()
  })
})
