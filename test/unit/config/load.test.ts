import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig, parseConfig } from '../../../src/config/load.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { temporaryFolder } from '../../helpers/cli.ts'

const GOOD = {
  version: 1,
  distribution: 'E2QWRUHAPOMQZL',
  hosts: ['reports.example.com'],
  behaviors: 'all',
  okta: { orgUrl: 'https://acme.okta.com' },
  allow: { groups: ['Staff'] },
}

const pretty = (value: unknown) => JSON.stringify(value, undefined, 2)

function refused(text: string): GuardError {
  try {
    parseConfig(text, '/site/s3-okta-guard.json')
  } catch (error) {
    if (error instanceof GuardError) return error
    throw error
  }
  throw new Error('was taken')
}

/** Message and details: what is said either way. */
const said = (error: GuardError) => [error.message, ...error.details].join('\n')

test('a file with the keys that are needed is taken', () => {
  expect(parseConfig(pretty(GOOD), 'x')).toEqual(GOOD)
})

test('a file with every key is taken', () => {
  const full = {
    $schema: 'https://example.com/schema.json',
    ...GOOD,
    behaviors: ['default', '/docs/*'],
    okta: {
      ...GOOD.okta,
      authorizationServer: 'default',
      refreshToken: { rotation: 'ROTATE', leewaySeconds: 30 },
    },
    allow: { everyone: true },
    session: { tokenMinutes: 60, maxHours: 168, graceMinutes: 240 },
    access: {
      public: ['/', '/robots.txt', '/assets/*', '/index.html'],
      rules: [
        { paths: ['/hr/*', '/hr'], allow: { groups: ['HR'] } },
        {
          paths: ['/partners/*'],
          allow: { groups: ['Staff'], emails: ['Ann@Partner.com'], emailDomains: ['acme.com'] },
        },
        { paths: ['/*'], allow: 'everyone' },
      ],
    },
    site: { directoryIndex: 'index.html', singlePageApp: '/index.html' },
    function: { runtime: 'nodejs22.x', logLevel: 'off' },
    status: { accept: [{ finding: 'error-page-exposed', reason: 'It is public.' }] },
  }
  expect(parseConfig(`\ufeff${pretty(full)}`, 'x')).toEqual(full)
})

/** What was put in, on which line it stands, what is said about it. */
const WRONG: [string, Record<string, unknown>, number, RegExp][] = [
  ['a key of no meaning', { colors: [] }, 16, /colors is an unknown key; the keys here are/],
  ['access as a list', { access: [] }, 16, /access is \[\]; it should be an object like/],
  ['no public path', { access: { public: [] } }, 17, /it should be a list of paths like/],
  ['rules as an object', { access: { rules: {} } }, 17, /it should be a list of objects like/],
  [
    'a rule without paths',
    { access: { rules: [{ paths: [], allow: 'everyone' }] } },
    19,
    /access.rules\[0\].paths is \[\]; it should be a list of paths like/,
  ],
  [
    'a rule for nobody',
    { access: { rules: [{ paths: ['/*'], allow: 'nobody' }] } },
    22,
    /access.rules\[0\].allow is "nobody"; it should be "everyone" or an object like/,
  ],
  [
    'a typo in whom a rule lets in',
    { access: { rules: [{ paths: ['/*'], allow: { group: ['a'] } }] } },
    23,
    /access.rules\[0\].allow.group is an unknown key; did you mean "access.rules.allow.groups"\?/,
  ],
  [
    'an empty list of groups',
    { access: { rules: [{ paths: ['/*'], allow: { groups: [], emails: ['a@b.c'] } }] } },
    23,
    /access.rules\[0\].allow.groups is \[\]; it should be a list of Okta groups like/,
  ],
  ['no file name', { site: { directoryIndex: '' } }, 17, /it should be the name of a file, like/],
  ['another level', { function: { logLevel: 'debug' } }, 17, /should be "info", "error" or "off"/],
  ['a long grace', { session: { graceMinutes: 241 } }, 17, /a whole number from 0 to 240/],
  [
    'another rotation',
    { okta: { ...GOOD.okta, refreshToken: { rotation: 'rotate' } } },
    11,
    /okta.refreshToken.rotation is "rotate"; it should be "STATIC" or "ROTATE"/,
  ],
  [
    'a short leeway',
    { okta: { ...GOOD.okta, refreshToken: { rotation: 'ROTATE', leewaySeconds: 29 } } },
    12,
    /is 29; it should be a whole number from 30 to 60/,
  ],
  [
    'a leeway where nothing rotates',
    { okta: { ...GOOD.okta, refreshToken: { rotation: 'STATIC', leewaySeconds: 30 } } },
    12,
    /okta.refreshToken.leewaySeconds is an unknown key/,
  ],
  ['a typo', { behaviours: 'all' }, 16, /behaviours is an unknown key; did you mean "behaviors"\?/],
  ['a key of another level', { groups: ['a'] }, 16, /did you mean "allow.groups"\?/],
  [
    'a typo within',
    { okta: { orgURL: 'https://a.okta.com' } },
    8,
    /okta.orgURL .* "okta.orgUrl"\?/,
  ],
  ['a list as text', { hosts: 'a' }, 4, /hosts is "a"; it should be a list of host names/],
  ['an empty list', { hosts: [] }, 4, /hosts is \[\]; it should be a list of host names/],
  ['a number in a list', { hosts: ['a', 1] }, 6, /hosts\[1\] is 1;/],
  ['a distribution address', { distribution: 'https://x' }, 3, /id like "E2QWRUHAPOMQZL"/],
  ['another word', { behaviors: 'some' }, 7, /behaviors is "some"; it should be "all" or a list/],
  ['nobody', { allow: {} }, 11, /allow is \{\}; it should be \{"everyone": true\} or/],
  ['not everyone', { allow: { everyone: false } }, 11, /it should be \{"everyone": true\}/],
  ['everyone and groups', { allow: { everyone: true, groups: ['a'] } }, 11, /allow is \{.*\};/],
  ['no org', { okta: {} }, 8, /okta.orgUrl is missing; it should be the address/],
  ['an org that is no address', { okta: { orgUrl: 'acme' } }, 9, /okta.orgUrl is "acme"/],
  [
    'a short life',
    { session: { tokenMinutes: 4 } },
    17,
    /is 4; it should be a whole number from 5 to 60/,
  ],
  [
    'a long life',
    { session: { maxHours: 169 } },
    17,
    /is 169; it should be a whole number from 1 to 168/,
  ],
  ['half a minute', { session: { tokenMinutes: 5.5 } }, 17, /is 5.5;/],
  ['another language', { function: { runtime: 'python3.12' } }, 17, /runtime is "python3.12"/],
  ['an old runtime', { function: { runtime: 'nodejs18.x' } }, 17, /20 or newer/],
  [
    'no reason',
    { status: { accept: [{ finding: 'x' }] } },
    18,
    /status.accept\[0\].reason is missing/,
  ],
  ['version 0', { version: 0 }, 2, /version is 0; it should be 1/],
  ['a version in quotes', { version: '1' }, 2, /version is "1"; it should be 1/],
]

