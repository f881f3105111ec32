import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { CloudFrontResultResponse } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import type { EdgeConfig } from '../../src/access/edge-config.ts'
import { idToken } from '../helpers/edge-cloud.ts'
import { signInWorld } from '../helpers/edge-sign-in.ts'
import {
  cookiesSet,
  edgeConfig,
  edgeEvent,
  edgeHandler,
  isPassed,
  jws,
  KEYS,
  NAVIGATION,
  NOW,
  SESSION_HEADER,
  sessionClaims,
  sessionToken,
  signingKey,
} from '../helpers/edge.ts'
import { refused } from './oracle.ts'

const world = signInWorld()
const seconds = NOW / 1000
const good = sessionToken()
const [HEADER, PAYLOAD, SIGNATURE] = good.split('.') as [string, string, string]
const claimsText = JSON.stringify(sessionClaims())

const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const cookieOf = (token: string): string => `__Host-guard=${token}`

/** A payload of any bytes, well signed. */
function signed(payload: Buffer | string, header: unknown = SESSION_HEADER): string {
  const input = `${encoded(header)}.${Buffer.from(payload).toString('base64url')}`
  const signature = sign('sha256', Buffer.from(input), KEYS.session.privateKey)
  return `${input}.${signature.toString('base64url')}`
}

/** Refused by a cold instance and by one that has just let the good token through. */
async function expectRefused(token: string, now = NOW): Promise<void> {
  for (const isWarm of [false, true]) {
    const handler = edgeHandler(edgeConfig(), () => now)
    if (isWarm) await handler(edgeEvent({ cookie: cookieOf(good) }))
    const cookie = cookieOf(token)
    await refused(handler, { uri: '/a', cookie, headers: NAVIGATION }, ['302'])
    await refused(handler, { uri: '/_guard/me', cookie }, ['401'])
  }
  expect(world.cloud.requests).toEqual([])
}

const takes = (token: string, config = edgeConfig(), now = NOW): Promise<boolean> =>
  isPassed(
    edgeHandler(config, () => now),
    { cookie: cookieOf(token) },
  )

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
    ['__proto__', claimsText.replace('{', '{"__proto__":{"sub":"evil"},')],
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

describe('the keys', () => {
  const next = signingKey('session-2')
  const byNext = jws({ ...SESSION_HEADER, kid: 'session-2' }, sessionClaims(), next.privateKey)

  it('J17 J18 pass while they are baked in, and not a version longer', async () => {
    const both = edgeConfig({ sessionKeys: [KEYS.session.publicJwk, next.publicJwk] })
    const after = edgeConfig({ sessionKeys: [next.publicJwk] })
    expect(await takes(good, both)).toBe(true)
    expect(await takes(byNext, both)).toBe(true)
    expect(await takes(byNext, after)).toBe(true)
    await expectRefused(byNext)
    await refused(edgeHandler(after), { cookie: cookieOf(good), headers: NAVIGATION }, ['302'])
    // Each name with its own key alone.
    const crossed = jws({ ...SESSION_HEADER, kid: 'session-2' }, sessionClaims())
    await refused(edgeHandler(both), { cookie: cookieOf(crossed), headers: NAVIGATION }, ['302'])
  })

  const { publicJwk } = KEYS.session
  const unsigned = `${encoded({ ...SESSION_HEADER, alg: 'none' })}.${PAYLOAD}.`
  const none = `${encoded({ alg: 'none' })}.${PAYLOAD}.`

  const exponentOne = { ...publicJwk, e: 'AQ' }

  it.each<[string, unknown]>([
    ['J19 two keys of one name', [publicJwk, { ...next.publicJwk, kid: 'session-1' }]],
    ['J19 one key twice', [publicJwk, publicJwk]],
    ['J20 an RSA key of 512 bits', [signingKey('weak', 512).publicJwk]],
    ['J20 an RSA key of 1024 bits', [signingKey('weak', 1024).publicJwk]],
    ['J20 a weak key beside a good one', [publicJwk, signingKey('weak', 1024).publicJwk]],
    ['J20 a public exponent of 1, under which a signature needs no private key', [exponentOne]],
    ['J20 a public exponent of 3', [{ ...publicJwk, e: 'Aw' }]],
    ['J24 no list', undefined],
    ['J24 null', null],
    ['J24 an empty list', []],
    ['J24 an empty key', [{}]],
    ['J24 null for a key', [null]],
    ['J24 a modulus of nothing', [{ ...publicJwk, n: '' }]],
    ['J24 a modulus that cannot be read', [{ ...publicJwk, n: '!' }]],
    ['J24 an exponent of nothing', [{ ...publicJwk, e: '' }]],
    ['J24 no name', [{ ...publicJwk, kid: undefined }]],
  ])('%s: the guard answers 503 and lets nobody through', async (_, sessionKeys) => {
    const config = { ...edgeConfig(), sessionKeys } as EdgeConfig
    for (const token of [good, unsigned, none, '']) {
      await refused(edgeHandler(config), { cookie: cookieOf(token), headers: NAVIGATION }, ['503'])
    }
  })

  it.each([
    ['nothing', {}],
    ['no parameter', { Parameters: [] }],
    ['an empty parameter', { Parameters: [{ Name: '/test/keys/seal', Value: '' }] }],
    ['no JSON', { Parameters: [{ Name: '/test/keys/seal', Value: 'x' }] }],
    [
      'empty rings',
      {
        Parameters: ['session', 'client', 'seal'].map((ring) => ({
          Name: `/test/keys/${ring}`,
          Value: '{"version":1,"keys":[]}',
        })),
      },
    ],
  ])('J24 of SSM with %s begin and end no sign-in', async (_, answer) => {
    const begun = await world.begin()
    world.cloud.ssm = { body: JSON.stringify(answer) }
    const blind = world.instance()
    await refused(blind, { uri: '/_guard/login', headers: NAVIGATION }, ['503'])
    const input = {
      uri: '/_guard/callback',
      querystring: String(new URLSearchParams({ code: 'CANARY-code', state: begun.state })),
      cookie: begun.cookie,
      headers: NAVIGATION,
    }
    await refused(blind, input, ['503'])
    await refused(blind, { cookie: cookieOf(none), headers: NAVIGATION }, ['302'])
    expect(world.asked('/oauth2/v1/token')).toBe(0)
  })
})

