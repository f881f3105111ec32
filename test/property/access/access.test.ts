import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readings } from '../../../src/access/readings.ts'
import { accessProperties } from './properties.ts'

test.each(accessProperties)('$name', ({ runs, property }) => {
  fc.assert(property, { numRuns: runs })
})

/** The longest paths that CloudFront takes, made of what needs the most steps. */
const LONGEST = [
  ...['../', '..%2f', '%2e%2e/', '/', '\\', './', '%5c', ';/', '.', '..;/', 'a/../', '%2f', '%25'],
  ...['%2525', '+', '%00', '?', 'ü', '%c3%bc', 'a/', '/.'],
]

test.each(LONGEST)('a path of 8,192 characters of %j has few readings or none', (piece) => {
  const path = `/${piece.repeat(8192)}`.slice(0, 8192).replace(/%.?$/, '')
  expect(readings(path)?.length ?? 0).toBeLessThanOrEqual(40)
})
