import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readBasic } from '../helpers/basic-authentication.ts'
import { ask, KEYS, NAVIGATION } from '../helpers/edge.ts'
import { refreshWorld, REVOKE_PATH, SESSION, TOKEN_PATH } from '../helpers/edge-refresh.ts'
import { expectLegal } from './oracle.ts'
import { expectRefusal } from './refusal.ts'

const edge = refreshWorld()
const { world } = edge
const CLIENT = '/test/keys/client'
const SECRET = 'CANARY-secret-1'
const OWN = { headers: { ...NAVIGATION, 'sec-fetch-site': 'same-origin' } }

/** What SSM holds for the client from now on. */
function store(...keys: { kid: string; key: unknown }[]): void {
  world.cloud.parameters[CLIENT] = JSON.stringify({ version: 1, keys })
}

/** The secrets that an endpoint was shown, in order. */
function shown(path: string): (string | undefined)[] {
  return edge.okta.seen
    .filter(({ url }) => url === path)
    .map(({ headers }) => readBasic(headers.authorization)?.[1])
}

let before: string
beforeEach(() => {
  before = world.cloud.parameters[CLIENT]!
  store({ kid: 'secret-1', key: SECRET })
  edge.okta.secrets = [SECRET]
})
afterEach(() => {
  world.cloud.parameters[CLIENT] = before
  for (const line of world.logged) expect(line).not.toMatch(/secret-\d|Basic/)
})

describe('an app with a client secret', () => {
  it.each([
    'a:b:c',
    '100%',
    '%41%zz%',
    'a+b c',
    ' leading and trailing ',
    '&client_id=other#?=',
    '-._~!*\'()"\\',
    'päßwört-秘密-🔑',
    'x'.repeat(4000),
  ])('T27 signs in, refreshes and revokes with %j', async (odd) => {
    const secret = `CANARY${odd}`
    store({ kid: 'secret-1', key: secret })
    edge.okta.secrets = [secret]
    const browser = await edge.expired()
    expect((await browser.open('/a')).response).toBeUndefined()
    expect(edge.okta.refreshed()).toBe(1)
    expect((await browser.ask('/_guard/logout', OWN))!.status).toBe('302')
    expect([...shown(TOKEN_PATH), ...shown(REVOKE_PATH)]).toEqual([secret, secret])
    expect(edge.okta.complaints).toEqual([])
    for (const { body, url } of edge.okta.seen) expect(body + url).not.toContain('client_')
  })

  it('T27 sends the letters of an Okta secret as they are, for a server that decodes nothing', async () => {
    const secret = 'CANARY_dEf-0123456789.xYz*'
    store({ kid: 'secret-1', key: secret })
    edge.okta.secrets = [secret]
    await edge.browser().open('/a')
    const { headers } = edge.okta.seen.find(({ url }) => url === TOKEN_PATH)!
    const sent = `0oaclient:${secret}`
    expect(headers.authorization).toBe(`Basic ${Buffer.from(sent).toString('base64')}`)
  })

  it('is the first key of its ring that counts, be it a secret or a private key', async () => {
    const jwk = { kid: 'client-1', key: KEYS.client.privateJwk }
    store({ kid: 'secret-1', key: SECRET }, jwk)
    expect((await edge.browser().open('/a')).response).toBeUndefined()
    store(jwk, { kid: 'secret-1', key: SECRET })
    delete edge.okta.secrets
    world.handler = edge.edge()
    expect((await edge.browser().open('/a')).response).toBeUndefined()
    expect(edge.okta.seen.at(-1)!.body).toContain('client_assertion=')
    expect(edge.okta.seen.at(-1)!.headers).not.toHaveProperty('authorization')
  })

  it.each([[''], [null], [7], [[SECRET]], [{ secret: SECRET }], [undefined]])(
    'J24 is a page where the secret is %j: nobody signs in without one',
    async (key) => {
      store({ kid: 'secret-1', key })
      expectRefusal(await ask(world.handler, { uri: '/_guard/login' }), '503')
      expect(edge.okta.seen).toEqual([])
    },
  )
})

