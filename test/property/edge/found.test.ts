import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import { readings } from '../../../src/access/readings.ts'
import {
  ask,
  edgeConfig,
  edgeHandler,
  headerOf,
  NAVIGATION,
  NOW,
  ORIGIN,
  sessionCookie,
} from '../../helpers/edge.ts'
import { Browser } from './browser.ts'
import { startCloud } from './cloud.ts'

beforeEach(() => {
  const log = vi.spyOn(console, 'log').mockReturnValue()
  return () => log.mockRestore()
})

const access: EdgeConfig['access'] = {
  revision: 1,
  public: [],
  rules: [{ paths: ['/*'], allow: { groups: ['red'] } }],
}

/** What generated inputs have found, so that it stays found. */
describe('an edge of the version before', () => {
  it('lets a session of the newer one wait, which could not say the groups that it asks for', async () => {
    const handler = edgeHandler(edgeConfig({ access }))
    const iat = NOW / 1000 - 300
    const cookie = sessionCookie({ rev: 2, groups: ['blue'], start: iat, iat })
    const response = await ask(handler, { uri: '/a', cookie, headers: NAVIGATION })
    expect(response.status).toBe('503')
    expect(headerOf(response, 'retry-after')).toBe('60')
  })

  it('refuses a session of its own that lacks the group', async () => {
    const handler = edgeHandler(edgeConfig({ access }))
    const cookie = sessionCookie({ rev: 1, groups: ['blue'] })
    const response = await ask(handler, { uri: '/a', cookie, headers: NAVIGATION })
    expect(response.status).toBe('403')
  })
})

describe('a sign-in begun where no rule is for groups, and ended where one is', () => {
  it('asks Okta again for the groups, and is neither refused nor stuck', async () => {
    const cloud = await startCloud()
    onTestFinished(() => cloud.close())
    const [older, newer] = [
      { ...access, rules: [] },
      { ...access, revision: 2 },
    ].map((rules) => {
      const config = cloud.configured({ access: rules })
      return { handler: edgeHandler(config, () => cloud.now) }
    })
    let asks = 0
    // The path and the sign-in at the older one; the way back, and all that comes then, at the newer.
    const browser = new Browser('ada', cloud, () => (asks++ < 2 ? older! : newer!))
    const ends: unknown[] = []
    for (const wait of [0, 61, 1000]) {
      cloud.now += wait * 1000
      const { result } = (await browser.open('/a')).at(-1)!
      ends.push('status' in result ? result.status : result.uri)
    }
    expect(ends).toEqual(['/a', '/a', '/a'])
  })
})

describe('a script that reads JSON', () => {
  const handler = edgeHandler(edgeConfig())
  const headers = { 'sec-fetch-mode': 'cors', accept: 'application/json, */*' }

  it('gets the file that it asked for when the gate sent it to refresh, and not an empty 204', async () => {
    const [uri, cookie] = ['/_guard/refresh', sessionCookie()]
    const querystring = 'return_to=%2Fdata.json'
    const response = await ask(handler, { uri, querystring, cookie, headers })
    expect(response.status).toBe('303')
    expect(headerOf(response, 'location')).toBe(`${ORIGIN}/data.json`)
  })

  it('that asks for the refresh itself gets 204', async () => {
    const [uri, cookie] = ['/_guard/refresh', sessionCookie()]
    expect((await ask(handler, { uri, cookie, headers })).status).toBe('204')
  })
})

describe('a configuration in which a time is no number', () => {
  const iat = NOW / 1000 - 300

  it.each([[{ everyone: 'soon' }], [{ users: { x: 0 }, everyone: 'soon' }], [{ everyone: {} }]])(
    'revokes rather than forgives: %j',
    async (notBefore) => {
      const handler = edgeHandler({ ...edgeConfig(), notBefore })
      const cookie = sessionCookie({ start: iat, iat })
      const response = await ask(handler, { uri: '/a', cookie, headers: NAVIGATION })
      expect(response.status).toBe('302')
    },
  )

  it('ends the longest session all the same', async () => {
    const session = { tokenSeconds: 900, maxSeconds: '43200', graceSeconds: 0 }
    const handler = edgeHandler({ ...edgeConfig(), session })
    const cookie = sessionCookie({ start: iat - 43_200, iat })
    const response = await ask(handler, { uri: '/a', cookie, headers: NAVIGATION })
    expect(response.status).toBe('302')
  })
})

describe('a path decoded twice', () => {
  it('is in form C again, as the rules are', () => {
    expect(readings('/%2565\u0301t%25C3%25A9/x')).toContain('/été/x')
  })
})
