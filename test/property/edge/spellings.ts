import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { AccessSettings, Site } from '../../../src/access/rules.ts'
import { edgeEvent, edgeHandler, NAVIGATION } from '../../helpers/edge.ts'
import type { EdgeCloud } from './cloud.ts'
import { isAnswer } from './legal.ts'
import { COOKIES, tokenOf } from './people.ts'
import { holds } from './property.ts'
import type { EdgeProperty } from './property.ts'

/** Nobody but the red may open these; everybody else’s paths are the last rule’s. */
const SECRET = ['/private/*', '/docs/index.html', '/été/*', '/a b/c', '/x+y', '/app.html', '/~u/*']
const ACCESS: AccessSettings & { revision: number } = {
  revision: 1,
  public: ['/open/*', '/robots.txt', '/öffentlich/*'],
  rules: [
    { paths: SECRET, allow: { groups: ['red'] } },
    { paths: ['/*'], allow: 'everyone' },
  ],
}
const secretPath = fc.constantFrom(
  ...[
    '/private/x',
    '/private/a/b.css',
    '/private/',
    '/docs/index.html',
    '/été/x',
    '/a b/c',
    '/x+y',
  ],
  ...['/app.html', '/~u/q'],
)
const publicPath = fc.constantFrom('/open/a', '/open/b/c.css', '/robots.txt', '/öffentlich/x')
const site = fc.constantFrom<Site>(
  {},
  { defaultRootObject: 'index.html' },
  { directoryIndex: 'index.html' },
  { singlePageApp: '/index.html' },
  { directoryIndex: 'index.html', singlePageApp: '/index.html' },
)

/** One way to write a path otherwise; `at` and `letter` choose where. */
interface Spelling {
  how: keyof typeof SPELLINGS
  at: number
}

const utf8 = (text: string): string =>
  Buffer.from(text)
    .toString('hex')
    .replace(/../g, (byte) => `%${byte}`)

/** Each is undone by some server: a decoding, a normal form, or a cleaning of segments. */
const SPELLINGS = {
  escape: (path: string, at: number) => escapeAt(path, at, utf8),
  upperEscape: (path: string, at: number) => escapeAt(path, at, (one) => utf8(one).toUpperCase()),
  escapeAll: (path: string) => `/${utf8(path.slice(1))}`,
  escapePercent: (path: string) => path.replaceAll('%', '%25'),
  escapeSlash: (path: string, at: number) => replaceNth(path, '/', '%2F', at),
  backslash: (path: string, at: number) => replaceNth(path, '/', '\\', at),
  escapeBackslash: (path: string, at: number) => replaceNth(path, '/', '%5c', at),
  doubleSlash: (path: string, at: number) => replaceNth(path, '/', '//', at, 0),
  dot: (path: string, at: number) => replaceNth(path, '/', '/./', at, 0),
  climb: (path: string, at: number) => replaceNth(path, '/', '/open/../', at, 0),
  climbEscaped: (path: string, at: number) => replaceNth(path, '/', '/open/%2e%2e/', at, 0),
  climbSemicolon: (path: string, at: number) => replaceNth(path, '/', '/open/..;/', at, 0),
  above: (path: string) => `/..${path}`,
  parameter: (path: string, at: number) => replaceNth(path, '/', ';v=1/', at),
  lastParameter: (path: string) => `${path};jsessionid=1`,
  decomposed: (path: string) => path.normalize('NFD'),
  question: (path: string) => `${path}%3Fx=/open/a`,
  fragment: (path: string) => `${path}%23/open/a`,
  nul: (path: string) => `${path}%00.css`,
  trailingDot: (path: string) => (path.endsWith('/') ? `${path}.` : path),
  plus: (path: string) => path.replaceAll(' ', '+'),
} satisfies Record<string, (path: string, at: number) => string>

function escapeAt(path: string, at: number, escape: (one: string) => string): string {
  const index = 1 + (at % Math.max(1, path.length - 1))
  // Half of a pair is no character.
  return path.slice(0, index) + escape(path.slice(index, index + 1)) + path.slice(index + 1)
}

/** The slash that comes first stays, unless `from` is 0: an address begins with it. */
function replaceNth(path: string, what: string, by: string, at: number, from = 1): string {
  const places = [...path.matchAll(new RegExp(what, 'g'))]
    .map(({ index }) => index)
    .filter((index) => index >= from)
  const index = places[at % places.length]
  return index === undefined ? path : path.slice(0, index) + by + path.slice(index + what.length)
}

