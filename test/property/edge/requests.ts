import fc from 'fast-check'
import type { CloudFrontRequestEvent } from 'aws-lambda'
import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import { edgeEvent, NOW } from '../../helpers/edge.ts'
import type { EdgeCloud } from './cloud.ts'
import {
  AGES,
  ATTEMPTS,
  authorizeUrl,
  COOKIES,
  REFRESH_COOKIE,
  refreshValue,
  sealed,
  SESSION_KEYS,
  tokenOf,
  transactionName,
  transactionValue,
} from './people.ts'
import type { Age, Held } from './people.ts'

/** A request, described, so that a counterexample can be read and run again. */
export interface Asked {
  method: string
  uri: string
  query: Query
  host: string
  headers: Record<string, string>
  /** One list for each Cookie header. */
  cookies: Cookie[][]
}

type Query =
  | { text: string }
  | { callback: number; code: 'good' | 'bad' | 'long' | 'refused'; iss: boolean }
  | { returnTo: string; more: string }
  | { logout: string }

type Change = 'none' | 'cut' | 'flip' | 'quote' | 'space' | 'empty'

export type Cookie =
  | { session: Held; change: Change }
  | { transaction: number; change: Change }
  | { refresh: string; change: Change }
  | { tried: number; change: Change }
  | { foreign: string }

export const SCOPE = 'openid profile email offline_access'

const WHO = ['ada', 'ben', 'eve']
const change = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Change>('none') },
  fc.constantFrom<Change>('cut', 'flip', 'quote', 'space', 'empty'),
)
const held: fc.Arbitrary<Held> = fc.record({
  who: fc.constantFrom(...WHO),
  age: fc.constantFrom(...(Object.keys(AGES) as Age[])),
  key: fc.nat(SESSION_KEYS.length),
  rev: fc.constantFrom(1, 2, 3),
  groups: fc.constantFrom(undefined, [], ['blue'], ['blue', 'red']),
})
/** What stands in a header. RFC 9110, section 5.5. */
const latin1 = fc
  .integer({ min: 0x20, max: 0xff })
  .map((code) => String.fromCharCode(code === 0x7f ? 9 : code))
const foreign = fc.oneof(
  fc.constantFrom(
    'a=b',
    '=',
    '',
    ' ',
    '__proto__=1',
    'constructor',
    '%zz=%',
    '__host-guard=x',
    '__Host-guardian=y',
    '__Host-guard',
    '__Host-guard-tx-=z',
    'x="a, b"',
    'q=__Host-guard=eyJ',
  ),
  fc.string({ unit: latin1 }).map((text) => text.replaceAll(';', '~')),
  fc.stringMatching(/^[ -:<-~]{0,40}$/),
)
const cookie: fc.Arbitrary<Cookie> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ session: held, change }) },
  { weight: 2, arbitrary: fc.record({ transaction: fc.nat(ATTEMPTS.length - 1), change }) },
  fc.record({ refresh: fc.constantFrom(...WHO), change }),
  fc.record({ tried: fc.nat(4), change }),
  { weight: 2, arbitrary: fc.record({ foreign }) },
)
export const cookies = fc.array(fc.array(cookie, { maxLength: 6 }), { maxLength: 3 })

const OWN = ['login', 'callback', 'refresh', 'logout', 'me', 'signed-out', 'x', '']
const piece = fc.constantFrom(
  ...['a', 'docs', 'private', 'open', '_guard', '..', '.', ';x', '+', '\\', 'é', 'e\u0301'],
  ...['%2e%2e', '%2F', '%5c', '%00', '%25', '%zz', '%', '%c3%a9', '%ff', '.css', '\u0085', '😀'],
)
export const path = fc
  .array(piece, { maxLength: 6 })
  .chain((pieces) => fc.constantFrom('/', '//', '').map((glue) => `/${pieces.join(glue)}`))
