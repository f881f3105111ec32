import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { ExplainData } from '../../../src/ui/schemas/data.ts'
import { cli, temporaryFolder } from '../../helpers/cli.ts'
import { expectValid } from '../../helpers/schema.ts'

const FILE = {
  version: 1,
  distribution: 'E2QWRUHAPOMQZL',
  hosts: ['reports.example.com', 'www.example.com'],
  behaviors: 'all',
  okta: { orgUrl: 'https://acme.okta.com' },
  allow: { groups: ['Staff', 'Partners'] },
  access: {
    public: ['/robots.txt', '/assets/*'],
    rules: [
      { paths: ['/hr', '/hr/*'], allow: { groups: ['HR'] } },
      {
        paths: ['/partners/*'],
        allow: { groups: ['Staff'], emails: ['Bo@Example.com'], emailDomains: ['partner.example'] },
      },
      { paths: ['/*'], allow: 'everyone' },
    ],
  },
  site: { directoryIndex: 'index.html' },
}

let cwd: string
beforeEach(async () => {
  cwd = await temporaryFolder()
})

async function write(change: Record<string, unknown> = {}): Promise<void> {
  await writeFile(path.join(cwd, 's3-okta-guard.json'), JSON.stringify({ ...FILE, ...change }))
}

/** The document of an explanation; no request can be made of an empty environment. */
async function explained(...argv: string[]): Promise<ExplainData> {
  const run = await cli(['explain', '--json', ...argv], { cwd })
  expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: '' })
  expectValid('explain', run.stdout)
  return run.json.data as ExplainData
}

const ANN = ['--user', 'ann@example.com']

test.each([
  ['/robots.txt', [], 'public'],
  ['/robots.txt?x=1#y', [], 'public'],
  ['https://www.example.com/assets/app.js?v=2', [], 'public'],
  ['/assets/../robots.txt', [], 'sign-in'],
  ['/', [], 'sign-in'],
  ['/_guard/me', [], 'guard'],
  ['/_guard/none', ANN, 'guard'],
  ['/x', [...ANN, '--groups', 'Staff'], 'allowed'],
  ['/x', ANN, 'allowed'],
  ['/x', [...ANN, '--groups', 'HR'], 'denied'],
  ['/hr', [...ANN, '--groups', 'Staff'], 'denied'],
  ['/hr/pay.html', [...ANN, '--groups', 'Staff, HR'], 'allowed'],
  ['/hr/pay.html', ['--groups', 'Staff,HR'], 'allowed'],
  ['/%68r/pay.html', [...ANN, '--groups', 'Staff'], 'denied'],
  ['/x/..%2fhr/pay.html', [...ANN, '--groups', 'Staff'], 'denied'],
  ['/partners/x', ['--user', 'BO@example.COM'], 'allowed'],
  ['/partners/x', ['--user', 'cy@partner.example'], 'allowed'],
  ['/partners/x', ['--user', 'cy@evil.example@partner.example'], 'denied'],
  ['/partners/x', ['--user', 'cy@partner.example.'], 'denied'],
  ['/partners/x', [...ANN, '--groups', 'Partners'], 'denied'],
  ['/%zz', [...ANN, '--groups', 'Staff,HR'], 'allowed'],
  ['/%zz', [...ANN, '--groups', 'Staff'], 'denied'],
])('%s for %j is %s', async (asked, who, verdict) => {
  await write()
  expect((await explained(...who, asked)).verdict).toBe(verdict)
})

test('names each rule that is needed, what falls under it, and what lets in', async () => {
  await write()
  expect(await explained(...ANN, '--groups', 'Staff', '/partners/')).toEqual({
    path: '/partners/',
    user: 'ann@example.com',
    groups: ['Staff'],
    verdict: 'allowed',
    reason: 'access.rules[1] lets them in.',
    readings: ['/partners/'],
    forwarded: '/partners/index.html',
    served: '/partners/index.html',
    servedBy: 'site.directoryIndex',
    maySignIn: true,
    rules: [
      {
        rule: 1,
        patterns: ['/partners/*'],
        allow: {
          groups: ['Staff'],
          emails: ['bo@example.com'],
          emailDomains: ['partner.example'],
        },
        decides: ['/partners/', '/partners/index.html'],
        lets: true,
        by: ['groups'],
      },
    ],
    notes: [],
  })
})

test('a path and the file it is served from may need two rules', async () => {
  const rules = [
    { paths: ['/app/*'], allow: { groups: ['App'] } },
    { paths: ['/*'], allow: { groups: ['Staff'] } },
  ]
  await write({ access: { rules }, site: { singlePageApp: '/index.html' } })
  const data = await explained('--groups', 'Staff', '/app/users/7')
  expect(data).toMatchObject({ served: '/index.html', servedBy: 'site.singlePageApp' })
  expect(data.rules.map(({ rule, decides, lets }) => [rule, decides, lets])).toEqual([
    [0, ['/app/users/7'], false],
    [1, ['/index.html'], true],
  ])
  expect(data).toMatchObject({ verdict: 'denied', reason: 'access.rules[0] does not let them in.' })
})

