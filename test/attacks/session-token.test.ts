import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { idToken } from '../helpers/edge-cloud.ts'
import { signInWorld } from '../helpers/edge-sign-in.ts'
import {
  ask,
  cookiesSet,
  edgeConfig,
  edgeHandler,
  jws,
  KEYS,
  NOW,
  SESSION_HEADER,
  sessionClaims,
  sessionToken,
  signingKey,
  NAVIGATION,
} from '../helpers/edge.ts'
import { refused } from './oracle.ts'
import {
  claimsText,
  cookieOf,
  encoded,
  expectRefused,
  good,
  HEADER,
  PAYLOAD,
  SIGNATURE,
  signed,
  takes,
} from './tokens.ts'

const world = signInWorld()
const seconds = NOW / 1000

describe('the signature', () => {
  it('is what the others lack: the good token passes', async () => {
    expect(await takes(good)).toBe(true)
    expect(await takes(signed(claimsText))).toBe(true)
  })

  it.each(['none', 'None', 'NONE', 'nOnE', 'none ', '', null, undefined])(
    'J01 alg %j',
    async (alg) => {
      for (const header of [{ ...SESSION_HEADER, alg }, { alg }, { alg, typ: 'JWT' }]) {
        for (const signature of ['', SIGNATURE, encoded('x')]) {
          await expectRefused(`${encoded(header)}.${PAYLOAD}.${signature}`)
        }
        await expectRefused(`${encoded(header)}.${PAYLOAD}`)
      }
      await expectRefused(`${HEADER}.${PAYLOAD}.`)
      await expectRefused(`${HEADER}.${PAYLOAD}`)
    },
  )

  it.each(['HS256', 'HS384', 'HS512'])('J02 %s with a public key as the secret', async (alg) => {
    const key = createPublicKey({ key: KEYS.session.publicJwk as never, format: 'jwk' })
    const { n, e, kty } = KEYS.session.publicJwk
    for (const secret of [
      key.export({ type: 'spki', format: 'pem' }),
      key.export({ type: 'spki', format: 'pem' }).toString().trim(),
      key.export({ type: 'pkcs1', format: 'pem' }),
      key.export({ type: 'spki', format: 'der' }),
      JSON.stringify(KEYS.session.publicJwk),
      JSON.stringify({ e, kty, n }),
      n,
      Buffer.from(n, 'base64url'),
      '',
    ]) {
      for (const header of [{ ...SESSION_HEADER, alg }, SESSION_HEADER]) {
        const input = `${encoded(header)}.${PAYLOAD}`
        const mac = createHmac(alg.replace('HS', 'sha'), secret).update(input).digest('base64url')
        await expectRefused(`${input}.${mac}`)
      }
    }
  })

  it('J03 by a key that the header brings or points to', async () => {
    const own = signingKey('session-1')
    for (const extra of [
      { jwk: own.publicJwk },
      { jku: `${world.cloud.url}/keys` },
      { x5u: `${world.cloud.url}/chain` },
      { x5c: ['MIIB'] },
      { jwk: own.publicJwk, kid: 'own' },
      { jku: `${world.cloud.url}/keys`, kid: 'own' },
    ]) {
      await expectRefused(jws({ ...SESSION_HEADER, ...extra }, sessionClaims(), own.privateKey))
      await expectRefused(jws({ ...SESSION_HEADER, ...extra }, sessionClaims()))
    }
    expect(world.cloud.requests).toEqual([])
  })

  it.each([
    undefined,
    '',
    'unknown',
    '../../dev/null',
    '/etc/passwd',
    "x' UNION SELECT 'key'--",
    'x'.repeat(10_000),
    '__proto__',
    'constructor',
    'session-1 ',
    'SESSION-1',
    'session-1\0',
    1,
    0,
    null,
    true,
    {},
    ['session-1'],
  ])('J04 under the kid %j', async (kid) => {
    await expectRefused(jws({ ...SESSION_HEADER, kid }, sessionClaims()))
  })

  it.each([
    { crit: ['exp'] },
    { crit: ['b64'], b64: false },
    { crit: [] },
    { crit: ['urn:x'], 'urn:x': 1 },
    { b64: false },
  ])('J05 with %j in its header', async (extra) => {
    await expectRefused(jws({ ...SESSION_HEADER, ...extra }, sessionClaims()))
    await expectRefused(jws({ ...extra, ...SESSION_HEADER }, sessionClaims()))
  })

  it('J06 of nothing, of the wrong length, or in the form of another algorithm', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const der = sign('sha256', Buffer.from(`${HEADER}.${PAYLOAD}`), privateKey)
    const bytes = Buffer.from(SIGNATURE, 'base64url')
    for (const signature of [
      Buffer.alloc(64),
      Buffer.alloc(256),
      Buffer.alloc(256, 0xff),
      Buffer.from([0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00]),
      der,
      bytes.subarray(1),
      bytes.subarray(0, -1),
      Buffer.concat([bytes, Buffer.alloc(1)]),
      Buffer.concat([Buffer.alloc(1), bytes]),
      Buffer.concat([bytes, bytes]),
    ]) {
      for (const alg of ['RS256', 'ES256', 'PS256', 'RS512']) {
        const header = encoded({ ...SESSION_HEADER, alg })
        await expectRefused(`${header}.${PAYLOAD}.${signature.toString('base64url')}`)
      }
    }
  })
})