const uri = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...OWN).map((name) => `/_guard/${name}`) },
  { weight: 2, arbitrary: fc.constantFrom('/', '/docs/', '/private/x', '/open/a', '/robots.txt') },
  path,
  fc.string({ unit: 'binary' }).map((text) => `/${text.replaceAll('?', '')}`),
  // A question mark is where CloudFront cuts the query off.
  fc.string().map((text) => text.replaceAll('?', '')),
)
const query: fc.Arbitrary<Query> = fc.oneof(
  fc.record({ text: fc.oneof(fc.constant(''), fc.string(), fc.webQueryParameters()) }),
  fc.record({ text: fc.string({ unit: 'binary', maxLength: 2000 }) }),
  fc.record({
    callback: fc.nat(ATTEMPTS.length - 1),
    code: fc.constantFrom('good', 'bad', 'long', 'refused'),
    iss: fc.boolean(),
  }),
  fc.record({
    returnTo: fc.oneof(path, fc.constant(`/${'é'.repeat(900)}`), fc.constant('/'.repeat(5000))),
    more: fc.constantFrom('', '&switch=1', '&return_to=/', '&iss=https://evil.example'),
  }),
  fc.record({ logout: fc.constantFrom('', 'sid-ada', 'sid-ben') }),
)
const value = fc.stringMatching(/^[\t -~\x80-\xff]{0,60}$/)
const KNOWN: Record<string, string[]> = {
  accept: ['text/html', 'application/json', '*/*', 'image/png'],
  'sec-fetch-mode': ['navigate', 'cors', 'no-cors', 'websocket'],
  'sec-fetch-dest': ['document', 'iframe', 'image', 'serviceworker', 'empty'],
  'sec-fetch-site': ['same-origin', 'none', 'cross-site'],
  'sec-purpose': ['prefetch', 'prefetch;prerender'],
  'sec-websocket-key': ['x'],
  'service-worker': ['script'],
  'x-s3-okta-guard': ['page'],
  'x-requested-with': ['XMLHttpRequest'],
  'x-original-url': ['/open/a'],
  'content-length': ['0'],
  'user-agent': ['GoogleHC/1.0'],
  __proto__x: ['1'],
}
const header = fc
  .constantFrom(...Object.keys(KNOWN))
  .chain((name) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...KNOWN[name]!) }, value),
    ),
  )
