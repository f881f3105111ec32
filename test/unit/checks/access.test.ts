import { expect, test } from 'vitest'
import type { AccessRule } from '../../../src/access/rules.ts'
import type { Settings } from '../../../src/access/settings.ts'
import { checkSite } from '../../../src/checks/index.ts'
import { emptyWorld, INPUT, settingsOf } from '../plan/world.ts'

const ALL: AccessRule = { paths: ['/*'], allow: 'everyone' }
const rule = (...groups: string[]): AccessRule => ({ paths: ['/a/*'], allow: { groups } })

function findings(change: Partial<Settings>) {
  return checkSite(settingsOf(change), emptyWorld(), INPUT.now)
}

function messages(change: Partial<Settings>, code: string): string[] {
  return findings(change)
    .filter((finding) => finding.code === code)
    .map(({ severity, message, next }) => `${severity}: ${message} ${next}`)
}

test('without rules, and with rules by e-mail, there is nothing to say', () => {
  expect(findings({})).toEqual([])
  const byMail: AccessRule = { paths: ['/*'], allow: { emails: ['kim@acme.com'] } }
  expect(findings({ access: { public: [], rules: [byMail] } })).toEqual([])
})

test('public paths are listed as readable by strangers', () => {
  const [said, ...others] = messages(
    { access: { public: ['/robots.txt', '/press/*'], rules: [] } },
    'public-paths',
  )
  expect(said).toMatch(/^info: Strangers can read \/robots\.txt, \/press\/\*/)
  expect(others).toEqual([])
})

test('groups in rules need a claim: where to set it, with which filter, and what happens without it', () => {
  const access = { public: [], rules: [rule('Readers', 'R+D (EU)'), rule('Readers'), ALL] }
  const [said = ''] = messages({ access }, 'groups-claim')
  expect(said).toMatch(/^info: Access rules name 2 groups \(Readers, R\+D \(EU\)\)/)
  expect(said).toContain('more than 100 groups')
  expect(said).toContain('Sign On > OpenID Connect ID Token')
  const [, filter = ''] = /Matches regex (.*)\.$/.exec(said) ?? []
  const matches = (name: string) => new RegExp(filter).test(name)
  expect(['Readers', 'R+D (EU)'].map(matches)).toEqual([true, true])
  expect(['Readers2', 'RD (EU)', 'aReaders'].map(matches)).toEqual([false, false, false])
})

test('one group is filtered by its name, and a custom server has the claim among its own', () => {
  const access = { public: [], rules: [rule('Readers'), ALL] }
  expect(messages({ access }, 'groups-claim')[0]).toContain('filter Equals Readers')
  const okta = { ...settingsOf().okta, authorizationServer: 'aus1' }
  expect(messages({ access, okta }, 'groups-claim')[0]).toContain(
    'Security > API > Authorization Servers > aus1 > Claims',
  )
})

test('a group of a rule that may not sign in by itself is named', () => {
  const access = { public: [], rules: [rule('Readers', 'Board'), ALL] }
  const said = messages({ access }, 'groups-unassigned')
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(/^info: Access rules name Board, .*also in Readers can/)
  expect(messages({ access, allow: { everyone: true } }, 'groups-unassigned')).toEqual([])
  expect(
    messages({ access, allow: { groups: ['Board', 'Readers'] } }, 'groups-unassigned'),
  ).toEqual([])
})

test('names of groups that fill a cookie are counted, and a few long ones are not', () => {
  const named = (count: number) => ({
    public: [],
    rules: [rule(...Array.from({ length: count }, (_, at) => `Department of things ${at}`)), ALL],
  })
  const said = messages({ access: named(100) }, 'session-size')
  expect(said[0]).toMatch(/^info: Access rules name 100 groups, whose names take \d+ bytes/)
  expect(messages({ access: named(40) }, 'session-size')).toEqual([])
})

test('a public start page whose file is not public is named', () => {
  const access = { public: ['/'], rules: [ALL] }
  expect(messages({ access }, 'public-start')[0]).toContain('Add "/index.html" to access.public')
  const both = { public: ['/', '/index.html'], rules: [ALL] }
  expect(messages({ access: both }, 'public-start')).toEqual([])
})
