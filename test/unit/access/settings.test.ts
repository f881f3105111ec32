import { expect, test } from 'vitest'
import { withDefaults } from '../../../src/access/settings.ts'
import type { Settings } from '../../../src/access/settings.ts'

const OLDER = {
  version: 1,
  distribution: 'E1',
  hosts: ['reports.example.com'],
  behaviors: 'all',
  okta: { orgUrl: 'https://acme.okta.com', authorizationServer: 'default' },
  allow: { groups: ['Staff'] },
  session: { tokenMinutes: 5, maxHours: 1 },
  function: { runtime: 'nodejs20.x' },
  status: { accept: [] },
} as const

const WHOLE: Settings = {
  ...OLDER,
  hosts: ['reports.example.com'],
  allow: { groups: ['Staff'] },
  okta: { ...OLDER.okta, refreshToken: { rotation: 'ROTATE', leewaySeconds: 30 } },
  session: { ...OLDER.session, graceMinutes: 60 },
  access: { public: ['/robots.txt'], rules: [{ paths: ['/*'], allow: 'everyone' }] },
  site: { directoryIndex: 'index.html' },
  keys: { maxAgeDays: 30 },
  ssm: {},
  function: { runtime: 'nodejs20.x', logLevel: 'off' },
  status: { accept: [] },
}

test('settings of the first version mean what they meant', () => {
  const stored = JSON.parse(JSON.stringify(OLDER)) as typeof WHOLE
  expect(withDefaults(stored)).toEqual({
    ...OLDER,
    okta: { ...OLDER.okta, refreshToken: { rotation: 'STATIC' } },
    session: { tokenMinutes: 5, maxHours: 1, graceMinutes: 0 },
    access: { public: [], rules: [] },
    site: {},
    keys: { maxAgeDays: 90 },
    ssm: {},
    function: { runtime: 'nodejs20.x', logLevel: 'info' },
  })
})

test('settings that are whole stay as they are', () => {
  expect(withDefaults(WHOLE)).toEqual(WHOLE)
  expect(withDefaults(withDefaults(WHOLE))).toEqual(WHOLE)
})