const odd = fc.tuple(fc.stringMatching(/^x-[a-z0-9!#$%&'*+.^_`|~-]{1,12}$/), value)
const headers = fc
  .array(fc.oneof({ weight: 4, arbitrary: header }, odd), { maxLength: 12 })
  .map((pairs) => Object.fromEntries(pairs))
const host = fc.oneof(
  { weight: 5, arbitrary: fc.constant('reports.example.com') },
  fc.constantFrom('www.example.com', 'REPORTS.example.com:443', 'd1.cloudfront.net', ''),
  fc.string(),
)

/** Whatever CloudFront could hand to the function. */
export const asked: fc.Arbitrary<Asked> = fc.record({
  method: fc.oneof(
    { weight: 4, arbitrary: fc.constant('GET') },
    fc.constantFrom('HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE'),
    fc.stringMatching(/^[A-Z]{1,10}$/),
  ),
  uri,
  query,
  host,
  headers,
  cookies,
})

/** The event of a description. */
export function eventOf(given: Asked, cloud: EdgeCloud): CloudFrontRequestEvent {
  const { method, uri: asksFor, host: name, headers: sent } = given
  const querystring = queryOf(given.query, cloud)
  const values = given.cookies.map((list) => list.map((one) => textOf(one, cloud)).join('; '))
  return edgeEvent({
    ...{ method, uri: asksFor, querystring, host: name, headers: sent },
    ...(values.length && { cookie: values }),
  })
}

function queryOf(query: Query, cloud: EdgeCloud): string {
  if ('text' in query) return query.text
  if ('logout' in query) return `token=${sealed('logout', [query.logout, NOW + 30_000])}`
  if ('returnTo' in query) return `return_to=${escaped(query.returnTo)}${query.more}`
  const { state } = ATTEMPTS[query.callback]!
  const good = cloud.enter(authorizeUrl(query.callback, SCOPE), 'ada')
  const text = {
    good,
    bad: `code=x&state=${state}`,
    long: `code=${'%C3%A9'.repeat(900)}&state=${state}`,
    refused: `error=access_denied&error_description=%3Cb%3E&state=${state}`,
  }[query.code]
  return query.iss ? `${text}&iss=${encodeURIComponent(cloud.url)}` : text
}

function escaped(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString())
}

export function textOf(one: Cookie, cloud: EdgeCloud): string {
  if ('foreign' in one) return one.foreign
  const [name, text] = pairOf(one, cloud)
  return `${name}=${changed(text, one.change)}`
}

function pairOf(one: Exclude<Cookie, { foreign: string }>, cloud: EdgeCloud): [string, string] {
  if ('session' in one) return [COOKIES.session, tokenOf(one.session)]
  if ('transaction' in one) {
    return [transactionName(one.transaction), transactionValue(one.transaction)]
  }
  if ('tried' in one) {
    return [`${COOKIES.transactionPrefix}tried`, sealed('tried', [one.tried, NOW + 30_000])]
  }
  return [REFRESH_COOKIE, refreshValue(one.refresh, cloud.refreshToken(one.refresh, SCOPE), SCOPE)]
}

function changed(text: string, how: Change): string {
  switch (how) {
    case 'none':
      return text
    case 'cut':
      return text.slice(0, -3)
    case 'flip':
      return text.slice(0, -20) + (text.at(-20) === 'A' ? 'B' : 'A') + text.slice(-19)
    case 'quote':
      return `"${text}"`
    case 'space':
      return `${text.slice(0, 40)} ${text.slice(40)}`
    case 'empty':
      return ''
  }
}

/** Sessions that the request carries as they were minted. */
export function sessionsIn({ cookies: lists }: Asked): Held[] {
  return lists.flat().flatMap((one) => {
    return 'session' in one && one.change === 'none' ? [one.session] : []
  })
}

const rules: fc.Arbitrary<EdgeConfig['access']> = fc.record({
  revision: fc.constantFrom(1, 2),
  public: fc.constantFrom<string[]>([], ['/open/*', '/robots.txt'], ['/'], ['/é']),
  rules: fc.constantFrom<EdgeConfig['access']['rules']>(
    [],
    [{ paths: ['/*'], allow: 'everyone' }],
    [
      { paths: ['/private/*', '/docs/index.html'], allow: { groups: ['red'] } },
      { paths: ['/*'], allow: { emailDomains: ['example.com'], groups: ['blue'] } },
    ],
    [{ paths: ['/*'], allow: { emails: ['ada@example.com'] } }],
  ),
})

type Described = Pick<EdgeConfig, 'access' | 'site' | 'notBefore' | 'session' | 'log'> & {
  keys: number[]
}

/** Configurations as the tool could write them; the session keys by their index. */
export const configuration: fc.Arbitrary<Described> = fc.record({
  access: rules,
  site: fc.constantFrom<EdgeConfig['site']>(
    {},
    { defaultRootObject: 'index.html' },
    { defaultRootObject: 'index.html', directoryIndex: 'index.html' },
    { singlePageApp: '/index.html', directoryIndex: 'index.html' },
  ),
  notBefore: fc.constantFrom<EdgeConfig['notBefore']>(
    {},
    { everyone: NOW / 1000 - 1000 },
    { everyone: 0, users: {} },
  ),
  keys: fc.subarray([0, 1, 2], { minLength: 1 }),
  session: fc.record({
    tokenSeconds: fc.constantFrom(300, 900),
    maxSeconds: fc.constant(43_200),
    graceSeconds: fc.constantFrom(0, 3600),
  }),
  log: fc.constantFrom('info', 'error', 'off'),
})

export function configOf({ keys, ...changes }: Described, cloud: EdgeCloud): EdgeConfig {
  const sessionKeys = keys.map((key) => SESSION_KEYS[key]!.publicJwk)
  return cloud.configured({ ...changes, sessionKeys })
}
