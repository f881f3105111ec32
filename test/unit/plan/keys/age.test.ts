import { describe, expect, test } from 'vitest'
import { keyAges, keysLater } from '../../../../src/plan/keys/age.ts'
import { cutover } from '../../../../src/plan/keys/compromised.ts'
import type { InstalledApp, KeyEntry } from '../../../../src/plan/manifest.ts'

const NOW = '2026-06-01T00:00:00.000Z'
const OLD: KeyEntry = {
  kid: 'old',
  state: 'previous',
  createdAt: '2025-01-01T00:00:00.000Z',
  retireAfter: '2026-06-01T09:00:00.000Z',
}
const CURRENT: KeyEntry = { kid: 'new', state: 'current', createdAt: '2026-03-03T00:00:00.000Z' }
const keys = { session: [], client: [], seal: [OLD, CURRENT] }

describe('what people are told about keys', () => {
  test('a key in use is due when it is older than it may be, and an old one never', () => {
    expect(keyAges({ keys }, NOW, 90)).toEqual([
      { ...OLD, ring: 'seal', ageDays: 516, isDue: false },
      {
        ...CURRENT,
        ring: 'seal',
        ageDays: 90,
        rotateBy: NOW,
        isDue: true,
      },
    ])
    expect(keyAges({ keys }, NOW, 91)[1]?.isDue).toBe(false)
  })

  test('what must wait is listed with its time, and what was begun with the command that goes on', () => {
    const rotation = { seal: { since: NOW, compromised: false } }
    expect(keysLater({ keys, rotation }, NOW)).toMatchObject([
      { due: '', next: 's3-okta-guard rotate-keys --only seal' },
      { what: 'seal key old, no longer in use', due: OLD.retireAfter },
    ])
    expect(keysLater({ keys }, OLD.retireAfter ?? '')).toEqual([])
  })

  test('where the app is its admin’s, it is said who takes out what is retired', () => {
    const rings = { session: [], client: [OLD, CURRENT], seal: [] }
    const app = { clientId: '0oaAdmins', orgUrl: 'https://acme.okta.com' }
    const what = (okta?: InstalledApp): string =>
      keysLater({ keys: rings, ...(okta && { okta }) }, NOW)[0]?.what ?? ''
    expect(what()).toBe('client key old, no longer in use')
    expect(what({ ...app, appId: '0oa1' })).toBe('client key old, no longer in use')
    expect(what({ ...app, authentication: 'private_key_jwt' })).toBe(
      'client key old, no longer in use; your Okta admin takes it out of 0oaAdmins',
    )
    expect(what({ ...app, authentication: 'client_secret' })).toBe(
      'the former client secret, no longer in use; your Okta admin deactivates it in 0oaAdmins',
    )
  })

  test('a cutover names who signs in again, and how long an edge may lag', () => {
    expect(cutover('session')).toMatchObject({ until: 'deployed' })
    expect(cutover('client')).toMatchObject({
      signedOut: 'nobody',
      until: { usual: 360, most: 3610 },
    })
    expect(cutover('seal').signedOut).toContain('everybody')
  })
})