describe.each(['secret-1', 'secret-2'])('a secret that was rotated while warm, now %s', (kid) => {
  const rotate = (): void => {
    store({ kid, key: 'CANARY-secret-2' })
    edge.okta.secrets = ['CANARY-secret-2']
    edge.okta.seen.length = 0
    world.now += 30_000
  }
  const BOTH = [SECRET, 'CANARY-secret-2']

  it.each(['{"error":"invalid_client"}', ''])(
    'T27 B49 is read again for a sign-in (a 401 of %j), once',
    async (refusal) => {
      edge.okta.refusal = refusal
      await edge.browser().open('/a')
      rotate()
      expect((await edge.browser().open('/a')).response).toBeUndefined()
      expect(shown(TOKEN_PATH)).toEqual(BOTH)
      expect((await edge.browser().open('/a')).response).toBeUndefined()
      expect(shown(TOKEN_PATH)).toEqual([...BOTH, 'CANARY-secret-2'])
      expect(world.asked('/')).toBe(2)
    },
  )

  it('B49 is read again for a refresh, and nobody signs in', async () => {
    const browser = await edge.expired()
    world.handler = edge.edge()
    await edge.browser().open('/a')
    rotate()
    const { response, sawOkta } = await browser.open('/a')
    expect([response, sawOkta]).toEqual([undefined, false])
    expect(shown(TOKEN_PATH)).toEqual(BOTH)
  })

  it('B49 is read again for a revocation', async () => {
    const browser = edge.browser()
    await browser.open('/a')
    rotate()
    expect((await browser.ask('/_guard/logout', OWN))!.status).toBe('302')
    expect(shown(REVOKE_PATH)).toEqual(BOTH)
    expect(world.logged.join()).not.toContain('not revoked')
  })
})

describe('a secret that Okta does not take', () => {
  beforeEach(() => {
    edge.okta.secrets = ['CANARY-another']
  })

  it.each(['{"error":"invalid_client","error_description":"CANARY"}', '', '<html>CANARY</html>'])(
    'T27 is the page that says so (a 401 of %j), with no loop and no storm at SSM',
    async (refusal) => {
      edge.okta.refusal = refusal
      for (let count = 1; count <= 3; count++) {
        const { response, trail } = await edge.browser().open('/a')
        expectRefusal(response!, '502')
        expect(response!.body).toContain('Okta did not accept this site')
        expect(response!.headers).not.toHaveProperty('location')
        expect(trail).toHaveLength(3)
        expect(edge.okta.asked(TOKEN_PATH)).toBe(count)
        expect(world.lastReason()).toBe('okta-refused: invalid_client')
        world.now += 10_000
      }
      expect(world.asked('/')).toBe(2)
    },
  )

  it('T27 F10 takes no session away at a refresh, and gives none', async () => {
    edge.okta.secrets = [SECRET]
    const browser = await edge.expired()
    const jar = new Map(browser.jar)
    edge.okta.secrets = ['CANARY-another']
    const { response, trail } = await browser.open('/a')
    expectLegal(response!)
    expect(response!.status).toBe('502')
    expect(trail).toHaveLength(2)
    expect(JSON.stringify(response)).not.toMatch(/CANARY|secret-1/)
    expect(browser.jar).toEqual(jar)
  })

  it('T27 V09 signs out here all the same, and the log says what stayed', async () => {
    edge.okta.secrets = [SECRET]
    const browser = edge.browser()
    await browser.open('/a')
    edge.okta.secrets = ['CANARY-another']
    expect((await browser.ask('/_guard/logout', OWN))!.status).toBe('302')
    expect(browser.jar.has(SESSION)).toBe(false)
    expect(world.lastReason()).toBe('refresh token not revoked: okta-refused: invalid_client')
  })
})
