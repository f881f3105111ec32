import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Allowance } from '../../../src/access/rules.ts'
import { loadConfig, parseConfig } from '../../../src/config/load.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { temporaryFolder } from '../../helpers/cli.ts'

const GOOD = {
  version: 1,
  distribution: 'E2QWRUHAPOMQZL',
  hosts: ['reports.example.com'],
  behaviors: 'all',
  okta: { orgUrl: 'https://acme.okta.com' },
  allow: { everyone: true },
}

type File = Record<string, unknown>
type Rule = { paths: string[]; allow: Allowance }

const ALL: Rule = { paths: ['/*'], allow: 'everyone' }
const HR = { groups: ['HR'] }

const rules = (...list: Rule[]): File => ({ access: { rules: list } })
const open = (...paths: string[]): File => ({ access: { public: paths } })
const people = (allow: Allowance): File => rules({ paths: ['/*'], allow })

/** One value a line, so that a line says which value is meant. */
const text = (change: File) => JSON.stringify({ ...GOOD, ...change }, undefined, 1)

function problems(change: File): string[] {
  try {
    parseConfig(text(change), 's3-okta-guard.json')
    return []
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    expect(error.code).toBe('config-invalid')
    expect(error.hint).toMatch(/nothing was called/)
    return error.details.length > 0
      ? error.details
      : [error.message.replace('s3-okta-guard.json, ', '')]
  }
}

/** The one problem of the file, on the line where the value stands that the test names. */
function expectOne(change: File, value: string, says: RegExp): void {
  const found = problems(change)
  expect(found).toHaveLength(1)
  const lines = text(change).split('\n')
  const line = lines.findLastIndex((one) => one.includes(value)) + 1
  expect(line).toBeGreaterThan(0)
  expect(found[0]).toMatch(new RegExp(`^line ${line}: `))
  expect(found[0]).toMatch(says)
}

test.each([
  ['docs/*', /should begin with "\/"/],
  ['*', /should begin with "\/"|"\*" may stand only/],
  ['/docs*', /"\*" may stand only at the end, after "\/"/],
  ['/*/x', /"\*" may stand only at the end/],
  ['/docs/*/*', /"\*" may stand only at the end/],
  ['/%C3%BCber', /has a percent escape; write the character itself/],
  ['/100%', /has a percent escape/],
  ['/docs/* ', /"\*" may stand only/],
  ['/docs ', /ends with a space/],
  ['/_guard/*', /the guard itself answers there/],
  ['/_guard/login', /the guard itself answers there/],
  ['//docs', /servers read it in different ways/],
  ['/docs//*', /servers read it in different ways/],
  ['/docs/../*', /servers read it in different ways/],
  ['/./docs', /servers read it in different ways/],
  ['/docs/.', /servers read it in different ways/],
  ['/docs\\x', /servers read it in different ways/],
  ['/a+b', /servers read it in different ways/],
  ['/a;b', /servers read it in different ways/],
  ['/a?b', /servers read it in different ways/],
  ['/a#b', /servers read it in different ways/],
  ['/a\u0000', /servers read it in different ways/],
  ['/a\ud800', /servers read it in different ways/],
  ['/cafe\u0301', /composed form \(NFC\): write "\/café"/],
])('the path %j is refused, public or in a rule', (pattern, says) => {
  const shown = JSON.stringify(pattern)
  expectOne(open('/robots.txt', pattern), shown, says)
  expectOne(rules({ paths: ['/x.html', pattern], allow: HR }, ALL), shown, says)
})

test.each([
  '/',
  '/robots.txt',
  '/assets/*',
  '/über uns/*',
  '/a.b/.well-known/x',
  '/_guardian/*',
  "/it's(1)@=&,:!$~",
])('the path %j is taken', (pattern) => {
  expect(problems(open(pattern))).toEqual([])
  expect(problems(rules({ paths: [pattern], allow: HR }, ALL))).toEqual([])
})

test('"/*" does not open the whole site, and "/" may be open', () => {
  expectOne(open('/*'), '"/*"', /access.public\[0\] "\/\*": would open the whole site/)
  expect(problems(open('/'))).toEqual([])
})

test('a path that stands twice in one list is refused', () => {
  expectOne(open('/a', '/b', '/a'), '"/a"', /access.public\[2\] "\/a": stands here twice/)
  expectOne(rules({ paths: ['/a', '/a'], allow: HR }, ALL), '"/a"', /stands here twice/)
})

