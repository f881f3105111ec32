import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SealRing } from '../../../../../src/access/edge-config.ts'
import {
  clearRefresh,
  readRefresh,
  refreshCookie,
} from '../../../../../src/edge-function/sign-in/sealed/refresh-cookie.ts'
import type { Kept } from '../../../../../src/edge-function/sign-in/sealed/refresh-cookie.ts'
import type { Session } from '../../../../../src/edge-function/types.ts'
import { edgeEvent, KEYS, ORIGIN, OTHER_ORIGIN } from '../../../../helpers/edge.ts'

const ring: SealRing = { version: 1, keys: [KEYS.seal] }
const kept: Kept = {
  refreshToken: 'CANARY-refresh',
  sid: 'sid-1',
  sub: '00u1',
  scope: 'openid',
  confirmedAt: 7,
  nonce: 'nonce',
  authTime: undefined,
  idToken: 'a.b.c',
}
const session = { sid: 'sid-1', sub: '00u1' } as Session
const valueOf = (cookie: string): string => cookie.slice(cookie.indexOf('=') + 1).split(';')[0]!
const read = (values: string[], sessions = [session], origin = ORIGIN, keys = ring) => {
  const cookie = values.map((value) => `__Secure-guard-refresh=${value}`).join('; ')
  return readRefresh(keys, origin, edgeEvent({ cookie }).Records[0]!.cf.request, sessions)
}

describe('the refresh cookie', () => {
  it('F11 shows nothing, and opens for its session, its host and its ring alone', () => {
    const cookie = refreshCookie(ring, ORIGIN, kept, 60)
    expect(cookie).not.toMatch(/CANARY|sid-1|00u1/)
    const value = valueOf(cookie)
    expect(read([value])).toEqual(kept)
    expect(read([value], [{ ...session, sid: 'other' }, session])).toEqual(kept)
    for (const other of [{ sid: 'other' }, { sub: '00u2' }]) {
      expect(read([value], [{ ...session, ...other }])).toBeUndefined()
    }
    expect(read([value], [])).toBeUndefined()
    expect(read([value], [session], OTHER_ORIGIN)).toBeUndefined()
    const key = randomBytes(32).toString('base64url')
    const strange: SealRing = { version: 1, keys: [{ kid: KEYS.seal.kid, key }] }
    expect(read([value], [session], ORIGIN, strange)).toBeUndefined()
  })

  it('C06 is found behind one that a host of the domain has planted', () => {
    const planted = valueOf(refreshCookie(ring, ORIGIN, { ...kept, sid: 'other' }, 60))
    const own = valueOf(refreshCookie(ring, ORIGIN, kept, 60))
    expect(read([planted, 'junk', own])).toEqual(kept)
  })

  it('C17 leaves a long ID token out, and is taken away where even the rest does not fit', () => {
    const long = refreshCookie(ring, ORIGIN, { ...kept, idToken: 'x'.repeat(3000) }, 60)
    expect(long.length).toBeLessThan(4096)
    expect(read([valueOf(long)])).toEqual({ ...kept, idToken: '' })
    const huge = refreshCookie(ring, ORIGIN, { ...kept, refreshToken: 'x'.repeat(3000) }, 60)
    expect(huge).toBe(clearRefresh())
    for (let size = 0; size < 3200; size += 61) {
      const any = refreshCookie(ring, ORIGIN, { ...kept, refreshToken: 'x'.repeat(size) }, 43_200)
      expect(Buffer.byteLength(any)).toBeLessThanOrEqual(4096)
    }
  })

  it('T28 remembers when the user signed in', () => {
    const value = valueOf(refreshCookie(ring, ORIGIN, { ...kept, authTime: 5 }, 60))
    expect(read([value])!.authTime).toBe(5)
  })
})
