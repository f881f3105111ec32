import { describe, expect, it } from 'vitest'
import type { EdgeConfig } from '../../src/access/edge-config.ts'
import type { AccessRule, Site } from '../../src/access/rules.ts'
import { edgeConfig, edgeEvent, edgeHandler, NAVIGATION, sessionCookie } from '../helpers/edge.ts'
import type { EventInput } from '../helpers/edge.ts'
import { refused, STRANGERS, watchLog } from './oracle.ts'

watchLog()

const RULES: AccessRule[] = [
  { paths: ['/finance/*', '/finance'], allow: { groups: ['finance'] } },
  { paths: ['/board.html'], allow: { emails: ['ada@example.com'] } },
  { paths: ['/staff/*'], allow: { emailDomains: ['example.com'] } },
  { paths: ['/*'], allow: 'everyone' },
]
const PUBLIC = ['/public/*', '/robots.txt']

const configured = (site: Site = {}, rules = RULES, open = PUBLIC): EdgeConfig =>
  edgeConfig({ access: { revision: 1, public: open, rules }, site })
const handler = edgeHandler(configured())

/** The path forwarded, or undefined. */
async function forwarded(input: EventInput, by = handler): Promise<string | undefined> {
  const result = await by(edgeEvent(input))
  return result && 'uri' in result ? result.uri : undefined
}

/** Sent to sign in without a session; with one that no rule but the last lets in, refused. */
async function expectClosed(uri: string, by = handler, querystring = ''): Promise<void> {
  for (const [, cookie] of STRANGERS) {
    const input = { uri, querystring, headers: NAVIGATION, ...(cookie && { cookie }) }
    await refused(by, input, ['302'])
  }
  const cookie = sessionCookie({ email: 'eve@evil.example', groups: [] })
  await refused(by, { uri, querystring, cookie, headers: NAVIGATION }, ['403'])
  const response = await refused(by, { uri, querystring, cookie }, ['403'])
  expect(JSON.parse(response.body!)).toEqual({ error: 'forbidden' })
}

/** Not public, whatever the rules say. */
async function expectNotPublic(uri: string, by = handler, querystring = ''): Promise<void> {
  await refused(by, { uri, querystring, headers: NAVIGATION }, ['302'])
}

describe('a public path', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('is open for %s', async (method) => {
    expect(await forwarded({ uri: '/public/a.css', method })).toBe('/public/a.css')
  })

  it.each(['PUT', 'POST', 'PATCH', 'DELETE'])('P09 is not open for %s', async (method) => {
    await refused(handler, { uri: '/public/a.css', method, headers: NAVIGATION }, ['401'])
  })

  it.each(['/public/', '/public/a.css', '/public/a/b', '/robots.txt'])(
    'P07 lets anybody in at %s',
    async (uri) => {
      for (const [, cookie] of STRANGERS) {
        expect(await forwarded({ uri, ...(cookie && { cookie }) })).toBe(uri)
      }
    },
  )

  it.each([
    '/public',
    '/publicX',
    '/public.html',
    '/robots.txt/',
    '/robots.txt2',
    '/a/public/b',
    '/PUBLIC/a',
    '/Robots.txt',
  ])('P07 is not %s, which only looks like it', async (uri) => expectNotPublic(uri))

  it.each(['x=/public/', '/public/a', 'x=1&/robots.txt'])('P01 is none in the query: %s', (query) =>
    expectNotPublic('/private', handler, query),
  )

  it.each([
    '/public/../private',
    '/public/%2e%2e/private',
    '/public/.%2e/private',
    '/public/%2E%2E%2Fprivate',
    '/public/..%2fprivate',
    '/public/..;/private',
    '/public/..\\private',
    '/public/%5c..%5cprivate',
    '/public/%252e%252e/private',
    '/public/%252e%252e%252fprivate',
    '/public/a/../../private',
    '/public/..',
    '/public/.',
    '/public/./../private',
    '/public//../private',
    '/public/%c0%ae%c0%ae/private',
    '/public/%',
    '/public/%2',
    '/public/%zz',
  ])('P05 P06 is none that dots lead out of: %s', async (uri) => expectNotPublic(uri))

  it.each([
    '//public/a',
    '/./public/a',
    '/%2fpublic/a',
    '/x/../public/a',
    '/public%2fa',
    '/public;x/a',
    '/public/a;x',
    '/public/a%00.css',
    '/public/a%0a',
    '/public/a%3fb',
    '/public/a%23b',
    '/public/a+b',
    '/public\\a',
  ])('P06 is none that servers read in two ways: %s', async (uri) => expectNotPublic(uri))

  it('P06 may be spelled with escapes, and goes on as it was spelled', async () => {
    expect(await forwarded({ uri: '/%70ublic/a%20b' })).toBe('/%70ublic/a%20b')
  })
})