describe('the form', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const lastBit = (part: string): string =>
    part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1)!) ^ 1]!
  // Of 256 bytes the last character carries two bits and four unused ones.
  const trailingBits = good.slice(0, -1) + alphabet[alphabet.indexOf(good.at(-1)!) ^ 8]!

  it.each([
    `${good}=`,
    `${good}==`,
    `${HEADER}=.${PAYLOAD}.${SIGNATURE}`,
    `${HEADER}.${PAYLOAD}=.${SIGNATURE}`,
    good.replaceAll('-', '+').replaceAll('_', '/'),
    `${HEADER}.${PAYLOAD}.${Buffer.from(SIGNATURE, 'base64url').toString('base64')}`,
    trailingBits,
    lastBit(good),
    `${HEADER}.${lastBit(PAYLOAD)}.${SIGNATURE}`,
    `${lastBit(HEADER)}.${PAYLOAD}.${SIGNATURE}`,
    `${good}.`,
    `${good}..`,
    `${good}.x`,
    `${good}.x.y`,
    `.${good}`,
    `${HEADER}.${PAYLOAD}`,
    `${HEADER}..${SIGNATURE}`,
    `.${PAYLOAD}.${SIGNATURE}`,
    HEADER,
    '',
    '..',
    '...',
    `${HEADER}.${PAYLOAD} .${SIGNATURE}`,
    `${HEADER}. ${PAYLOAD}.${SIGNATURE}`,
    `${HEADER}\n.${PAYLOAD}.${SIGNATURE}`,
    `${HEADER}.${PAYLOAD}.${SIGNATURE}\0`,
    `"${good}"`,
    encodeURIComponent(good).replaceAll('.', '%2E'),
    JSON.stringify({ payload: PAYLOAD, protected: HEADER, signature: SIGNATURE }),
    encoded(good),
    `Bearer ${good}`,
  ])('J07 written otherwise, case %#', async (token) => {
    expect(token).not.toBe(good)
    await expectRefused(token)
  })

  it.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['an array', '[]'],
    ['an array of claims', `[${claimsText}]`],
    ['null', 'null'],
    ['a string', JSON.stringify(claimsText)],
    ['a number', '1'],
    ['sub twice', claimsText.replace('{', '{"sub":"evil",')],
    ['exp twice', claimsText.replace('}', ',"exp":99999999999}')],
    ['__proto__ alone', `{"__proto__":${claimsText}}`],
    ['a byte order mark', `\ufeff${claimsText}`],
    ['white space', `${claimsText} `],
    ['a second value', `${claimsText}{}`],
    ['bad UTF-8', Buffer.from(claimsText.replace('Ada', '\xff\xfe'), 'latin1')],
    ['a bare surrogate', Buffer.from(claimsText.replace('Ada', '\xed\xa0\x80'), 'latin1')],
    ['an overlong NUL', Buffer.from(claimsText.replace('Ada', '\xc0\x80'), 'latin1')],
    ['an escaped name', claimsText.replace('"sub"', '"\\u0073ub"')],
  ])('J08 with %s for a payload, well signed', async (_, payload) => {
    await expectRefused(signed(payload))
  })

  it('J08 says no more than its own claims with a __proto__ among them, well signed', async () => {
    const evil = '{"sub":"evil","email":"evil@example.com","groups":["admins"]}'
    const token = signed(claimsText.replace('{', `{"__proto__":${evil},`))
    const access = { public: [], rules: [{ paths: ['/*'], allow: { groups: ['admins'] } }] }
    const handler = edgeHandler(edgeConfig({ access: { revision: 1, ...access } }))
    const me = await ask(handler, { uri: '/_guard/me', cookie: cookieOf(token) })
    expect(JSON.parse(me.body!)).toMatchObject({ sub: '00u1', email: 'ada@example.com' })
    expect(me.body).not.toMatch(/evil|admins/)
    await refused(handler, { uri: '/a', cookie: cookieOf(token), headers: NAVIGATION }, ['403'])
  })

  it('J21 too long, or compressed', async () => {
    await expectRefused(sessionToken({ name: 'x'.repeat(20_000) }))
    await expectRefused(`${good}${'x'.repeat(20_000)}`)
    await expectRefused('.'.repeat(20_000))
    for (const zip of ['DEF', 'GZIP']) {
      await expectRefused(jws({ ...SESSION_HEADER, zip }, sessionClaims()))
    }
  })
})

