import { describe, expect, test } from 'vitest'
import { accessOf, allows, matches } from '../../../src/access/rules.ts'
import type { AccessSettings, Allowance, Site } from '../../../src/access/rules.ts'

const ACCESS: AccessSettings = {
  public: ['/robots.txt', '/assets/*', '/'],
  rules: [
    { paths: ['/hr', '/hr/*'], allow: { groups: ['HR'] } },
    { paths: ['/über uns/*', '/index.html'], allow: { groups: ['Staff'] } },
    { paths: ['/*'], allow: 'everyone' },
  ],
}
const INDEX: Site = { directoryIndex: 'index.html' }
const PAGE: Site = { singlePageApp: '/app.html' }

const open = (uri: string, site: Site = {}) => accessOf(uri, ACCESS, site).isPublic
const rules = (uri: string, site: Site = {}) => accessOf(uri, ACCESS, site).rules
const served = (uri: string, site: Site) => accessOf(uri, ACCESS, site).uri

describe('public', () => {
  test.each(['/robots.txt', '/%72obots.txt', '/assets/', '/assets/a/b.css', '/', '/assets/%C3%BC'])(
    '%s is',
    (uri) => expect(open(uri)).toBe(true),
  )

  test.each([
    ['P06', '/robots.txt/'],
    ['P06', '/ROBOTS.TXT'],
    ['P06', '//robots.txt'],
    ['P06', '/robots.txt%00'],
    ['P06', '/assets//a.css'],
    ['P07', '/assets'],
    ['P07', '/assetsX/a.css'],
    ['P07', '/robots.txtX'],
    ['P07', '/x/robots.txt'],
    ['P05', '/assets/../hr/pay'],
    ['P05', '/assets/%2e%2e/robots.txt'],
    ['P05', '/assets/..%2frobots.txt'],
    ['P02', '/hr/%23/assets/'],
    ['P06', '/assets/c++.css'],
  ])('%s %s is not', (_id, uri) => expect(open(uri)).toBe(false))

  test('what is served must be public as well', () => {
    expect(open('/assets/', INDEX)).toBe(true)
    expect(open('/', INDEX)).toBe(false)
    expect(open('/', { defaultRootObject: 'index.html' })).toBe(false)
    expect(open('/', { defaultRootObject: 'robots.txt' })).toBe(true)
    expect(open('/assets/logo', PAGE)).toBe(false)
    expect(open('/assets/logo.svg', PAGE)).toBe(true)
  })
})

describe('the rules that are needed', () => {
  test.each([
    ['/hr', [0]],
    ['/hr/', [0]],
    ['/hr/pay', [0]],
    ['/hrx', [2]],
    ['/HR/pay', [2]],
    ['/%C3%BCber%20uns/x', [1]],
    ['/u%CC%88ber%20uns/x', [1]],
    ['/x', [2]],
  ])('%s needs %j', (uri, needed) => expect(rules(uri)).toEqual(needed))

  test('a path and the file that it is served from each need theirs', () => {
    expect(rules('/', INDEX)).toEqual([2, 1])
    expect(rules('/', { defaultRootObject: 'index.html' })).toEqual([2, 1])
    expect(rules('/hr/', INDEX)).toEqual([0])
    expect(rules('/hr/pay', PAGE)).toEqual([0, 2])
    expect(rules('/hr/pay.pdf', PAGE)).toEqual([0])
  })

  test('P05 an odd path needs the rule of every reading, and of what is served for it', () => {
    expect(rules('/x/../hr/pay')).toEqual([2, 0])
    expect(rules('/.', { defaultRootObject: 'index.html' })).toEqual([2, 1])
    expect(rules('//', INDEX)).toContain(1)
  })

  test('P06 a path of which nobody can say what it is needs them all', () => {
    expect(accessOf('/%zz', ACCESS, INDEX)).toEqual({
      isPublic: false,
      rules: [0, 1, 2],
      uri: '/%zz',
    })
  })

  test('where there are no rules none is needed', () => {
    for (const uri of ['/x', '/x/../y', '/%zz', '/']) {
      expect(accessOf(uri, { public: [], rules: [] }, INDEX).rules).toEqual([])
    }
  })
})

