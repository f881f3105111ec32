import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Response } from '../../../src/edge-function/types.ts'
import { returnPath } from '../../../src/edge-function/sign-in/request/return-path.ts'
import { ask, edgeHandler, headerOf, NAVIGATION, ORIGIN } from '../../helpers/edge.ts'
import type { EventInput } from '../../helpers/edge.ts'
import type { EdgeCloud } from './cloud.ts'
import { COOKIES, REFRESH_COOKIE, refreshValue, tokenOf } from './people.ts'
import { holds } from './property.ts'
import type { EdgeProperty } from './property.ts'
import { SCOPE } from './requests.ts'

const piece = fc.constantFrom(
  ...[
    '/',
    '\\',
    '.',
    '..',
    '//',
    '/./',
    '/../',
    '@',
    ':',
    '?',
    '#',
    '&',
    ';',
    '+',
    ' ',
    '%',
    '=',
    '-',
  ],
  ...['%2f', '%2F', '%5c', '%252f', '%255C', '%25252f', '%2e', '%252e', '%40', '%3a', '%23', '%3f'],
  ...[
    '%09',
    '%0d%0a',
    '%00',
    '%20',
    '%7f',
    '%c2%85',
    '%2509',
    '\t',
    '\n',
    '\r',
    '\v',
    '\0',
    '\u0085',
  ],
  ...[
    'evil.example',
    'https:',
    'http:',
    'javascript:',
    'reports.example.com',
    ':8443',
    'localhost',
  ],
  ...[
    '_guard',
    '%5fguard',
    '_guar%64',
    '%255fguard',
    'logout',
    'login',
    'callback',
    'a',
    'é',
    '%c3%a9',
  ],
  ...[
    '／',
    '＼',
    '。',
    '\u2215',
    '\u00ad',
    '\u202e',
    '\ufeff',
    '\ud800',
    '%ff',
    '%ef%bc%8f',
    'č',
    'Ċ',
  ],
)
const pieces = fc.array(piece, { maxLength: 12 }).map((list) => list.join(''))
export const returnTo = fc.oneof(
  { weight: 3, arbitrary: pieces.map((text) => `/${text}`) },
  { weight: 2, arbitrary: pieces },
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.webPath(),
  pieces.map((text) => `${ORIGIN}${text}`),
  fc.string({ unit: 'binary' }).map((text) => `/${text}`),
)

function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString(),
  )
}

/** On the site, and none of the guard’s paths: as it is, decoded once, and decoded twice. */
function assertStays(location: string): void {
  assert.match(location, /^[!-~]+$/)
  assert.ok(location.startsWith(`${ORIGIN}/`), location)
  let path = location.slice(ORIGIN.length)
  for (let times = 0; times <= 2; times++) {
    for (const url of [new URL(path, ORIGIN), new URL(ORIGIN + path)]) {
      assert.equal(url.origin, ORIGIN, `${location} decoded ${times} times`)
      assert.ok(!`${url.pathname}/`.startsWith('/_guard/'), `${location} decoded ${times} times`)
    }
    path = decoded(path)
  }
}

/** The addresses of a page’s links, as a browser reads the attributes. */
function links({ body = '' }: Response): string[] {
  return [...body.matchAll(/href="([^"]*)"/g)].map(([, href]) =>
    href!.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code))),
  )
}

/** Of a link to sign in, the way back that it carries. */
function assertLinks(response: Response): void {
  for (const href of links(response)) assert.equal(new URL(href).origin, ORIGIN, href)
}

function cookieOf(response: Response): string {
  const cookies = response.headers?.['set-cookie'] ?? []
  return cookies.map(({ value }) => value.split(';')[0]).join('; ')
}

/** A way back that is asked for is one on the site, at every place that takes one. */
export function returnAddresses(cloud: EdgeCloud): EdgeProperty {
  const input = fc.record({ path: returnTo, doubled: fc.boolean(), raw: fc.boolean() })
  return holds('R01-R22 a way back stays on the site', 100, input, async (given) => {
    cloud.reset()
    const handler = edgeHandler(cloud.configured())
    const value = given.raw ? given.path : encodeURIComponent(Buffer.from(given.path).toString())
    const querystring = given.doubled ? `return_to=%2F&return_to=${value}` : `return_to=${value}`
    const visit = (input: EventInput): Promise<Response> =>
      ask(handler, { querystring, headers: NAVIGATION, ...input })

    const login = await visit({ uri: '/_guard/login' })
    if (login.status === '302') {
      const back = cloud.enter(headerOf(login, 'location')!, 'ada')
      const cookie = cookieOf(login)
      const callback = await visit({ uri: '/_guard/callback', querystring: back, cookie })
      assert.equal(callback.status, '303')
      assertStays(headerOf(callback, 'location')!)
    } else assertLinks(login)

    const framed = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
    assertLinks(await visit({ uri: '/_guard/login', headers: framed }))

    for (const age of ['new', 'used', 'expired'] as const) {
      const token = tokenOf({ who: 'ada', age, key: 0, rev: 1 })
      const kept = refreshValue('ada', cloud.refreshToken('ada', SCOPE), SCOPE)
      const cookie = `${COOKIES.session}=${token}; ${REFRESH_COOKIE}=${kept}`
      const refresh = await visit({ uri: '/_guard/refresh', cookie })
      const isMalformed = refresh.status === '400'
      if (isMalformed) continue
      const next = new URL(headerOf(refresh, 'location')!)
      const isAsked = next.origin === ORIGIN && next.pathname === '/_guard/refresh'
      const again = { uri: next.pathname, querystring: next.search.slice(1) }
      const landed = isAsked ? await visit({ ...again, cookie: cookieOf(refresh) }) : refresh
      assertStays(headerOf(landed, 'location')!)
    }
  })
}

/** The rule itself, which is quick enough to be asked many times. */
export function returnPaths(): EdgeProperty {
  return holds('R01-R16 a return path stays on the site', 5000, returnTo, (candidate) => {
    const chosen = returnPath(candidate, ORIGIN)
    assert.ok(chosen === '/' || chosen === candidate, 'as it was given, or not at all')
    assertStays(ORIGIN + chosen)
  })
}

/** A stranger who asks for an odd address is sent to this site’s sign-in and nowhere else. */
export function strangersAddresses(cloud: EdgeCloud): EdgeProperty {
  const input = fc.record({
    uri: returnTo.map((text) => `/${text}`.replaceAll('?', '')),
    querystring: fc.oneof(fc.constant(''), pieces),
    host: fc.constantFrom('reports.example.com', 'www.example.com', 'd1.cloudfront.net'),
    dest: fc.constantFrom('document', 'iframe'),
  })
  return holds('R22 every address leads to the site', 300, input, async ({ dest, ...given }) => {
    const handler = edgeHandler(cloud.configured())
    const headers = { ...NAVIGATION, 'sec-fetch-dest': dest }
    const response = await ask(handler, { ...given, headers })
    const other = 'https://www.example.com'
    const location = headerOf(response, 'location')
    for (const address of [...(location ? [location] : []), ...links(response)]) {
      assert.ok([ORIGIN, other].includes(new URL(address).origin), address)
    }
  })
}
