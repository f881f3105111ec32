import { describe, expect, it } from 'vitest'
import { idToken, tokenAnswer } from '../helpers/edge-cloud.ts'
import { begunBy, signInWorld } from '../helpers/edge-sign-in.ts'
import {
  ask,
  cookiesSet,
  headerOf,
  NAVIGATION,
  ORIGIN,
  OTHER_ORIGIN,
  sessionCookie,
} from '../helpers/edge.ts'
import { expectLegal, expectOnOrigin, refused } from './oracle.ts'

const world = signInWorld()
const HOST = new URL(ORIGIN).host
const HOME = `${ORIGIN}/`

/** Signs in from a login link; where the browser is sent in the end, or undefined after a 400. */
async function landing(querystring: string): Promise<string | undefined> {
  const login = { uri: '/_guard/login', querystring, headers: NAVIGATION }
  const response = await refused(world.handler, login, ['302', '400'])
  if (response.status === '400') return
  const begun = begunBy(response)
  expect(begun.url.searchParams.get('redirect_uri')).toBe(`${ORIGIN}/_guard/callback`)
  world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce))
  const back = await world.back(begun)
  expect(back.status).toBe('303')
  expectLegal(back)
  const location = headerOf(back, 'location')!
  expectOnOrigin(location, ORIGIN)
  return location
}

const returnTo = (value: string): string => `return_to=${encodeURIComponent(value)}`

/** Every character as escapes, which a parser that decodes only the usual ones would miss. */
const escaped = (text: string): string =>
  Buffer.from(text)
    .toString('hex')
    .replace(/../g, (byte) => `%${byte}`)

const OFF_SITE: Record<string, string[]> = {
  R01: ['//evil.example', '///evil.example', '////evil.example/', '//evil.example/%2e%2e'],
  R02: ['/\\evil.example', '\\/evil', '\\\\evil', '/\\/evil', '/\\\\evil', '\\evil'],
  R03: [
    '/%09/evil',
    '/%0a/evil',
    '/%0d/evil',
    '/\t/evil',
    '/\n/evil',
    '/\r/evil',
    '/\v/evil',
    '/ /evil',
    ' //evil',
    '\t//evil',
    '/\t\\evil',
  ],
  R04: ['/./\\evil', '/./../../\\evil', '/..//evil', '/.//evil', '/a/..//evil', '/%2e//evil'],
  R05: [`https://${HOST}.evil.example`, `https://evil-${HOST}`, `https://evil${HOST}/`],
  R06: [`https://${HOST}@evil.example/`, `https://${HOST}:443@evil/`, `//${HOST}@evil/`],
  R07: ['evil', '.evil.example', '@evil', ':1@evil', ':443@evil/', '-evil.example', '?x', 'a/b'],
  R08: [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    '%19Jav%09asc%0Aript:alert(1)',
    '\u0019Jav\tascript:alert(1)',
  ],
  R10: [`${ORIGIN}:8443/`, `https://${HOST}:443/x`, 'https://evil.example/', ORIGIN],
  R11: [`http://${HOST}/x`, `http://${HOST}:80/x`],
  R12: [
    '/\uff0fevil',
    '\uff0f\uff0fevil',
    '/\u2215evil',
    'https://evil\u3002example/',
    '//\u00adevil.example',
    `https://${HOST}\u3002evil.example/`,
    'https://ｒeports.example.com/',
  ],
  R13: [
    '/a\r\nSet-Cookie:x=1',
    '/a\rb',
    '/a\nb',
    '/a\0b',
    '/a%0d%0aSet-Cookie:x=1',
    '/a%0db',
    '/a%00b',
    '/\u010d\u010aSet-Cookie:x=1',
  ],
}

