import { describe, expect, it } from 'vitest'
import type { AccessRule } from '../../../../../src/access/rules.ts'
import {
  identityOf,
  isIncomplete,
  namedGroups,
} from '../../../../../src/edge-function/sign-in/session/person.ts'
import { covers, scopeOf } from '../../../../../src/edge-function/sign-in/session/scope.ts'
import { edgeConfig } from '../../../../helpers/edge.ts'

const config = (allow: AccessRule['allow'], formerGroups?: string[]) =>
  edgeConfig({
    access: {
      revision: 1,
      public: [],
      rules: [{ paths: ['/*'], allow }],
      ...(formerGroups && { formerGroups }),
    },
  })
const groups = config({ groups: ['staff', 'finance'] })
const emails = config({ emails: ['ada@example.com'] })
const domains = config({ emailDomains: ['example.com'] })
const everyone = config('everyone')

describe('what a session says about its user', () => {
  it('is the groups that the rules name, and no others', () => {
    const said = { email: 'a@b', name: 'A', groups: ['other', 'finance'] }
    expect(identityOf(groups, said)).toEqual({ email: 'a@b', name: 'A', groups: ['finance'] })
    expect(identityOf(everyone, said)).toEqual({ email: 'a@b', name: 'A' })
    expect(identityOf(groups, { groups: [] })).toEqual({ groups: [] })
  })

  it('is also the groups that the rules before named', () => {
    const both = config({ groups: ['staff'] }, ['guests'])
    expect(identityOf(both, { groups: ['guests', 'staff'] }).groups).toEqual(['staff', 'guests'])
  })

  it.each([undefined, null, 'staff', { 0: 'staff' }])(
    'F12 says nothing of groups where Okta says %j',
    (said) => {
      expect(identityOf(groups, { groups: said })).not.toHaveProperty('groups')
    },
  )

  it('T30 is no address that Okta calls unverified', () => {
    expect(identityOf(emails, { email: 'a@b', email_verified: false })).toEqual({})
    expect(identityOf(emails, { email: 'a@b', email_verified: true })).toEqual({ email: 'a@b' })
  })

  it('T26 takes nothing that is no string', () => {
    expect(identityOf(emails, { email: ['a@b'], name: {} })).toEqual({})
  })
})

describe('what has to be asked for once more', () => {
  it('is groups, where a rule names some and the ID token is silent', () => {
    expect(isIncomplete(groups, { email: 'a@b' })).toBe(true)
    expect(isIncomplete(groups, { groups: [] })).toBe(false)
    expect(isIncomplete(everyone, {})).toBe(false)
  })

  it('is the address, where a rule is about addresses', () => {
    for (const one of [emails, domains]) {
      expect(isIncomplete(one, {})).toBe(true)
      expect(isIncomplete(one, { email: 'a@b' })).toBe(false)
    }
  })
})

describe('the scope', () => {
  it('T25 always has openid, and groups where a rule names some at an org server', () => {
    expect(scopeOf(everyone)).toBe('openid profile email offline_access')
    expect(scopeOf(groups)).toBe('openid profile email offline_access groups')
    const custom = { ...groups.okta, issuer: 'https://acme.okta.example/oauth2/default' }
    expect(scopeOf({ ...groups, okta: custom })).toBe('openid profile email offline_access')
    expect(namedGroups(groups)).toEqual(['staff', 'finance'])
  })

  it('of a sign-in is good for no more than it asked for', () => {
    expect(covers('openid groups', 'openid')).toBe(true)
    expect(covers('openid groups', 'groups openid')).toBe(true)
    expect(covers('openid groupsX', 'openid groups')).toBe(false)
    expect(covers('', 'openid')).toBe(false)
  })
})
