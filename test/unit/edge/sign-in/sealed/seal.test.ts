import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { knowsKeyOf, open, seal } from '../../../../../src/edge-function/sign-in/sealed/seal.ts'
import { ORIGIN, OTHER_ORIGIN } from '../../../../helpers/edge.ts'

const ring = (...kids: string[]) => ({
  version: 1 as const,
  keys: kids.map((kid) => ({ kid, key: randomBytes(32).toString('base64url') })),
})
const use = { purpose: 'transaction', origin: ORIGIN } as const

describe('J22 a sealed text', () => {
  const one = ring('a', 'b')
  const text = seal(one, use, ['CANARY', 1])

  it('opens for what it was sealed, and shows nothing', () => {
    expect(open(one, use, text)).toEqual(['CANARY', 1])
    expect(Buffer.from(text.slice(2), 'base64url').includes('CANARY')).toBe(false)
  })

  it('opens under an older key of the ring', () => {
    const turned = { ...one, keys: [...one.keys].reverse() }
    expect(open(turned, use, text)).toEqual(['CANARY', 1])
  })

  it('opens neither for another purpose, nor on another host, nor by another key', () => {
    expect(open(one, { ...use, purpose: 'logout' }, text)).toBeUndefined()
    expect(open(one, { ...use, origin: OTHER_ORIGIN }, text)).toBeUndefined()
    expect(open(ring('a', 'b'), use, text)).toBeUndefined()
    expect(open(one, use, text.replace('a.', 'b.'))).toBeUndefined()
    expect(knowsKeyOf(one, text)).toBe(true)
    expect(knowsKeyOf(ring('c'), text)).toBe(false)
  })

  it('never uses a nonce twice', () => {
    const nonces = Array.from({ length: 200 }, () => seal(one, use, [1]).slice(2, 18))
    expect(new Set(nonces).size).toBe(200)
  })

  it('opens with no character changed, missing or added', () => {
    for (let i = 0; i < text.length; i++) {
      const other = text[i] === 'A' ? 'B' : 'A'
      expect(open(one, use, text.slice(0, i) + other + text.slice(i + 1))).toBeUndefined()
    }
    for (const other of ['', '.', 'a', 'a.', text.slice(0, -1), `${text}A`, `${text}=`]) {
      expect(open(one, use, other)).toBeUndefined()
    }
  })
})
