import { beforeEach, describe, expect, it } from 'vitest'
import { cookiesSet, headerOf, isPassed, KEYS, NOW, ORIGIN } from '../helpers/edge.ts'
import { signInWorld } from '../helpers/edge-sign-in.ts'
import { configuredFor, rs256, signInAt, startHostileOkta } from '../helpers/hostile-okta.ts'
import type { Breach, HostileOkta } from '../helpers/hostile-okta.ts'
import { BAD_ID_TOKENS, BAD_KEY_SETS, GOOD_KEY_SETS, NEXT, publishes } from './breaches.ts'
import { expectRefusal } from './refusal.ts'

const world = signInWorld()
let okta: HostileOkta
const KEYS_PATH = '/oauth2/v1/keys'

beforeEach(async () => {
  okta = await startHostileOkta()
  world.handler = world.instance(configuredFor(okta, world.configured()))
})

const attempt = async (breach: Breach = {}) => {
  okta.breach = breach
  return (await signInAt(world.handler, okta)).response
}

/** Signed in, and the gate agrees. */
async function expectSession(breach: Breach): Promise<void> {
  const response = await attempt(breach)
  expect(response.status, world.logged.join()).toBe('303')
  expect(headerOf(response, 'location')).toBe(`${ORIGIN}/`)
  const cookie = `__Host-guard=${cookiesSet(response).get('__Host-guard')}`
  expect(await isPassed(world.handler, { cookie })).toBe(true)
  expect(okta.complaints).toEqual([])
}

describe('the ID token', () => {
  it.each<[string, Breach]>([
    ['T03 RS256 by the key it names', {}],
    ['T13 no kid, one key', { header: { kid: undefined } }],
    ['T08 a list of us alone', { claims: { aud: ['0oaclient'] } }],
    ['T08 azp us', { claims: { azp: '0oaclient' } }],
    ['T08 us and others, azp us', { claims: { aud: ['other', '0oaclient'], azp: '0oaclient' } }],
    ['T12 a subject of 255 characters', { claims: { sub: 'x'.repeat(255) } }],
    ['T22 no at_hash', { claims: { at_hash: undefined } }],
    ['T26 no e-mail, no name', { claims: { email: undefined, name: undefined } }],
    ['T26 e-mail and name of other types', { claims: { email: [], name: {} } }],
    ['T29 a minute late', { claims: { exp: NOW / 1000 - 59, iat: NOW / 1000 - 500 } }],
    ['T29 a minute early', { claims: { iat: NOW / 1000 + 58, nbf: NOW / 1000 + 58 } }],
    ['O20 a token type in capitals', { response: { token_type: 'BEARER' } }],
  ])('%s is taken', async (_, breach) => expectSession(breach))

  it.each(BAD_ID_TOKENS)('%s is refused', async (_, breach) => {
    const keys = [KEYS.okta.publicJwk, { ...NEXT.publicJwk, kid: 'okta-9' }]
    const config = configuredFor(okta, world.configured())
    world.handler = world.instance({ ...config, okta: { ...config.okta, keys } })
    // A key that is not published yet says nothing against the token; it is no session either.
    const isKeyUnknown = breach.header?.kid === 'okta-2'
    expectRefusal(await attempt(breach), isKeyUnknown ? '503' : '502')
    expect(world.lastReason()).toMatch(
      isKeyUnknown ? /^okta-unavailable: unknown key$/ : /^(id-token|okta-answer)/,
    )
    expect(okta.complaints).toEqual([])
    expect(okta.seen.some(({ url }) => url.includes('CANARY-jku'))).toBe(false)
  })

  it('T10 is refused when its nonce is that of the sign-in before', async () => {
    const first = await signInAt(world.handler, okta)
    const nonce = first.authorize.searchParams.get('nonce')
    expect(first.response.status).toBe('303')
    expectRefusal(await attempt({ claims: { nonce } }), '502')
  })

  it('T07 is refused where another app of the same org asked for it', async () => {
    expectRefusal(await attempt({ claims: { aud: '0oaother', azp: '0oaother' } }), '502')
  })

  it('T30 makes a user by sub: one address, two subjects, two users', async () => {
    const subjects = []
    for (const sub of ['00u1', '00u2']) {
      const response = await attempt({ claims: { sub, email: 'same@example.com' } })
      const payload = cookiesSet(response).get('__Host-guard')!.split('.')[1]!
      subjects.push((JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims).sub)
    }
    expect(subjects).toEqual(['00u1', '00u2'])
  })
})

describe("Okta's keys", () => {
  const fresh = { header: { kid: 'okta-2' }, signature: rs256(NEXT.privateKey) }

  it.each(GOOD_KEY_SETS)('%s is found by asking once', async (_, breach) => {
    await expectSession(breach)
    expect(okta.asked(KEYS_PATH)).toBe(1)
  })

  it.each(BAD_KEY_SETS)('%s is of no use, and nobody is signed in', async (_, breach) => {
    expectRefusal(await attempt(breach), /^50[23]$/)
    expect(okta.asked(KEYS_PATH)).toBe(1)
    expect(okta.seen.some(({ url }) => url.includes('elsewhere'))).toBe(false)
  })

  it('T16 may rotate between two sign-ins', async () => {
    await expectSession({})
    await expectSession({ ...fresh, ...publishes(NEXT.publicJwk) })
    await expectSession({ ...fresh, ...publishes(NEXT.publicJwk) })
    expect(okta.asked(KEYS_PATH)).toBe(1)
  })

  it('T17 are asked for once a minute, however many unknown kids come', async () => {
    for (let i = 0; i < 10; i++) {
      expectRefusal(await attempt({ ...fresh, header: { kid: `unknown-${i}` } }), '503')
    }
    expect(okta.asked(KEYS_PATH)).toBe(1)
    await expectSession({})
  })

  it('T18 of old go on serving when the new ones are of no use', async () => {
    for (const [, breach] of BAD_KEY_SETS.slice(0, 4)) {
      expectRefusal(await attempt(breach), /^50[23]$/)
      await expectSession({})
      world.now += 60_000
    }
  })

  it('T19 are asked for at their configured https address or not at all', async () => {
    const config = configuredFor(okta, world.configured())
    const elsewhere = { ...config.okta, jwksUri: 'http://keys.example/keys' }
    world.handler = world.instance({ ...config, okta: elsewhere })
    expectRefusal(await attempt({ ...fresh, ...publishes(NEXT.publicJwk) }), '503')
    expect(okta.asked(KEYS_PATH)).toBe(0)
  })

  it('T20 T24 the way needs no discovery, and no userinfo where no rule needs it', async () => {
    await expectSession({})
    const paths = new Set(okta.seen.map(({ url }) => url.split('?', 1)[0]))
    expect([...paths]).toEqual(['/oauth2/v1/authorize', '/oauth2/v1/token'])
  })
})

interface Claims {
  sub: string
}