describe('the path that is forwarded', () => {
  test.each([
    ['/docs/', '/docs/index.html'],
    ['/', '/index.html'],
    ['/%C3%BCber%20uns/', '/%C3%BCber%20uns/index.html'],
    ['/u%CC%88/', '/u%CC%88/index.html'],
    ['/docs', '/docs'],
    ['/docs//', '/docs//'],
    ['/docs/%2e/', '/docs/%2e/'],
  ])('of %s is %s with a directory index', (uri, to) => expect(served(uri, INDEX)).toBe(to))

  test.each([
    ['/', '/app.html'],
    ['/users/7', '/app.html'],
    ['/v1.2/users', '/app.html'],
    ['/users/', '/app.html'],
    ['/users/ann.lee', '/users/ann.lee'],
    ['/a%2Ejs', '/a%2Ejs'],
    ['/a//b', '/a//b'],
  ])('of %s is %s with a single page', (uri, to) => expect(served(uri, PAGE)).toBe(to))

  test('folders have their index where there is a single page too', () => {
    expect(served('/docs/', { ...INDEX, ...PAGE })).toBe('/docs/index.html')
    expect(served('/docs', { ...INDEX, ...PAGE })).toBe('/app.html')
  })

  test('is left to CloudFront where only the default root object would change it', () => {
    expect(served('/', { defaultRootObject: 'index.html' })).toBe('/')
  })
})

describe('whom a rule lets in', () => {
  const lets = (allow: Allowance, person: { email?: string; groups?: string[] }) =>
    allows({ paths: ['/*'], allow }, person)
  const CORP: Allowance = { emailDomains: ['corp.com'], emails: ['kim@other.com'] }

  test('everyone, whatever is known of them', () => {
    expect(lets('everyone', {})).toBe(true)
    expect(lets('everyone', { email: 'no address', groups: [] })).toBe(true)
  })

  test('any of the lists is enough', () => {
    const both = { ...CORP, groups: ['HR'] }
    expect(lets(both, { groups: ['HR'] })).toBe(true)
    expect(lets(both, { email: 'ann@CORP.com' })).toBe(true)
    expect(lets(both, { email: 'Kim@Other.com', groups: [] })).toBe(true)
    expect(lets(both, { email: 'ann@other.com', groups: ['hr', 'Staff'] })).toBe(false)
  })

  test('groups that Okta did not say are none', () => {
    expect(lets({ groups: ['HR'] }, { email: 'ann@corp.com' })).toBe(false)
    expect(lets({ groups: ['HR'] }, { groups: [] })).toBe(false)
  })

  test.each([
    'user@evil.com@corp.com',
    'user@corp.com.',
    'user@corp.com ',
    ' user@corp.com',
    'us er@corp.com',
    'user@corp.com\n',
    'user@corp.com\0',
    '@corp.com',
    'corp.com',
    'user@sub.corp.com',
    'user@evilcorp.com',
    'user@corp.com.evil.com',
    'user@corp\u3002com',
    'user@\u0441orp.com',
    'user\uff20corp.com',
    '\u212aim@other.com',
    'k\u0131m@other.com',
    '"a@b"@corp.com',
    '',
  ])('P20 not %j by its address or domain', (email) => {
    expect(lets(CORP, { email })).toBe(false)
  })
})

test.each([
  ['/a/*', ['/a/*'], true],
  ['/a/b/*', ['/a/*'], true],
  ['/a/*', ['/a/b/*'], false],
  ['/a/*', ['/a/'], false],
  ['/a/', ['/a/*'], true],
  ['/a', ['/a/*'], false],
  ['/x/*', ['/*'], true],
])('of the pattern %s it is said whether %j covers it', (pattern, others, covers) => {
  expect(matches(pattern, others)).toBe(covers)
})