describe.each(Object.entries(OFF_SITE))('%s return_to', (id, values) => {
  it.each(values)(`${id} %j ends at the start page`, async (value) => {
    expect(await landing(returnTo(value))).toBe(HOME)
  })

  it.each(values)(
    'R09 %j encoded once more, twice and three times leads nowhere else',
    async (value) => {
      for (const encode of [encodeURIComponent, escaped]) {
        let text = value
        for (let times = 1; times <= 3; times++) {
          text = encode(text)
          await landing(returnTo(text))
          await landing(returnTo(`/${text}`))
        }
      }
    },
  )

  it.each(values)(`${id} %j as raw bytes is refused or ends on the site`, async (value) => {
    const location = await landing(`return_to=${value}`)
    if (/[\0- \x7f]/.test(value)) expect(location).toBeUndefined()
    else expect(location).toBeDefined()
  })

  it.each(values)(`${id} %j as the path of a stranger ends on the site`, async (value) => {
    for (const uri of [value, `/${value}`]) {
      const first = await refused(world.handler, { uri, headers: NAVIGATION }, ['302', '400'])
      if (first.status !== '302') continue
      const login = new URL(headerOf(first, 'location')!)
      expect(login.origin + login.pathname).toBe(`${ORIGIN}/_guard/login`)
      await landing(login.search.slice(1))
    }
  })

  it.each(values)(`${id} %j on another host goes to the canonical one`, async (value) => {
    for (const uri of [value, `/${value}`]) {
      const input = { uri, host: 'd1.cloudfront.net', headers: NAVIGATION }
      const response = await refused(world.handler, input, ['308', '400'])
      const location = headerOf(response, 'location')
      if (location) expectSameHost(location)
    }
  })
})

/** The path is the one asked for, whatever it is: only the host must be ours. */
function expectSameHost(location: string): void {
  expect(location.startsWith(`${ORIGIN}/`)).toBe(true)
  expect(new URL(location).origin).toBe(ORIGIN)
}