describe('the claims', () => {
  const raw = (member: string, value: string): string =>
    signed(claimsText.replace(new RegExp(`"${member}":[^,}]*`), `"${member}":${value}`))

  it.each([
    '"1e12"',
    '""',
    '-1',
    '0',
    '1e400',
    '-1e400',
    'NaN',
    'Infinity',
    'null',
    'true',
    '[]',
    '{}',
  ])('J09 exp %s', async (value) => {
    await expectRefused(raw('exp', value))
  })

  it('J09 no exp, a fraction, and exp at this very second', async () => {
    await expectRefused(sessionToken({ exp: undefined }))
    await expectRefused(sessionToken({ exp: seconds + 60.5 }))
    await expectRefused(sessionToken({ start: 1, iat: seconds - 60, exp: seconds }))
    await expectRefused(good, NOW + 900_000)
    expect(await takes(good, edgeConfig(), NOW + 899_999)).toBe(true)
  })

  it.each([
    'other',
    '0oaclientX',
    '0OACLIENT',
    '',
    undefined,
    null,
    ['0oaclient'],
    ['0oaclient', 'x'],
    {},
  ])('J10 aud %j: another deployment with the same key', async (aud) => {
    await expectRefused(sessionToken({ aud }))
  })

  it.each([
    's3-okta-guard:E9',
    's3-okta-guard:',
    's3-okta-guard',
    'E2TEST',
    '',
    undefined,
    null,
    'https://acme.okta.example',
  ])('J11 iss %j', async (iss) => {
    await expectRefused(sessionToken({ iss }))
  })

  it('J12 of a token that Okta issued', async () => {
    const okta = (header: unknown): string => idToken('https://acme.okta.example', 'n', {}, header)
    await expectRefused(okta({ alg: 'RS256', kid: 'okta-1' }))
    await expectRefused(okta(SESSION_HEADER))
    // Even signed by our own key: another issuer, and another type.
    await expectRefused(jws({ alg: 'RS256', kid: 'session-1' }, sessionClaims()))
    for (const typ of ['JWT', 'at+jwt', 'guard+JWT', 'application/guard+jwt', undefined]) {
      await expectRefused(jws({ ...SESSION_HEADER, typ }, sessionClaims()))
    }
  })

  it('J13 in what the guard has sealed', async () => {
    const begun = await world.begin()
    const done = await world.signedIn()
    const sealed = [begun.cookie.split('=')[1]!]
    for (const [name, value] of cookiesSet(done)) if (name !== '__Host-guard') sealed.push(value)
    expect(sealed.filter((value) => value.startsWith('seal-1.'))).toHaveLength(3)
    world.cloud.requests.length = 0
    for (const value of sealed) await expectRefused(value)
  })

  it('J14 iat beyond a minute ahead', async () => {
    await expectRefused(sessionToken({ start: seconds + 61, iat: seconds + 61 }))
    await expectRefused(sessionToken({ iat: seconds + 86_400, exp: seconds + 87_000 }))
    expect(await takes(sessionToken({ iat: seconds + 59 }))).toBe(true)
    await expectRefused(sessionToken({ iat: undefined }))
    await expectRefused(sessionToken({ iat: String(seconds) }))
  })

  it('J15 a life longer than any setting allows', async () => {
    await expectRefused(sessionToken({ exp: seconds + 3601 }))
    await expectRefused(sessionToken({ exp: Number.MAX_SAFE_INTEGER }))
  })

  it('J16 a session older than its longest life, however fresh the token', async () => {
    await expectRefused(sessionToken({ start: seconds - 43_200 }))
    await expectRefused(sessionToken({ start: 0 }))
    for (const start of [-1, 1.5, '1', null, undefined, seconds + 1]) {
      await expectRefused(sessionToken({ start }))
    }
  })
})
