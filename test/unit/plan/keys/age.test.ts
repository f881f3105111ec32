import { describe, expect, test } from 'vitest'
import { keyAges, keysLater } from '../../../../src/plan/keys/age.ts'
import { cutover } from '../../../../src/plan/keys/compromised.ts'
import type { KeyEntry } from '../../../../src/plan/manifest.ts'

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

  test('a cutover names who signs in again, and how long an edge may lag', () => {
    expect(cutover('session')).toMatchObject({ until: 'deployed' })
    expect(cutover('client')).toMatchObject({
      signedOut: 'nobody',
      until: { usual: 360, most: 3610 },
    })
    expect(cutover('seal').signedOut).toContain('everybody')
  })
})