test.each(WRONG)('%s: says where, what was found, what was meant', (_what, change, line, says) => {
  const error = refused(pretty({ ...GOOD, ...change }))
  expect(error.code).toBe('config-invalid')
  expect(said(error)).toMatch(says)
  expect(said(error)).toContain(`line ${line}: `)
  expect(said(error)).not.toContain('something else')
})

test.each(Object.keys(GOOD))('without %s it is named as missing', (key) => {
  const { [key as keyof typeof GOOD]: _left, ...rest } = GOOD
  expect(said(refused(pretty(rest)))).toContain(`${key} is missing; it should be `)
})

test('all mistakes are told at once', () => {
  const error = refused(pretty({ ...GOOD, hosts: 1, session: { maxHours: 0 }, acess: [] }))
  expect(error.message).toContain('3 mistakes')
  expect(error.details).toHaveLength(3)
})

test('the value of an unknown key is not repeated: it may be a secret', () => {
  const error = refused(pretty({ ...GOOD, okta: { ...GOOD.okta, token: '00SeCrEt' } }))
  expect(said(error)).toContain('okta.token is an unknown key')
  expect(said(error)).not.toContain('00SeCrEt')
})

test('a file of a newer version is not judged by the rules of this one', () => {
  const error = refused(pretty({ version: 2, anything: true }))
  expect(error.code).toBe('config-version')
  expect(error.message).toContain('version 2')
})

test.each([['[]'], ['null'], ['"text"'], ['1']])('%s is not an object', (text) => {
  expect(said(refused(text))).toContain('it should be an object like {"version": 1')
})

test('a file that is not there is only missed when it was named', async () => {
  const file = path.join(await temporaryFolder(), 's3-okta-guard.json')
  expect(await loadConfig(file, false)).toBeUndefined()
  await expect(loadConfig(file, true)).rejects.toMatchObject({
    code: 'config-unreadable',
    message: `${file} cannot be read: there is no such file.`,
  })
})

test('a folder in its place cannot be read', async () => {
  const file = path.join(await temporaryFolder(), 's3-okta-guard.json')
  await mkdir(file)
  await expect(loadConfig(file, false)).rejects.toMatchObject({
    code: 'config-unreadable',
    message: expect.stringContaining('it is a folder') as string,
  })
})

test('a file that is there is read', async () => {
  const file = path.join(await temporaryFolder(), 's3-okta-guard.json')
  await writeFile(file, pretty(GOOD))
  expect(await loadConfig(file, false)).toEqual({ path: file, file: GOOD, warnings: [] })
})
