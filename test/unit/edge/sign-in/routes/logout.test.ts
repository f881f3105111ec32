import { describe, expect, it } from 'vitest'
import { ask, cookiesSet, headerOf, ORIGIN, sessionCookie } from '../../../../helpers/edge.ts'
import type { EventInput } from '../../../../helpers/edge.ts'
import { signInWorld } from '../../../../helpers/edge-sign-in.ts'

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
      expect(url.pathname).toBe('/login/signout')
      expect(url.searchParams.get('fromURI')).toBe(`${ORIGIN}/_guard/signed-out`)
      expect([...cookiesSet(response)]).toEqual([
        ['__Host-guard', ''],
        ['__Secure-guard-refresh', ''],
        [cookie.split('=')[0], ''],
      ])
      for (const { value } of response.headers!['set-cookie']!) {
        expect(value).toMatch(/=; Max-Age=0; Path=\/(_guard\/)?; Secure; HttpOnly; SameSite=Lax$/)
      }
    }
  })

  it('V09 hands Okta the ID token of the sign-in, which its logout insists on', async () => {
    const signedIn = cookiesSet(await world.signedIn())
    const hint = signedIn.get('__Secure-guard-refresh')!
    const response = await out({
      headers: own,
      cookie: `__Host-guard=${signedIn.get('__Host-guard')}; __Secure-guard-refresh=${hint}`,
    })
    const url = new URL(headerOf(response, 'location')!)
    expect(url.pathname).toBe('/oauth2/v1/logout')
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${ORIGIN}/_guard/signed-out`)
    expect(url.searchParams.get('id_token_hint')?.split('.')).toHaveLength(3)
    expect(cookiesSet(response).get('__Secure-guard-refresh')).toBe('')
  })

  it('V09 F11 keeps the ID token sealed and on the paths of the guard', async () => {
    const response = await world.signedIn()
    const [cookie] = response
      .headers!['set-cookie']!.map(({ value }) => value)
      .filter((value) => value.startsWith('__Secure-guard-refresh='))
    expect(cookie).not.toContain('eyJ')
    expect(cookie).toMatch(/; Max-Age=\d+; Path=\/_guard\/; Secure; HttpOnly; SameSite=Lax$/)
  })

  it('C06 V09 hands Okta no ID token of another session, though a host of the domain plants one', async () => {
    const sealed = async () => {
      const cookies = cookiesSet(await world.signedIn())
      return [cookies.get('__Host-guard')!, cookies.get('__Secure-guard-refresh')!] as const
    }
    const [[session, hint], [, planted]] = [await sealed(), await sealed()]
    const target = async (cookie: string) =>
      new URL(headerOf(await out({ headers: own, cookie }), 'location')!)
    const plantedOnly = `__Host-guard=${session}; __Secure-guard-refresh=${planted}`
    expect((await target(plantedOnly)).pathname).toBe('/login/signout')
    expect((await target(`__Secure-guard-refresh=${planted}`)).pathname).toBe('/login/signout')
    expect((await target(`${plantedOnly}; __Secure-guard-refresh=${hint}`)).pathname).toBe(
      '/oauth2/v1/logout',
    )
    world.now += 3_600_000
    const late = await target(`__Host-guard=${session}; __Secure-guard-refresh=${hint}`)
    expect(late.pathname, 'the session is over').toBe('/oauth2/v1/logout')
  })

  it("V09 takes Okta's own sign-out page where no hint can be opened", async () => {
    const response = await out({ headers: own, cookie: '__Secure-guard-refresh=seal-1.AAAA' })
    expect(new URL(headerOf(response, 'location')!).pathname).toBe('/login/signout')
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
    const cookie = sessionCookie()
    const { body } = await out({ cookie })
    const querystring = /\/_guard\/logout\?([^"]+)/.exec(body!)![1]!
    const status = async (input: EventInput) =>
      (await out({ cookie, querystring, ...input })).status
    expect(await status({ headers: { purpose: 'prefetch' } })).toBe('200')
    expect(await status({ cookie: sessionCookie({ sid: 'x' }) })).toBe('200')
    expect(await status({ querystring: `${querystring}x` })).toBe('200')
    expect(await status({ querystring: `${querystring}&${querystring}` })).toBe('200')
    expect(await status({})).toBe('302')
    world.now += 60_000
    expect(await status({})).toBe('200')
  })

  it("V10 takes no link of its page from another site, though it were a stranger's own", async () => {
    const { body } = await out({})
    const querystring = /\/_guard\/logout\?([^"]+)/.exec(body!)![1]!
    for (const site of ['cross-site', 'same-site']) {
      const response = await out({ querystring, headers: { 'sec-fetch-site': site } })
      expect(response.status).toBe('200')
    }
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
