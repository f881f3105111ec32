import { describe, expect, it } from 'vitest'
import { ask, cookiesSet, headerOf, ORIGIN, sessionCookie } from '../../../helpers/edge.ts'
import type { EventInput } from '../../../helpers/edge.ts'
import { signInWorld } from '../../../helpers/edge-sign-in.ts'

const world = signInWorld()

describe('logout', () => {
  const own = { 'sec-fetch-site': 'same-origin' }
  const out = (input: EventInput) => ask(world.handler, { uri: '/_guard/logout', ...input })

  it('C03 clears the cookies as they were set and goes on to Okta', async () => {
    const { cookie } = await world.begin()
    for (const site of ['same-origin', 'none']) {
      const response = await out({
        headers: { 'sec-fetch-site': site },
        cookie: `${sessionCookie()}; ${cookie}; theirs=1`,
      })
      expect(response.status).toBe('302')
      const url = new URL(headerOf(response, 'location')!)
      expect(url.pathname).toBe('/oauth2/v1/logout')
      expect(Object.fromEntries(url.searchParams)).toEqual({
        client_id: '0oaclient',
        post_logout_redirect_uri: `${ORIGIN}/_guard/signed-out`,
      })
      expect([...cookiesSet(response)]).toEqual([
        ['__Host-guard', ''],
        [cookie.split('=')[0], ''],
      ])
      for (const { value } of response.headers!['set-cookie']!) {
        expect(value).toMatch(/=; Max-Age=0; Path=\/; Secure; HttpOnly; SameSite=Lax$/)
      }
    }
  })

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another host of the domain', { 'sec-fetch-site': 'same-site' }],
    ['who knows where', {}],
    ['a prefetch', { ...own, 'sec-purpose': 'prefetch' }],
  ])('V10 asks first when the request comes from %s', async (_, headers) => {
    const response = await out({ headers, cookie: sessionCookie() })
    expect(response.status).toBe('200')
    expect(response.headers).not.toHaveProperty('set-cookie')
  })

  it('V10 acts on the link of its page: within a minute, for that session, on no prefetch', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' }
    const cookie = sessionCookie()
    const { body } = await out({ headers, cookie })
    const querystring = /\/_guard\/logout\?([^"]+)/.exec(body!)![1]!
    const prefetch = { ...headers, purpose: 'prefetch' }
    expect((await out({ headers: prefetch, cookie, querystring })).status).toBe('200')
    expect((await out({ headers, cookie: sessionCookie({ sid: 'x' }), querystring })).status).toBe(
      '200',
    )
    expect((await out({ headers, cookie, querystring: `${querystring}x` })).status).toBe('200')
    expect((await out({ headers, cookie, querystring })).status).toBe('302')
    world.now += 60_000
    expect((await out({ headers, cookie, querystring })).status).toBe('200')
  })

  it('R18 takes no target from the query', async () => {
    const response = await out({
      headers: own,
      querystring: 'post_logout_redirect_uri=https://evil',
    })
    expect(headerOf(response, 'location')).not.toContain('evil')
  })

  it('ends on a page that anybody may see', async () => {
    const response = await ask(world.handler, { uri: '/_guard/signed-out' })
    expect(response.status).toBe('200')
    expect(response.body).toContain('/_guard/login?return_to=%2F')
  })
})
