import { beforeEach, describe, expect, it } from 'vitest'
import { ask, cookiesSet, edgeEvent, headerOf, NAVIGATION, ORIGIN } from '../helpers/edge.ts'
import type { EventInput } from '../helpers/edge.ts'
import { signInWorld } from '../helpers/edge-sign-in.ts'
import type { Begun } from '../helpers/edge-sign-in.ts'
import { configuredFor, signInAt, startHostileOkta } from '../helpers/hostile-okta.ts'
import type { HostileOkta } from '../helpers/hostile-okta.ts'
import { BAD_ANSWERS } from './breaches.ts'
import { expectLegal } from './oracle.ts'
import { expectRefusal } from './refusal.ts'

const world = signInWorld()
let okta: HostileOkta
const TOKEN_PATH = '/oauth2/v1/token'

beforeEach(async () => {
  okta = await startHostileOkta()
  world.handler = world.instance(configuredFor(okta, world.configured()))
})

const callback = (querystring: string, cookie: string, more: EventInput = {}) =>
  ask(world.handler, {
    uri: '/_guard/callback',
    querystring,
    cookie,
    headers: { ...NAVIGATION, 'sec-fetch-site': 'cross-site' },
    ...more,
  })

/** One browser at Okta: back with its own code and state. */
const entered = async (input?: EventInput): Promise<Begun & { querystring: string }> => {
  const begun = await world.begin(input)
  return { ...begun, querystring: await okta.enter(begun.url.href) }
}

describe('the way from the callback on', () => {
  it('O16 names the same redirect URI to both endpoints', async () => {
    const { authorize } = await signInAt(world.handler, okta)
    const form = new URLSearchParams(okta.seen.at(-1)!.body)
    expect(form.get('redirect_uri')).toBe(authorize.searchParams.get('redirect_uri'))
    expect(form.get('redirect_uri')).toBe(`${ORIGIN}/_guard/callback`)
  })

  it('O17 tells nobody the code: no referrer, no store, nothing foreign', async () => {
    const { querystring, cookie } = await entered()
    for (const response of [
      await callback(querystring, ''),
      await callback('', cookie),
      await callback(querystring, cookie),
    ]) {
      expectLegal(response)
      expect(headerOf(response, 'referrer-policy')).toBe('no-referrer')
      expect(headerOf(response, 'location') ?? '').not.toContain('CANARY')
      expect(response.body ?? '').not.toMatch(/<(script|img|link|iframe|form)|CANARY|src=/)
    }
  })

  it.each(BAD_ANSWERS)('%s ends on a page with a way to try again', async (_, breach, status) => {
    okta.breach = breach
    const { response } = await signInAt(world.handler, okta)
    expectRefusal(response, status)
    expect(response.body).toContain('/_guard/login?return_to=')
    expect(response.headers).not.toHaveProperty('location')
    expect(okta.asked(TOKEN_PATH)).toBe(1)
    expect(okta.seen.some(({ url }) => url.includes('elsewhere'))).toBe(false)
    okta.breach = {}
    expect((await signInAt(world.handler, okta)).response.status).toBe('303')
  })

  it('O18 takes the cookie of the attempt away, whatever Okta answers', async () => {
    okta.breach = { token: { status: 500, body: '' } }
    const { response, callback: sent } = await signInAt(world.handler, okta)
    const name = String(sent.cookie).split('=', 1)[0]!
    expect(cookiesSet(response).get(name)).toBe('')
  })

  it('O26 stops after three round trips of a browser that drops the session', async () => {
    let tried = ''
    for (let trip = 0; trip < 3; trip++) {
      const { querystring, cookie } = await entered({ cookie: tried })
      const jar = cookiesSet(await callback(querystring, cookie))
      tried = `__Host-guard-tx-tried=${jar.get('__Host-guard-tx-tried')}`
    }
    const event = { uri: '/_guard/login', cookie: tried, headers: NAVIGATION }
    expectRefusal(await ask(world.handler, event), '400')
    // What has not been sealed here counts for nothing.
    for (const forged of ['seal-1.AAAA', '99', '']) {
      await world.begin({ cookie: `__Host-guard-tx-tried=${forged}` })
    }
  })

  it('O26 shows a browser without cookies a page at once', async () => {
    const { querystring } = await entered()
    const result = await world.handler(
      edgeEvent({ uri: '/_guard/callback', querystring, headers: NAVIGATION }),
    )
    expectRefusal(result as never, '400')
  })
})
