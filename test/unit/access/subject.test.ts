import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { subjectHash } from '../../../src/access/subject.ts'

test('an address is one person however its letters are written', () => {
  expect(subjectHash('Ann@Example.com')).toBe(subjectHash('ann@example.COM'))
  expect(subjectHash('ann@example.com')).not.toBe(subjectHash('ann@example.co'))
})

test('a subject is taken as it is', () => {
  expect(subjectHash('00uABC')).not.toBe(subjectHash('00uabc'))
  const expected = createHash('sha256').update('00uABC').digest('base64url')
  expect(subjectHash('00uABC')).toBe(expected)
})