test('a rule whose path an earlier rule takes can never match', () => {
  const first = { paths: ['/hr/*', '/x'], allow: HR }
  for (const path of ['/hr/pay', '/hr/pay/*', '/hr/']) {
    const change = rules(first, { paths: ['/y', path], allow: 'everyone' }, ALL)
    expectOne(
      change,
      `"${path}"`,
      /can never match here: "\/hr\/\*" of access.rules\[0\] comes first/,
    )
  }
  const twice = rules(first, { paths: ['/x'], allow: 'everyone' }, ALL)
  expectOne(twice, '"/x"', /"\/x" of access.rules\[0\] comes first/)
})

test.each([
  [
    'the narrower first',
    [
      { paths: ['/hr/pay/*'], allow: HR },
      { paths: ['/hr/*'], allow: HR },
    ],
  ],
  [
    'neighbors',
    [
      { paths: ['/hr/*'], allow: HR },
      { paths: ['/hr', '/hrx/*'], allow: HR },
    ],
  ],
  ['redundant within one rule', [{ paths: ['/hr/*', '/hr/pay'], allow: HR }]],
])('rules that each have their paths are taken: %s', (_what, list: Rule[]) => {
  expect(problems(rules(...list, ALL))).toEqual([])
})

test('a public path that hides a rule is refused', () => {
  for (const hiding of ['/hr/*', '/hr/pay/*']) {
    const change = {
      access: {
        public: ['/robots.txt', hiding],
        rules: [{ paths: ['/hr/pay/*'], allow: HR }, ALL],
      },
    }
    const lines = problems(change)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('line 22: access.rules[0].paths[0] "/hr/pay/*": ')
    expect(lines[0]).toContain(`access.public[1] "${hiding}" opens it to everybody`)
  }
})

test('a public corner below a rule is taken', () => {
  const access = { public: ['/hr/logo.png'], rules: [{ paths: ['/hr/*'], allow: HR }, ALL] }
  expect(problems({ access })).toEqual([])
})

test('the last rule is the default, and "/*" stands nowhere else', () => {
  const says = /access.rules\[0\].paths: the last rule is for all paths/
  expectOne(rules({ paths: ['/hr/*'], allow: HR }), '"paths"', says)
  expectOne(rules({ paths: ['/hr/*', '/*'], allow: HR }), '"paths"', says)
  const early = rules({ paths: ['/a', '/*'], allow: HR }, { paths: ['/b'], allow: HR }, ALL)
  const found = problems(early)
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(/access.rules\[0\].paths\[1\] "\/\*": takes every path/)
  expect(problems(rules(ALL, ALL))).toHaveLength(1)
  expect(problems(rules(ALL))).toEqual([])
  expect(problems(rules())).toEqual([])
})

test.each([
  ['ann', /should have exactly one "@"/],
  ['ann@evil.com@corp.com', /should have exactly one "@"/],
  ['ann@corp.com.', /should not end with a dot/],
  ['ann@corp', /is no domain like "example.com"/],
  ['ann@-corp.com', /is no domain/],
  ['ann b@corp.com', /is no e-mail address/],
  ['@corp.com', /is no e-mail address/],
  ['\u212aim@corp.com', /has "\u212a" \(U\+212A\), which is not ASCII/],
  ['kim@\u0441orp.com', /has "\u0441" \(U\+0441\), which is not ASCII/],
  ['ann@corp.com ', /is no domain/],
  ['*@corp.com', /emailDomains lets all of a domain in/],
])('the address %j is refused', (email, says) => {
  expectOne(people({ emails: ['bo@corp.com', email] }), JSON.stringify(email), says)
})

test.each([
  ['@corp.com', /is written without "@"/],
  ['ann@corp.com', /is written without "@"/],
  ['*.corp.com', /has a "\*"/],
  ['corp.com.', /should not end with a dot/],
  ['corp', /is no domain/],
  ['.corp.com', /is no domain/],
  ['corp..com', /is no domain/],
  ['\u212aorp.com', /U\+212A/],
  ['corp.com ', /is no domain/],
])('the domain %j is refused', (domain, says) => {
  expectOne(people({ emailDomains: ['b.co', domain] }), JSON.stringify(domain), says)
})

test('whom a rule names twice is refused, however the letters are written', () => {
  expectOne(people({ emails: ['ann@b.co', 'Ann@B.co'] }), 'Ann@B.co', /stands here twice/)
  expectOne(people({ emailDomains: ['b.co', 'B.co'] }), 'B.co', /stands here twice/)
  expectOne(people({ groups: ['HR', 'hr', 'HR'] }), '"HR"', /groups\[2\] "HR": stands here twice/)
})

test('a rule that lets nobody in is refused', () => {
  expectOne(people({}), '"allow": {}', /access.rules\[0\].allow: lets nobody in/)
})

