import type { CloudFrontResultResponse } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import type { EdgeConfig } from '../../src/access/edge-config.ts'
import { signInWorld } from '../helpers/edge-sign-in.ts'
import {
  cookiesSet,
  edgeConfig,
  edgeHandler,
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
import {
  cookieOf,
  encoded,
  expectRefused,
  good,
  HEADER,
  passed,
  PAYLOAD,
  SIGNATURE,
  takes,
} from './tokens.ts'

const world = signInWorld()
const seconds = NOW / 1000

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