const spellings = fc.array(
  fc.record({
    how: fc.constantFrom(...(Object.keys(SPELLINGS) as Spelling['how'][])),
    at: fc.nat(40),
  }),
  { maxLength: 4 },
)

function spelled(path: string, list: Spelling[]): string {
  return list.reduce((text, { how, at }) => SPELLINGS[how](text, at), path).replaceAll(' ', '%20')
}

const visit = (uri: string, who?: string): ReturnType<typeof edgeEvent> => {
  const token = who && tokenOf({ who, age: 'used', key: 0, rev: 1, groups: ['blue'] })
  return edgeEvent({
    uri,
    headers: NAVIGATION,
    ...(token && { cookie: `${COOKIES.session}=${token}` }),
  })
}

/** Who may not open a path may not open it under any other spelling. */
export function secretSpellings(cloud: EdgeCloud): EdgeProperty {
  const input = fc.record({ path: secretPath, spellings, site })
  return holds(
    'P05 P06 a closed path is closed however it is spelled',
    2000,
    input,
    async (given) => {
      const handler = edgeHandler(cloud.configured({ access: ACCESS, site: given.site }))
      const uri = spelled(given.path, given.spellings)
      assert.ok(isAnswer(await handler(visit(uri, 'ben'))), `${uri} is passed`)
    },
  )
}

/** A public path is public as it is written in the settings; odd spellings of anything are not. */
export function publicSpellings(cloud: EdgeCloud): EdgeProperty {
  const input = fc.record({ path: fc.oneof(publicPath, secretPath), spellings, site })
  return holds('P01-P06 no odd spelling is public', 2000, input, async (given) => {
    const handler = edgeHandler(cloud.configured({ access: ACCESS, site: given.site }))
    const uri = spelled(given.path, given.spellings)
    const result = await handler(visit(uri))
    if (isAnswer(result)) return
    const path = decode(uri)
    assert.doesNotMatch(uri, /%2f/i, `${uri} is passed`)
    assert.doesNotMatch(path, /[\\+;%?#\0]|\/\.{0,2}\//, `${uri} is passed`)
    for (const served of servedAs(result!.uri)) {
      assert.match(served, /^\/(open\/|robots\.txt$|öffentlich\/)/, `${uri} is passed`)
    }
  })
}

/** What the origin is asked for is open to whoever asked, as each of five servers reads it. */
export function whatIsServed(cloud: EdgeCloud): EdgeProperty {
  const piece = fc.constantFrom(
    ...[
      '/',
      '//',
      '.',
      '..',
      '/../',
      'private',
      'docs',
      'index.html',
      'open',
      'app.html',
      'été',
      'x+y',
    ],
    ...[
      '%2f',
      '%2e',
      '%5c',
      '\\',
      '%70',
      'rivate',
      '%25',
      '70',
      ';',
      '%3b',
      '%3f',
      '%23',
      '%00',
      '+',
    ],
    ...['%c3%a9', 't', 'e%cc%81', 'a b', '~u', '%7e', 'u', '%zz', '%'],
  )
  const uri = fc
    .array(piece, { maxLength: 8 })
    .map((list) => `/${list.join('')}`.replaceAll(' ', '%20'))
  return holds('P05 what is served was allowed', 2000, fc.record({ uri, site }), async (given) => {
    const handler = edgeHandler(cloud.configured({ access: ACCESS, site: given.site }))
    const result = await handler(visit(given.uri, 'ben'))
    if (isAnswer(result)) return
    for (const path of servedAs(result!.uri)) {
      assert.ok(!SECRET.some((pattern) => isWithin(path, pattern)), `${given.uri} shows ${path}`)
    }
  })
}

function isWithin(path: string, pattern: string): boolean {
  return pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern
}

/** As S3 decodes a key, as servers do that clean it, and as one that decodes twice. */
function servedAs(uri: string): string[] {
  const once = decode(uri)
  const twice = decode(once)
  return [once, decode(uri.replaceAll('+', ' ')), cleaned(once), cleaned(twice)].map((path) =>
    path.normalize('NFC'),
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** RFC 3986, section 5.2.4, on slashes of both kinds, one of a row. */
function cleaned(path: string): string {
  const segments = path.replaceAll('\\', '/').split('/')
  const kept: string[] = []
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '.' && segment !== '') kept.push(segment)
  }
  const isFolder = ['', '.', '..'].includes(segments.at(-1)!)
  return `/${kept.join('/')}${isFolder && kept.length ? '/' : ''}`
}