describe('an access rule', () => {
  it.each(['/finance', '/finance/', '/finance/2026.html', '/board.html'])(
    'P07 closes %s to all but its own',
    async (uri) => expectClosed(uri),
  )

  it.each([
    '/finance/../x',
    '/x/../finance/a',
    '//finance/a',
    '/./finance/a',
    '/finance//a',
    '/%66inance/a',
    '/fin%61nce/a',
    '/finance%2fa',
    '/%2ffinance/a',
    '/%2e/finance/a',
    '/x/%2e%2e/finance/a',
    '/x/..%2ffinance/a',
    '/x\\..\\finance\\a',
    '/x/%5c../finance/a',
    '/%2566inance/a',
    '/finance;x/a',
    '/finance/..;/finance/a',
    '/board.html?',
    '/board.html%3fx',
    '/board.html%23x',
    '/board.html;x',
    '/board.html%00',
    '/x/../board.html',
    '/bo%61rd.html',
    '/%',
    '/a%ff',
  ])('P05 P06 also spelled %s', async (uri) => expectClosed(uri))

  it('P05 P06 lets its own in at any spelling, forwarded as it came', async () => {
    const cookie = sessionCookie({ groups: ['finance'] })
    for (const uri of ['/finance/a', '/x/../finance/a', '//finance/a', '/%66inance/a', '/a%ff']) {
      expect(await forwarded({ uri, cookie })).toBe(uri)
    }
    for (const uri of ['/x', '/anything/else']) {
      expect(await forwarded({ uri, cookie: sessionCookie({ email: undefined }) })).toBe(uri)
    }
  })

  it.each([
    ['public and closed at once', '/public/../finance/a'],
    ['two rules', '/finance/../board.html'],
  ])('P05 needs every rule of a path that is %s', async (_, uri) => {
    await expectClosed(uri)
    const cookie = sessionCookie({ groups: ['finance'] })
    expect(await forwarded({ uri, cookie })).toBe(uri)
    const eve = sessionCookie({ groups: ['finance'], email: 'eve@evil.example' })
    const asEve = await handler(edgeEvent({ uri, cookie: eve, headers: NAVIGATION }))
    expect('status' in Object(asEve)).toBe(uri.includes('board'))
  })

  it.each([
    'eve@evil.example@example.com',
    'ada@example.com@evil.example',
    'ada@example.com.',
    'ada@example.com.evil.example',
    'ada@evilexample.com',
    'ada@evil.example#@example.com',
    '@example.com',
    'example.com',
    'ada@',
    'ada @example.com',
    'ada@example.com ',
    'ada@example.com\n',
    'ada@example.com,eve@evil.example',
    '"ada@example.com"@evil.example',
    'ada@ex\u00e0mple.com',
    'ada@example\u3002com',
    'ada@\u212bxample.com',
    'ada@xn--example.com',
    'ada@sub.example.com',
    '\u0130ada@example.com',
  ])('P20 gives nothing to the address %j', async (email) => {
    for (const uri of ['/staff/a', '/board.html']) {
      const cookie = sessionCookie({ email })
      await refused(handler, { uri, cookie, headers: NAVIGATION }, ['403'])
    }
  })

  it('P20 takes the address in any case, as mail does', async () => {
    for (const email of ['ada@example.com', 'ADA@EXAMPLE.COM', 'Ada@Example.com']) {
      for (const uri of ['/staff/a', '/board.html']) {
        expect(await forwarded({ uri, cookie: sessionCookie({ email }) })).toBe(uri)
      }
    }
  })

  it('P20 gives nothing to groups that only look alike, or to what no string is', async () => {
    for (const groups of [['Finance'], ['finance '], ['financeX'], ['/finance/*'], [], undefined]) {
      const cookie = sessionCookie({ groups })
      await refused(handler, { uri: '/finance/a', cookie, headers: NAVIGATION }, ['403'])
    }
    for (const groups of ['finance', { 0: 'finance', length: 1 }, [['finance']], null, [null]]) {
      const cookie = sessionCookie({ groups })
      await refused(handler, { uri: '/finance/a', cookie, headers: NAVIGATION }, ['302'])
    }
  })
})

describe('what CloudFront or the guard makes of a path', () => {
  const rules: AccessRule[] = [
    { paths: ['/index.html', '/docs/index.html', '/app.html'], allow: { groups: ['finance'] } },
    { paths: ['/*'], allow: 'everyone' },
  ]

  it('P19 needs the rule of the default root object at /', async () => {
    const by = edgeHandler(configured({ defaultRootObject: 'index.html' }, rules))
    for (const uri of ['/', '/./', '//', '/x/..', '/index.html']) await expectClosed(uri, by)
    const cookie = sessionCookie({ groups: ['finance'] })
    expect(await forwarded({ uri: '/', cookie }, by)).toBe('/')
  })

  it('P19 makes / public only where the file is', async () => {
    for (const open of [['/'], ['/index.html']]) {
      const by = edgeHandler(configured({ defaultRootObject: 'index.html' }, [], open))
      await expectNotPublic('/', by)
    }
    const by = edgeHandler(
      configured({ defaultRootObject: 'index.html' }, [], ['/', '/index.html']),
    )
    expect(await forwarded({ uri: '/' }, by)).toBe('/')
    await expectNotPublic('//', by)
  })

  it('P06 needs the rule of the directory index, and goes on to it', async () => {
    const by = edgeHandler(configured({ directoryIndex: 'index.html' }, rules))
    for (const uri of ['/docs/', '/', '/x/../docs/', '/%64ocs/']) await expectClosed(uri, by)
    const cookie = sessionCookie({ groups: ['finance'] })
    expect(await forwarded({ uri: '/docs/', cookie }, by)).toBe('/docs/index.html')
    expect(await forwarded({ uri: '/%64ocs/', cookie }, by)).toBe('/%64ocs/index.html')
    expect(await forwarded({ uri: '/x/../docs/', cookie }, by)).toBe('/x/../docs/')
  })

  it('P06 needs the rule of the single page, and goes on to it', async () => {
    const by = edgeHandler(configured({ singlePageApp: '/app.html' }, rules))
    for (const uri of ['/anything', '/a/b', '/app.html', '/x/../y']) await expectClosed(uri, by)
    const cookie = sessionCookie({ groups: ['finance'] })
    expect(await forwarded({ uri: '/a/b', cookie }, by)).toBe('/app.html')
    expect(await forwarded({ uri: '/a.js', cookie: sessionCookie() }, by)).toBe('/a.js')
  })
})