describe('return_to', () => {
  it.each([1025, 8 * 1024, 20 * 1024])(
    'R14 of %i characters gives way to the start page',
    async (length) => {
      expect(await landing(returnTo(`/${'x'.repeat(length - 1)}`))).toBe(HOME)
      expect(await landing(returnTo(`/${'%2e'.repeat(length / 3)}`))).toBe(HOME)
    },
  )

  it.each([100, 500, 900, 1024])(
    'R14 of %i characters keeps its cookie under 1 KB',
    async (length) => {
      const querystring = returnTo(`/${'x'.repeat(length - 1)}`)
      const { cookie } = await world.begin({ querystring })
      expect(cookie.length).toBeLessThanOrEqual(1024)
    },
  )

  it.each(['/#//evil', '/#@evil', '/a#/\\evil', '/#https://evil.example'])(
    'R15 keeps the fragment %j a fragment',
    async (value) => {
      const location = await landing(returnTo(value))
      expect([HOME, ORIGIN + value]).toContain(location)
      expect(new URL(location!).host).toBe(HOST)
    },
  )

  it.each(['#//evil', '#@evil', '#'])('R15 takes no bare fragment: %j', async (value) => {
    expect(await landing(returnTo(value))).toBe(HOME)
  })

  it.each([
    '/_guard/callback',
    '/_guard/callback?code=x&state=y',
    '/_guard/logout',
    '/_guard/login',
    '/_guard/login?return_to=/',
    '/_guard/me',
    '/_guard/',
    '/_guard',
    '/%5fguard/logout',
    '/%255fguard/logout',
    '/x/../_guard/logout',
    '/x/%2e%2e/_guard/logout',
    '/./_guard/logout',
  ])('R16 never goes back into the guard: %s', async (value) => {
    expect(await landing(returnTo(value))).toBe(HOME)
  })

  it.each([
    ['/a', '//evil.example'],
    ['//evil.example', '/a'],
    ['/a', '/b'],
    ['/a', ''],
  ])('R17 twice, %j and %j, is none', async (one, other) => {
    expect(await landing(`${returnTo(one)}&${returnTo(other)}`)).toBe(HOME)
  })

  it('R19 leads nowhere at an address where nothing is refreshed', async () => {
    const input = { uri: '/_guard/refresh', querystring: returnTo('//evil.example') }
    const response = await refused(world.handler, { ...input, headers: NAVIGATION }, ['302'])
    expect(headerOf(response, 'location')).toBe(`${ORIGIN}/_guard/login?return_to=%2F`)
  })

  it('R20 belongs to the browser and to the host where the attempt was begun', async () => {
    const begun = await world.begin({ querystring: returnTo('/attacker') })
    const victim = await world.begin({ querystring: returnTo('/victim') })
    world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce))
    const renamed = `${victim.cookie.split('=', 1)[0]}=${begun.cookie.split('=')[1]}`
    const moved = `${begun.cookie.split('=', 1)[0]}=${victim.cookie.split('=')[1]}`
    for (const cookie of [undefined, victim.cookie, renamed, moved]) {
      for (const { state } of [begun, victim]) {
        if (cookie === victim.cookie && state === victim.state) continue
        const input = {
          uri: '/_guard/callback',
          querystring: String(new URLSearchParams({ code: 'CANARY-code', state })),
          headers: NAVIGATION,
          ...(cookie !== undefined && { cookie }),
        }
        await refused(world.handler, input, ['400'])
      }
    }
    const { host } = new URL(OTHER_ORIGIN)
    expect((await world.back(begun, {}, { host })).status).toBe('400')
    expect(world.asked('/oauth2/v1/token')).toBe(0)
  })

  it.each([
    '/a/b?panel=x&view=y',
    '/a/b?panel=x&view=y&odd=%2F%20+%e2%82%ac&&empty=',
    '/a%20b/c;d=1?q=%252F%2526&r=https%3A%2F%2Fother.example%2F#part',
    "/~ada/*!()'?q=a+b",
  ])('R21 brings a visitor back to %s, byte for byte', async (target) => {
    const [uri = '', querystring = ''] = target.split('?')
    const first = await ask(world.handler, { uri, querystring, headers: NAVIGATION })
    const login = new URL(headerOf(first, 'location')!)
    expect(await landing(login.search.slice(1))).toBe(ORIGIN + target)
  })

  it.each(['/"><script>alert(1)</script>', "/'onmouseover='x", '/a&quot;b&lt;', '/<img src=x>'])(
    'R22 is escaped in the link of a framed page: %s',
    async (value) => {
      const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
      for (const input of [
        { uri: '/_guard/login', querystring: returnTo(value), headers },
        { uri: encodeURI(value), headers },
        { uri: value.replaceAll(' ', '+'), headers },
      ]) {
        const response = await refused(world.handler, input, ['401'])
        expect(response.body).not.toMatch(/<script|<img|onmouseover='|meta http-equiv/i)
        const links = [...response.body!.matchAll(/ href="([^"]*)"/g)].map(([, href]) => href!)
        expect(links).toHaveLength(1)
        expect(links[0]).toMatch(
          /^https:\/\/reports\.example\.com\/_guard\/login\?return_to=[\w%.+&#;!~*()-]*$/,
        )
      }
    },
  )
})

describe('R18 the way out', () => {
  it.each(['post_logout_redirect_uri', 'return_to', 'fromURI', 'redirect_uri', 'next', 'url'])(
    'R18 is not led elsewhere by %s',
    async (name) => {
      for (const evil of [
        '//evil.example',
        'https://evil.example/',
        `https://${HOST}@evil.example`,
      ]) {
        const input = {
          uri: '/_guard/logout',
          querystring: `${name}=${encodeURIComponent(evil)}`,
          cookie: sessionCookie(),
          headers: { ...NAVIGATION, 'sec-fetch-site': 'same-origin' },
        }
        const response = await refused(world.handler, input, ['302'])
        const url = new URL(headerOf(response, 'location')!)
        expect(url.origin).toBe(world.cloud.url)
        expect(url.href).not.toContain('evil')
        expect([...url.searchParams.values()]).toContain(`${ORIGIN}/_guard/signed-out`)
        expect(cookiesSet(response).get('__Host-guard')).toBe('')
      }
    },
  )
})