describe('J22 a sealed cookie', () => {
  const begunOf = (response: CloudFrontResultResponse): [string, string] =>
    [...cookiesSet(response)].find(([, value]) => value !== '')!

  it('J22 is refused with any byte changed, cut, or moved to another use', async () => {
    const begun = await world.begin()
    const [name, value] = begunOf(begun.response)
    const [kid = '', text = ''] = value.split('.')
    const bytes = Buffer.from(text, 'base64url')
    const altered = [...bytes.keys()].map((at) => {
      const copy = Buffer.from(bytes)
      copy[at]! ^= 1
      return copy
    })
    altered.push(bytes.subarray(1), bytes.subarray(0, -1), bytes.subarray(0, 28), Buffer.alloc(0))
    const values = altered.map((copy) => `${kid}.${copy.toString('base64url')}`)
    values.push(text, `.${text}`, `seal-2.${text}`, `__proto__.${text}`, `${value}=`, `${value}.`)
    for (const changed of values) {
      const cookie = `${name}=${changed}`
      const response = await world.back(begun, {}, { cookie })
      expect(response.status).toBe('400')
      expect(cookiesSet(response).get('__Host-guard')).toBeUndefined()
    }
    expect(world.asked('/oauth2/v1/token')).toBe(0)
  })

  it('J22 never uses a nonce twice', async () => {
    const nonces = new Set<string>()
    for (let count = 0; count < 200; count++) {
      const [, value] = begunOf((await world.begin()).response)
      const nonce = Buffer.from(value.split('.')[1]!, 'base64url').subarray(0, 12)
      nonces.add(nonce.toString('hex'))
    }
    expect(nonces.size).toBe(200)
  })
})

describe('a token that was good', () => {
  /** Whether a warm instance lets any of them through. */
  async function passed(tokens: Iterable<string>): Promise<string[]> {
    const handler = edgeHandler(edgeConfig())
    await handler(edgeEvent({ cookie: cookieOf(good) }))
    const through: string[] = []
    for (const token of tokens) {
      const result = await handler(edgeEvent({ cookie: cookieOf(token), headers: NAVIGATION }))
      if (!result || !('status' in result) || result.status !== '302') through.push(token)
    }
    return through
  }

  it('J25 passes with none of its bits turned', async () => {
    function* flips(): Generator<string> {
      for (let at = 0; at < good.length; at++) {
        for (let bit = 0; bit < 8; bit++) {
          const turned = String.fromCharCode(good.charCodeAt(at) ^ (1 << bit))
          yield good.slice(0, at) + turned + good.slice(at + 1)
        }
      }
    }
    expect(await passed(flips())).toEqual([])
  })

  it('J26 passes with its header or payload on no other token', async () => {
    const other = sessionToken({ sub: '00u2', sid: 'sid-2' }).split('.')
    const parts = [[HEADER, PAYLOAD, SIGNATURE], other]
    const splices: string[] = []
    for (const a of [0, 1]) {
      for (const b of [0, 1]) {
        for (const c of [0, 1]) splices.push(`${parts[a]![0]}.${parts[b]![1]}.${parts[c]![2]}`)
      }
    }
    const whole = [good, other.join('.')]
    expect(await passed(splices.filter((token) => !whole.includes(token)))).toEqual([])
  })

  it('J26 passes after none of 100,000 mutations', async () => {
    const other = sessionToken({ sub: '00u2', sid: 'sid-2', exp: seconds + 600 })
    const pool = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ;,"%'
    let seed = 0x2545f491
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    function mutated(): string {
      const at = random(good.length)
      const character = pool[random(pool.length)]!
      switch (random(5)) {
        case 0:
          return good.slice(0, at) + character + good.slice(at + 1)
        case 1:
          return good.slice(0, at) + character + good.slice(at)
        case 2:
          return good.slice(0, at) + good.slice(at + 1 + random(8))
        case 3:
          return good.slice(0, at) + other.slice(random(other.length))
        default:
          return good.slice(0, at) + other.slice(at)
      }
    }
    /** What a browser's cookie of this text comes to: RFC 6265, section 5.4. */
    const asCookie = (token: string): string => token.split(';', 1)[0]!.trim()
    function* mutations(): Generator<string> {
      for (let count = 0; count < 100_000; count++) {
        const token = mutated()
        if (asCookie(token) !== good && asCookie(token) !== other) yield token
      }
    }
    expect(await passed(mutations())).toEqual([])
  })
})
