import { describe, expect, it } from 'vitest'
import { load } from '../../../../src/edge-function/load.ts'
import { findSession } from '../../../../src/edge-function/session.ts'
import { subjectHash } from '../../../../src/access/subject.ts'
import {
  ask,
  edgeConfig,
  edgeHandler,
  headerOf,
  NAVIGATION,
  NOW,
  ORIGIN,
  sessionCookie,
  sessionToken,
} from '../../../helpers/edge.ts'
import type { EventInput } from '../../../helpers/edge.ts'

const seconds = NOW / 1000
const expired = sessionCookie({ start: seconds - 2000, iat: seconds - 2000, exp: seconds - 1100 })
const older = sessionCookie({ start: seconds - 90, iat: seconds - 90, exp: seconds + 100 })
const rules = [{ paths: ['/*'], allow: { groups: ['staff'] } }]
const handler = edgeHandler(edgeConfig())
const ruled = edgeHandler(edgeConfig({ access: { revision: 2, public: [], rules } }))

const locationOf = async (by: typeof handler, input: EventInput) =>
  headerOf(await ask(by, { headers: NAVIGATION, ...input }), 'location')

describe('somebody whose session has to be confirmed again', () => {
  it.each(['GET', 'HEAD'])(
    'is sent to refresh and back to this very address, by %s',
    async (method) => {
      const input = { method, uri: '/a+b', querystring: 'c=d%20e&f=+', cookie: expired }
      const back = encodeURIComponent('/a+b?c=d%20e&f=+')
      expect(await locationOf(handler, input)).toBe(`${ORIGIN}/_guard/refresh?return_to=${back}`)
    },
  )

  it('is so also with a session of older rules, once it is a minute old', async () => {
    const refresh = `${ORIGIN}/_guard/refresh?return_to=%2Fa`
    expect(await locationOf(ruled, { uri: '/a', cookie: older })).toBe(refresh)
    const fresh = sessionCookie({ start: seconds - 59, iat: seconds - 59, exp: seconds + 100 })
    expect((await ask(ruled, { uri: '/a', cookie: fresh })).status).toBe('503')
    const first = sessionCookie({ start: 0, iat: 0, exp: 900, rev: undefined })
    expect(await locationOf(ruled, { uri: '/a', cookie: first })).toContain('/_guard/login')
  })

  it('is sent to the start page where the address is too long, or no text', async () => {
    for (const uri of [`/${'x'.repeat(5000)}`, '/\ud800', `/${'%'.repeat(1400)}`]) {
      const location = await locationOf(handler, { uri, cookie: expired })
      expect(location).toBe(`${ORIGIN}/_guard/refresh?return_to=%2F`)
    }
  })

  it('finds the longest address that is carried along unchanged on the way back', async () => {
    const uri = `/${'x'.repeat(4000)}`
    const location = (await locationOf(handler, { uri, cookie: expired }))!
    const fresh = sessionCookie()
    const back = await locationOf(handler, {
      uri: '/_guard/refresh',
      querystring: new URL(location).search.slice(1),
      cookie: fresh,
    })
    expect(back).toBe(ORIGIN + uri)
  })
})

describe('somebody whom a rule does not let in', () => {
  const stranger = sessionCookie({ rev: 2, groups: [] })

  it('gets a page that says so, or JSON where no page is shown', async () => {
    const page = await ask(ruled, { uri: '/a', cookie: stranger, headers: NAVIGATION })
    expect(page.status).toBe('403')
    expect(page.body).toContain('ada@example.com')
    expect(page.body).toContain('/_guard/login?return_to=%2Fa&#38;switch=1')
    expect(page.body).not.toContain('staff')
    const json = await ask(ruled, { uri: '/a.json', cookie: stranger })
    expect([json.status, json.body]).toEqual(['403', '{"error":"forbidden"}'])
    expect(page.headers).not.toHaveProperty('set-cookie')
  })

  it('is asked to wait where the session was made by a newer version', async () => {
    const newer = sessionCookie({ rev: 3, groups: [] })
    const response = await ask(ruled, { uri: '/a', cookie: newer, headers: NAVIGATION })
    expect([response.status, headerOf(response, 'retry-after')]).toEqual(['503', '60'])
  })
})

describe('notBefore', () => {
  const stateOf = (notBefore: object, claims = {}) => {
    const instance = load(edgeConfig({ notBefore }), () => NOW)
    const start = seconds - 100
    const token = sessionToken({ start, iat: start, exp: seconds + 100, ...claims })
    const read = () => findSession([token], instance, NOW).session !== undefined
    // Twice: the second answer comes from memory.
    expect(read()).toBe([...instance.verified.values()].every((known) => !known.isRevoked))
    return read()
  }

  it.each([
    [seconds - 101, true],
    [seconds - 100, false],
    [seconds, false],
  ])('V07 of %d takes a session that began after it: %s', (time, holds) => {
    expect(stateOf({ everyone: time })).toBe(holds)
    for (const name of ['00u1', 'ada@example.com', 'ADA@EXAMPLE.COM']) {
      expect(stateOf({ users: { [subjectHash(name)]: time } })).toBe(holds)
    }
  })

  it('V01 finds a user without an address by sub', () => {
    const users = { [subjectHash('00u1')]: seconds }
    expect(stateOf({ users }, { email: undefined })).toBe(false)
    expect(
      stateOf({ users: { [subjectHash('ada@example.com')]: seconds } }, { email: undefined }),
    ).toBe(true)
  })
})
