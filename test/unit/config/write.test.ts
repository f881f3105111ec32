import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULTS } from '../../../src/access/settings.ts'
import type { Settings } from '../../../src/access/settings.ts'
import { parseConfig } from '../../../src/config/load.ts'
import { fromSettings, toSettings } from '../../../src/config/settings.ts'
import { assertWritable, serializeConfig, writeConfig } from '../../../src/config/write.ts'
import { temporaryFolder } from '../../helpers/cli.ts'

const SETTINGS: Settings = {
  version: 1,
  distribution: 'E2QWRUHAPOMQZL',
  hosts: ['reports.example.com'],
  behaviors: 'all',
  okta: {
    orgUrl: 'https://acme.okta.com',
    authorizationServer: DEFAULTS.authorizationServer,
    refreshToken: { rotation: 'STATIC' },
  },
  allow: { groups: ['Staff'] },
  session: { tokenMinutes: DEFAULTS.tokenMinutes, maxHours: DEFAULTS.maxHours, graceMinutes: 0 },
  access: { public: [], rules: [] },
  site: {},
  keys: { maxAgeDays: DEFAULTS.maxAgeDays },
  ssm: {},
  function: { runtime: DEFAULTS.runtime, logLevel: DEFAULTS.logLevel },
  status: { accept: [] },
}

const CUSTOM: Settings = {
  ...SETTINGS,
  behaviors: ['default'],
  okta: {
    ...SETTINGS.okta,
    authorizationServer: 'aus1',
    refreshToken: { rotation: 'ROTATE', leewaySeconds: 30 },
  },
  allow: { everyone: true },
  session: { tokenMinutes: 5, maxHours: 168, graceMinutes: 240 },
  keys: { maxAgeDays: 30 },
  access: {
    public: ['/robots.txt', '/app/*'],
    rules: [
      { paths: ['/hr/*'], allow: { groups: ['HR'], emails: ['ann@example.com'] } },
      { paths: ['/*'], allow: 'everyone' },
    ],
  },
  site: { directoryIndex: 'index.html', singlePageApp: '/app/main.html' },
  function: { runtime: 'nodejs24.x', logLevel: 'off' },
  status: { accept: [{ finding: 'x', reason: 'y' }] },
}

test.each([
  ['defaults', SETTINGS],
  ['nothing but choices', CUSTOM],
])('settings with %s come back from the file as they went', (_what, settings) => {
  const text = serializeConfig(fromSettings(settings))
  expect(toSettings(parseConfig(text, 'x'))).toEqual(settings)
})

test('defaults are left out of the file', () => {
  const keys = ['version', 'distribution', 'hosts', 'behaviors', 'okta', 'allow']
  expect(Object.keys(fromSettings(SETTINGS))).toEqual(keys)
})

test('a leeway that is the default is left out, and the rotation is not', () => {
  const refreshToken = { rotation: 'ROTATE', leewaySeconds: 60 } as const
  const settings = { ...SETTINGS, okta: { ...SETTINGS.okta, refreshToken } }
  expect(fromSettings(settings).okta.refreshToken).toEqual({ rotation: 'ROTATE' })
  expect(toSettings(fromSettings(settings))).toEqual(settings)
})

test('addresses and domains are taken in lower case, groups as they are', () => {
  const allow = { groups: ['HR'], emails: ['Ann@Example.COM'], emailDomains: ['Acme.com'] }
  const file = { ...fromSettings(SETTINGS), access: { rules: [{ paths: ['/*'], allow }] } }
  expect(toSettings(file).access.rules[0]?.allow).toEqual({
    groups: ['HR'],
    emails: ['ann@example.com'],
    emailDomains: ['acme.com'],
  })
})

test('the slash at the end of the org URL is dropped', () => {
  const file = { ...fromSettings(SETTINGS), okta: { orgUrl: 'https://acme.okta.com/' } }
  expect(toSettings(file).okta.orgUrl).toBe('https://acme.okta.com')
})

test('the order of keys is always the same', () => {
  const file = fromSettings(CUSTOM, 'https://example.com/schema.json')
  const reversed = Object.fromEntries(Object.entries(file).reverse()) as typeof file
  expect(serializeConfig(reversed)).toBe(serializeConfig(file))
  expect(serializeConfig(file).endsWith('}\n')).toBe(true)
})

test('writes the file and leaves nothing beside it', async () => {
  const folder = await temporaryFolder()
  const file = path.join(folder, 's3-okta-guard.json')
  await assertWritable(file)
  expect(await readdir(folder)).toEqual([])
  await writeConfig(file, fromSettings(SETTINGS))
  await assertWritable(file)
  await writeConfig(file, fromSettings(CUSTOM))
  expect(await readdir(folder)).toEqual(['s3-okta-guard.json'])
  expect(toSettings(parseConfig(await readFile(file, 'utf8'), file))).toEqual(CUSTOM)
})

test('a link stays a link: what it points to is written', async () => {
  const folder = await temporaryFolder()
  const target = path.join(folder, 'shared.json')
  const link = path.join(folder, 's3-okta-guard.json')
  await writeFile(target, '{}')
  await symlink(target, link)
  await writeConfig(link, fromSettings(SETTINGS))
  expect(await readFile(target, 'utf8')).toContain('E2QWRUHAPOMQZL')
  expect(await readdir(folder)).toEqual(['s3-okta-guard.json', 'shared.json'])
})

test.each([
  ['a folder that is not there', 'missing/s3-okta-guard.json', 'its folder is not there'],
  ['a file in place of the folder', 'file/s3-okta-guard.json', 'part of the path is not a folder'],
])('%s is told before anything is called', async (_what, name, reason) => {
  const folder = await temporaryFolder()
  await writeFile(path.join(folder, 'file'), '')
  const file = path.join(folder, name)
  const told = { code: 'config-unwritable', message: `${file} cannot be written: ${reason}.` }
  await expect(assertWritable(file)).rejects.toMatchObject(told)
  await expect(writeConfig(file, fromSettings(SETTINGS))).rejects.toMatchObject(told)
})

test('a folder of that name is told before anything is called, and nothing is left beside it', async () => {
  const folder = await temporaryFolder()
  const file = path.join(folder, 's3-okta-guard.json')
  await mkdir(file)
  const told = { code: 'config-unwritable' }
  await expect(assertWritable(file)).rejects.toMatchObject(told)
  await expect(writeConfig(file, fromSettings(SETTINGS))).rejects.toMatchObject(told)
  expect(await readdir(folder)).toEqual(['s3-okta-guard.json'])
})

test.each([
  [{ id: '0oaAdmins', authentication: 'private_key_jwt' }, { id: '0oaAdmins' }],
  [
    { id: '0oaAdmins', authentication: 'client_secret' },
    { id: '0oaAdmins', authentication: 'client_secret' },
  ],
] as const)('the Okta app of an admin is written as short as it can be: %j', (client, written) => {
  const settings = { ...SETTINGS, okta: { ...SETTINGS.okta, client } }
  const file = fromSettings(settings)
  expect(file.okta.client).toEqual(written)
  expect(toSettings(file)).toEqual(settings)
})
