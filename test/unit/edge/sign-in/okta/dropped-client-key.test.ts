import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cookiesSet, KEYS } from '../../../../helpers/edge.ts'
import { idToken, tokenAnswer } from '../../../../helpers/edge-cloud.ts'
import type { Answer } from '../../../../helpers/edge-cloud.ts'
import { signInWorld } from '../../../../helpers/edge-sign-in.ts'

const world = signInWorld()
const CLIENT = '/test/keys/client'
const REFUSED: Answer = { status: 401, body: '{"error":"invalid_client"}' }

/** The key ids that the token endpoint was shown, in order. */
function shown(): string[] {
  return world.cloud.requests
    .filter(({ path }) => path === '/oauth2/v1/token')
    .map(({ body }) => {
      const assertion = new URLSearchParams(body).get('client_assertion') ?? ''
      const header = Buffer.from(assertion.split('.')[0] ?? '', 'base64url').toString()
      return (JSON.parse(header) as { kid: string }).kid
    })
}

/** Okta takes one key alone. */
function accepts(kid: string, answer: Answer): void {
  Object.defineProperty(world.cloud, 'token', {
    configurable: true,
    get: () => (shown().at(-1) === kid ? answer : REFUSED),
  })
}

function promote(kid: string): void {
  const key = KEYS.client.privateJwk
  world.cloud.parameters[CLIENT] = JSON.stringify({ version: 1, keys: [{ kid, key }] })
}

describe('B49 a client key that Okta has dropped', () => {
  let before: string
  beforeEach(() => {
    before = world.cloud.parameters[CLIENT] ?? ''
  })
  afterEach(() => {
    world.cloud.parameters[CLIENT] = before
    Object.defineProperty(world.cloud, 'token', {
      configurable: true,
      writable: true,
      value: undefined,
    })
  })

  it('is read again from SSM, and the sign-in goes on with the one in its place', async () => {
    const begun = await world.begin()
    promote('client-2')
    accepts('client-2', tokenAnswer(idToken(world.cloud.url, begun.nonce)))
    world.now += 30_000
    const response = await world.back(begun)
    expect(response.status).toBe('303')
    expect(cookiesSet(response).get('__Host-guard')).toBeTruthy()
    expect(shown()).toEqual(['client-1', 'client-2'])
    expect(world.asked('/')).toBe(2)
  })

  it('ends the sign-in where SSM holds nothing else, and SSM is asked once a minute', async () => {
    accepts('client-2', {})
    for (let count = 0; count < 3; count++) {
      const begun = await world.begin()
      world.now += 10_000
      expect((await world.back(begun)).status).toBe('502')
    }
    expect(shown()).toEqual(['client-1', 'client-1', 'client-1'])
    expect(world.asked('/')).toBe(2)
    expect(world.lastReason()).toBe('okta-refused: invalid_client')
  })

  it('is not read again in the request that has just read it', async () => {
    accepts('client-2', {})
    const begun = await world.begin()
    expect((await world.back(begun)).status).toBe('502')
    expect(world.asked('/')).toBe(1)
  })

  it('goes through one more key at the most', async () => {
    const begun = await world.begin()
    promote('client-2')
    accepts('client-3', {})
    world.now += 30_000
    expect((await world.back(begun)).status).toBe('502')
    expect(shown()).toEqual(['client-1', 'client-2'])
  })

  it('is found out again while strangers use up the reads for unknown seal keys', async () => {
    const begun = await world.begin()
    const name = begun.cookie.split('=')[0] ?? ''
    world.now += 10_000
    await world.back(begun, {}, { cookie: `${name}=seal-9.AAAA` })
    promote('client-2')
    accepts('client-2', tokenAnswer(idToken(world.cloud.url, begun.nonce)))
    world.now += 10_000
    expect((await world.back(begun)).status).toBe('303')
  })
})