test('without access rules whoever may sign in may open all', async () => {
  await write({ access: undefined, site: undefined, allow: { everyone: true } })
  const data = await explained(...ANN, '/hr/')
  expect(data).toMatchObject({ verdict: 'allowed', rules: [], maySignIn: true, notes: [] })
  expect(data.reason).toContain('There are no access rules')
})

test('the default root object is assumed to be none, unless it is told', async () => {
  const rules = [
    { paths: ['/index.html'], allow: { groups: ['HR'] } },
    { paths: ['/*'], allow: 'everyone' },
  ]
  await write({ access: { rules }, site: undefined })
  const without = await explained('--groups', 'Staff', '/')
  expect(without).toMatchObject({ verdict: 'allowed', served: '/', servedBy: null })
  expect(without.notes.join()).toContain('Assumes no default root object')
  const told = await explained('--groups', 'Staff', '--root-object', 'index.html', '/')
  expect(told).toMatchObject({ verdict: 'denied', served: '/index.html', notes: [] })
  expect(told).toMatchObject({ forwarded: '/', servedBy: 'default root object' })
})

test('says what it assumes, and which group was probably meant', async () => {
  await write({ behaviors: ['default', '/docs/*'] })
  const data = await explained(...ANN, '--groups', 'Staf', '/x')
  expect(data).toMatchObject({ verdict: 'denied', maySignIn: false })
  expect(data.reason).toBe('Only members of "Staff" or "Partners" may sign in.')
  expect(data.notes).toEqual([
    'Holds where a guarded cache behavior serves the path: default, /docs/*.',
    'No rule names "Staf"; did you mean "Staff"?',
  ])
  const assumed = (await explained(...ANN, '/x')).notes
  expect(assumed[0]).toContain('Assumes membership in "Staff" or "Partners"')
})

test('letters are taken as people write them', async () => {
  await write()
  const data = await explained('/über uns/a b.html')
  expect(data.path).toBe('/%C3%BCber%20uns/a%20b.html')
  expect(data.readings).toEqual(['/über uns/a b.html'])
})

test.each([
  [
    'https://other.example.com/x',
    /other.example.com is not a host of the site; .* www.example.com/,
  ],
  ['hr/pay.html', /"hr\/pay.html" is not a path/],
])('%s is refused', async (asked, says) => {
  await write()
  const run = await cli(['explain', asked], { cwd })
  expect(run).toMatchObject({ exitCode: 2, stdout: '' })
  expect(run.stderr).toMatch(says)
  expect(run.stderr).toMatch(/^hint: /m)
})

test('without a file there is nothing to explain', async () => {
  const run = await cli(['explain', '--json', '/'], { cwd })
  expect(run.exitCode).toBe(2)
  expectValid('explain', run.stdout)
  expect(run.json.error?.code).toBe('config-unreadable')
})

test('a contradiction in the file is told with its line', async () => {
  await write({ access: { public: ['/hr/*'], rules: FILE.access.rules } })
  const run = await cli(['explain', '--json', '/'], { cwd })
  expect(run.exitCode).toBe(2)
  expect(run.json.error).toMatchObject({ code: 'config-invalid' })
  expect(run.json.error?.message).toMatch(/line 1: access.rules\[0\].paths\[1\] "\/hr\/\*"/)
})

test('what is allowed and probably not meant is a warning, not a part of the result', async () => {
  const rules = [
    { paths: ['/hr'], allow: { groups: ['HR'] } },
    { paths: ['/*'], allow: 'everyone' },
  ]
  await write({ access: { rules } })
  const run = await cli(['explain', '--json', '/'], { cwd })
  expect(run.exitCode).toBe(0)
  expect(run.stderr).toMatch(/^warning: s3-okta-guard.json, line 1: access.rules\[0\]/)
  expectValid('explain', run.stdout)
})

test('people read the verdict first, then how it came about', async () => {
  await write()
  const run = await cli(['explain', ...ANN, '--groups', 'Staff', '/hr/'], { cwd })
  expect(run.stdout).toBe(
    [
      'denied: /hr/ for ann@example.com in "Staff"',
      'access.rules[0] does not let them in.',
      '',
      '  served  /hr/index.html (site.directoryIndex)',
      '  public  no',
      '',
      '  ✗ access.rules[0]  /hr, /hr/*',
      '      for      /hr/, /hr/index.html',
      '      lets in  members of "HR"',
      '      because  nothing fits',
      '',
    ].join('\n'),
  )
})

test('people see every way to read an odd path', async () => {
  await write()
  const { stdout } = await cli(['explain', '/assets/..;/hr/pay.html'], { cwd })
  expect(stdout).toMatch(/^sign-in required: /)
  expect(stdout).toContain('servers differ: it is never public')
  expect(stdout).toMatch(/^ {11}\/hr\/pay.html$/m)
  const { stdout: unsaid } = await cli(['explain', '/%zz'], { cwd })
  expect(unsaid).toContain('nobody can say what')
  expect(unsaid.match(/access.rules\[\d\]/g)).toHaveLength(3)
})
