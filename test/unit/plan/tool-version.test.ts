import { expect, test } from 'vitest'
import { isNewer } from '../../../src/plan/refusals/tool-version.ts'

/** https://semver.org#spec-item-11, and the numbers around them. */
const ORDER = [
  ...['0.0.9', '0.1.0-beta', '0.1.0', '0.1.2', '0.1.10', '0.2.0', '0.10.0'],
  ...['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2'],
  ...['1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1', '2.0.0'],
]

test('versions are newer in their order, and in no other', () => {
  for (const [a, one] of ORDER.entries()) {
    for (const [b, other] of ORDER.entries()) {
      expect(isNewer(one, other), `${one} > ${other}`).toBe(a > b)
    }
  }
})

test('build metadata makes nothing newer, and what is no version is not newer', () => {
  expect(isNewer('1.0.0+b2', '1.0.0+b1')).toBe(false)
  for (const odd of ['', 'latest', 'v2.0.0', '2.0', '2.0.0; rm -rf']) {
    expect(isNewer(odd, '1.0.0')).toBe(false)
    expect(isNewer('1.0.0', odd)).toBe(false)
  }
})
