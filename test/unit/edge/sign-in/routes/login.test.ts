import { describe, expect, it } from 'vitest'
import { ask, cookiesSet, headerOf, ORIGIN } from '../../../../helpers/edge.ts'
import { signInWorld } from '../../../../helpers/edge-sign-in.ts'

const world = signInWorld()

describe('login', () => {
  it('O05 sends state, nonce and PKCE S256 to Okta, and nothing from the query (O13)', async () => {
    const { url, response } = await world.begin({
      querystring:
        'return_to=%2F&scope=all&client_id=x&redirect_uri=https%3A%2F%2Fevil&prompt=none',
    })
    expect(url.origin + url.pathname).toBe(`${world.cloud.url}/oauth2/v1/authorize`)
    const { state, nonce, code_challenge, ...fixed } = Object.fromEntries(url.searchParams)
    expect(fixed).toEqual({
      client_id: '0oaclient',
      response_type: 'code',
      scope: 'openid profile email offline_access',
      redirect_uri: `${ORIGIN}/_guard/callback`,
      code_challenge_method: 'S256',
    })
    expect(state).toMatch(/^[\w-]{8}\.[\w-]{22}$/)
    expect(nonce).toMatch(/^[\w-]{22}$/)
    expect(code_challenge).toMatch(/^[\w-]{43}$/)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(headerOf(response, 'x-s3-okta-guard')).toBe('sign-in')
  })

  it('C01 sets one host cookie for ten minutes, which shows nothing', async () => {
    const { response, state, nonce } = await world.begin()
    const [cookie, ...more] = response.headers!['set-cookie']!
    expect(more).toEqual([])
    expect(cookie!.value).toMatch(
      /^__Host-guard-tx-[\w-]{8}=seal-1\.[\w-]+; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    )
    expect(cookie!.value).not.toContain(state)
    expect(cookie!.value).not.toContain(nonce)
  })

  it('O02 never repeats a state, a nonce or a verifier', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => world.begin()))
    expect(
      new Set(all.flatMap(({ state, nonce, challenge }) => [state, nonce, challenge])).size,
    ).toBe(60)
  })

  it('asks for another account with switch=1', async () => {
    const { url } = await world.begin({ querystring: 'return_to=/&switch=1' })
    expect(url.searchParams.get('prompt')).toBe('login')
  })

  it('takes iss from Okta only', async () => {
    await world.begin({ querystring: `iss=${encodeURIComponent(world.cloud.url)}` })
    for (const querystring of [
      'iss=https://evil.example',
      `iss=${world.cloud.url}&iss=x`,
      'iss=',
    ]) {
      expect((await ask(world.handler, { uri: '/_guard/login', querystring })).status).toBe('400')
    }
  })

  it('H12 does nothing for what cannot show a sign-in', async () => {
    const image = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
    const response = await ask(world.handler, { uri: '/_guard/login', headers: image })
    expect(response.status).toBe('401')
    const frame = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
    expect((await ask(world.handler, { uri: '/_guard/login', headers: frame })).body).toContain(
      '_top',
    )
    expect((await ask(world.handler, { uri: '/_guard/login', method: 'POST' })).status).toBe('405')
    expect(world.cloud.requests).toEqual([])
  })

  it('R14 keeps each cookie under 1 KB by giving up a long return path', async () => {
    for (const length of [100, 400, 500, 520, 540, 560, 600, 3000]) {
      const { cookie } = await world.begin({ querystring: `return_to=/${'x'.repeat(length)}` })
      expect(cookie.length).toBeLessThanOrEqual(1024)
    }
  })

  it('C16 keeps the cookies under 5 KB together, and the oldest goes', async () => {
    const jar = new Map<string, string>()
    const names: string[] = []
    for (let tab = 0; tab < 60; tab++) {
      world.now += 1000
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
      const { response } = await world.begin({
        cookie,
        querystring: `return_to=/${'x'.repeat(300)}`,
      })
      for (const [name, value] of cookiesSet(response)) {
        if (value === '') jar.delete(name)
        else {
          jar.set(name, value)
          names.push(name)
        }
      }
      const bytes = [...jar].reduce((sum, [name, value]) => sum + name.length + value.length + 1, 0)
      expect(bytes).toBeLessThanOrEqual(5 * 1024)
    }
    expect(jar.size).toBeGreaterThan(3)
    expect([...jar.keys()]).toEqual(names.slice(-jar.size))
  })

  it('C20 sweeps what has expired or cannot be read', async () => {
    const { cookie } = await world.begin()
    world.now += 600_000
    const cookies = cookiesSet(
      (await world.begin({ cookie: `${cookie}; __Host-guard-tx-junk=x` })).response,
    )
    expect(cookies.get(cookie.split('=')[0]!)).toBe('')
    expect(cookies.get('__Host-guard-tx-junk')).toBe('')
    expect(cookies.size).toBe(3)
  })

  it('E06 answers the longest query in a frame with a page of 8 KB at most', async () => {
    for (const character of ["'", '&', '"', '%27', '%']) {
      const querystring = `return_to=/${character.repeat(8000 / character.length)}`
      for (const dest of ['iframe', 'document']) {
        const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': dest }
        const response = await ask(world.handler, { uri: '/_guard/login', querystring, headers })
        expect(Buffer.byteLength(response.body ?? '')).toBeLessThanOrEqual(8 * 1024)
        expect(JSON.stringify(response).length).toBeLessThan(12 * 1024)
      }
    }
  })

  it('R01 O13 offers from a frame the page asked for, and no more of the query than that', async () => {
    const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
    const link = async (querystring: string) => {
      const { body } = await ask(world.handler, { uri: '/_guard/login', querystring, headers })
      return /href="([^"]*)"/.exec(body!)![1]
    }
    const login = `${ORIGIN}/_guard/login?return_to=`
    expect(await link('return_to=%2Fa%3Fb&x=1')).toBe(`${login}%2Fa%3Fb`)
    expect(await link('return_to=//evil.example')).toBe(`${login}%2F`)
  })
})
