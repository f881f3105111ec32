import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../../src/access/canonical-json.ts'

describe('canonical JSON', () => {
  test('writes keys in code unit order at every depth and leaves arrays alone', () => {
    const value = { b: [3, { z: 1, a: null }], a: 'é', B: true }
    expect(canonicalJson(value)).toBe('{"B":true,"a":"é","b":[3,{"a":null,"z":1}]}')
  })

  test('leaves out members that are undefined', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}')
  })

  test('is the same text for the same value in whatever order, and reads back equal', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(reversed)).toBe(canonicalJson(value))
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})