test.each([
  [{ directoryIndex: 'docs/index.html' }, /without "\/"/],
  [{ directoryIndex: '..' }, /should be a file name/],
  [{ directoryIndex: 'a b.html' }, /should be a file name/],
  [{ directoryIndex: 'a%20b.html' }, /should be a file name/],
  [{ singlePageApp: 'index.html' }, /should be the path of a file/],
  [{ singlePageApp: '/' }, /should be the path of a file/],
  [{ singlePageApp: '/app/' }, /should be the path of a file/],
  [{ singlePageApp: '//index.html' }, /should be the path of a file/],
  [{ singlePageApp: '/../index.html' }, /should be the path of a file/],
  [{ singlePageApp: '/a+b.html' }, /should be the path of a file/],
  [{ singlePageApp: '/v1.0/app' }, /should have an extension/],
  [{ singlePageApp: '/_guard/app.html' }, /below the guard’s own paths/],
])('site %j is refused', (site: Record<string, string>, says) => {
  expectOne({ site }, Object.values(site)[0] ?? '', says)
})

test('a single page under a rule of its own is refused, unless it is public', () => {
  const site = { singlePageApp: '/hr/app.html' }
  const list = [{ paths: ['/hr/*'], allow: HR }, ALL]
  expectOne({ site, access: { rules: list } }, 'singlePageApp', /falls under access.rules\[0\]/)
  const apart = [{ paths: ['/hr/pay/*'], allow: HR }, ALL]
  expect(problems({ site, access: { rules: apart } })).toEqual([])
  expect(problems({ site, access: { public: ['/hr/app.html'], rules: list } })).toEqual([])
  expect(problems({ site })).toEqual([])
})

test('a public path that is served from a file which is not public is refused', () => {
  const says = /is served from "\/app.html", which is not public: strangers would have to sign in/
  const site = { singlePageApp: '/app.html' }
  expectOne({ access: { public: ['/welcome'] }, site }, '"/welcome"', says)
  expect(problems({ access: { public: ['/welcome', '/app.html'] }, site })).toEqual([])
  const folder = { directoryIndex: 'index.html' }
  expectOne({ access: { public: ['/'] }, site: folder }, '"/"', /is served from "\/index.html"/)
  expect(problems({ access: { public: ['/', '/index.html'] }, site: folder })).toEqual([])
  expect(problems({ access: { public: ['/docs/*'] }, site: folder })).toEqual([])
})

test('a grace that ends before the token does is refused', () => {
  const says = /session.graceMinutes 15: counts from Okta’s last answer/
  expectOne({ session: { graceMinutes: 15 } }, 'graceMinutes', says)
  expect(problems({ session: { graceMinutes: 16 } })).toEqual([])
  expect(problems({ session: { graceMinutes: 0 } })).toEqual([])
  expect(problems({ session: { tokenMinutes: 5, graceMinutes: 6 } })).toEqual([])
})

test('all contradictions are told at once, each with its line', () => {
  const found = problems({
    session: { graceMinutes: 5 },
    access: { public: ['x'], rules: [{ paths: ['/*'], allow: { emails: ['y'] } }] },
  })
  expect(found.map((line) => /^line \d+: ([\w.[\]]+)/.exec(line)?.[1])).toEqual([
    'access.public[0]',
    'session.graceMinutes',
    'access.rules[0].allow.emails[0]',
  ])
})

async function warnings(change: File): Promise<string[] | undefined> {
  const file = path.join(await temporaryFolder(), 's3-okta-guard.json')
  await writeFile(file, text(change))
  return (await loadConfig(file, true))?.warnings
}

test('a folder without what is below it is warned about', async () => {
  for (const folder of ['/hr', '/hr/']) {
    const [warning, ...more] = (await warnings(rules({ paths: [folder], allow: HR }, ALL))) ?? []
    expect(more).toEqual([])
    expect(warning).toMatch(/^s3-okta-guard.json, line 18: access.rules\[0\].paths\[0\] /)
    expect(warning).toMatch(/is this one path alone; .* unless you add "\/hr\/\*"$/)
  }
  const both = rules({ paths: ['/hr', '/hr/*', '/cv.pdf', '/'], allow: HR }, ALL)
  expect(await warnings(both)).toEqual([])
})

test('an index under another rule than its folder is warned about', async () => {
  const site = { directoryIndex: 'index.html' }
  const list = [{ paths: ['/hr/index.html'], allow: HR }, ALL]
  const [warning] = (await warnings({ site, access: { rules: list } })) ?? []
  expect(warning).toMatch(/"\/hr\/" is served from it and falls under access.rules\[1\]/)
  expect(await warnings({ access: { rules: list } })).toEqual([])
  const whole = [{ paths: ['/hr/*'], allow: HR }, ALL]
  expect(await warnings({ site, access: { rules: whole } })).toEqual([])
})
