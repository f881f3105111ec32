import { expect, test } from 'vitest'
import { nearest } from '../../../src/config/nearest.ts'
import { ACCEPTED_BY_FLAG, mergeSettings } from '../../../src/config/precedence.ts'
import type { SettingFlags } from '../../../src/config/precedence.ts'
import type { ConfigFile } from '../../../src/config/schema.ts'

const NO_FLAGS: SettingFlags = { group: [], everyone: false, host: [], behavior: [], accept: [] }

const FILE: ConfigFile = {
  version: 1,
  distribution: 'EFILE',
  hosts: ['file.example.com'],
  behaviors: ['/file/*'],
  okta: { orgUrl: 'https://file.okta.com', authorizationServer: 'file' },
  allow: { groups: ['File'] },
  session: { maxHours: 1, graceMinutes: 60 },
  access: { public: ['/robots.txt'] },
  site: { directoryIndex: 'index.html' },
  function: { logLevel: 'error' },
  status: { accept: [{ finding: 'known', reason: 'in the file' }] },
}

const ENV = { OKTA_CLIENT_ORGURL: 'https://env.okta.com' }

test('told nothing, it knows the defaults and leaves the rest open', () => {
  expect(mergeSettings(NO_FLAGS, {}, undefined)).toEqual({
    distribution: undefined,
    hosts: undefined,
    behaviors: 'all',
    okta: {
      orgUrl: undefined,
      authorizationServer: 'org',
      refreshToken: { rotation: 'STATIC' },
    },
    allow: undefined,
    session: { tokenMinutes: 15, maxHours: 12, graceMinutes: 0 },
    access: { public: [], rules: [] },
    site: {},
    keys: { maxAgeDays: 90 },
    ssm: {},
    function: { runtime: 'nodejs22.x', logLevel: 'info' },
    status: { accept: [] },
  })
})

test('the file alone', () => {
  expect(mergeSettings(NO_FLAGS, {}, FILE)).toMatchObject({
    distribution: 'EFILE',
    hosts: ['file.example.com'],
    behaviors: ['/file/*'],
    okta: { orgUrl: 'https://file.okta.com', authorizationServer: 'file' },
    allow: { groups: ['File'] },
    session: { tokenMinutes: 15, maxHours: 1, graceMinutes: 60 },
    access: { public: ['/robots.txt'], rules: [] },
    site: { directoryIndex: 'index.html' },
    function: { runtime: 'nodejs22.x', logLevel: 'error' },
  })
})

test('the environment wins over the file, unless it is empty', () => {
  expect(mergeSettings(NO_FLAGS, ENV, FILE).okta.orgUrl).toBe('https://env.okta.com')
  const empty = { OKTA_CLIENT_ORGURL: '' }
  expect(mergeSettings(NO_FLAGS, empty, FILE).okta.orgUrl).toBe('https://file.okta.com')
})

test('S3_OKTA_GUARD_DISTRIBUTION names the site, unless a flag does', () => {
  const env = { S3_OKTA_GUARD_DISTRIBUTION: 'EENV' }
  expect(mergeSettings(NO_FLAGS, env, FILE).distribution).toBe('EENV')
  expect(mergeSettings({ ...NO_FLAGS, distribution: 'EFLAG' }, env, FILE).distribution).toBe(
    'EFLAG',
  )
})

test('flags win over both', () => {
  const flags: SettingFlags = {
    distribution: 'EFLAG',
    oktaOrgUrl: 'https://flag.okta.com',
    authorizationServer: 'flag',
    group: ['A', 'B', 'A'],
    everyone: false,
    host: ['flag.example.com'],
    behavior: ['default'],
    accept: [],
  }
  expect(mergeSettings(flags, ENV, FILE)).toMatchObject({
    distribution: 'EFLAG',
    hosts: ['flag.example.com'],
    behaviors: ['default'],
    okta: { orgUrl: 'https://flag.okta.com', authorizationServer: 'flag' },
    allow: { groups: ['A', 'B'] },
  })
})

const FILED = { id: '0oaFiled', authentication: 'client_secret' } as const
const withClient = (client: NonNullable<ConfigFile['okta']['client']>): ConfigFile => ({
  ...FILE,
  okta: { ...FILE.okta, client },
})

test.each<[string, Partial<SettingFlags>, ConfigFile, unknown]>([
  ['nobody', {}, FILE, undefined],
  ['the file', {}, withClient(FILED), FILED],
  [
    'the file, by its default',
    {},
    withClient({ id: '0oaFiled' }),
    { id: '0oaFiled', authentication: 'private_key_jwt' },
  ],
  ['a flag', { clientId: '0oaFlag' }, FILE, { id: '0oaFlag', authentication: undefined }],
  [
    'a flag, and a secret is given',
    { clientId: '0oaFlag', clientSecretFile: '-' },
    FILE,
    { id: '0oaFlag', authentication: 'client_secret' },
  ],
  ['a flag that says what the file says', { clientId: '0oaFiled' }, withClient(FILED), FILED],
  [
    'a flag over the file, whose authentication is of another app',
    { clientId: '0oaFlag' },
    withClient(FILED),
    { id: '0oaFlag', authentication: undefined },
  ],
  [
    'the file, and a secret is given',
    { clientSecretFile: 'secret' },
    withClient({ id: '0oaFiled' }),
    FILED,
  ],
  ['nobody, whatever secret is given', { clientSecretFile: '-' }, FILE, undefined],
])('the Okta app is named by %s', (_who, flags, file, client) => {
  expect(mergeSettings({ ...NO_FLAGS, ...flags }, {}, file).okta.client).toEqual(client)
})

test('--everyone replaces the groups of the file', () => {
  expect(mergeSettings({ ...NO_FLAGS, everyone: true }, {}, FILE).allow).toEqual({ everyone: true })
})

test('--accept adds to what the file accepts, and keeps its reasons', () => {
  const flags = { ...NO_FLAGS, accept: ['known', 'new'] }
  expect(mergeSettings(flags, {}, FILE).status.accept).toEqual([
    { finding: 'known', reason: 'in the file' },
    { finding: 'new', reason: ACCEPTED_BY_FLAG },
  ])
})

test.each([
  ['behaviours', 'behaviors'],
  ['Hosts', 'hosts'],
  ['tokenMinute', 'session.tokenMinutes'],
  ['groups', 'allow.groups'],
  ['entirely-else', undefined],
  ['site', undefined],
])('%s is near to %s', (word, meant) => {
  const keys = ['hosts', 'behaviors', 'session.tokenMinutes', 'allow.groups', 'okta']
  expect(nearest(word, keys)).toBe(meant)
})
