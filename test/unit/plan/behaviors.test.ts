import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accessOf } from '../../../src/access/rules.ts'
import { mergeAssociations } from '../../../src/plan/distribution/associations.ts'
import {
  behaviorOf as servedBy,
  guardRoutePatterns,
  patternMatches,
  probePath,
} from '../../../src/plan/distribution/behaviors.ts'
import { functionArn } from '../../../src/plan/names.ts'
import { ACCOUNT, behaviorOf, ID } from './world.ts'

const OURS = functionArn(ACCOUNT, ID)
const behaviors = (...patterns: string[]) => patterns.map((pattern) => behaviorOf(pattern))
const pattern = fc.string({ unit: fc.constantFrom(...'ab/*?.+(['), maxLength: 8 })
const path = fc.string({ unit: fc.constantFrom(...'ab/.+(['), maxLength: 10 })

/** The documented meaning, word for word. */
function oracle(wanted: string, asked: string): boolean {
  const source = [...wanted.replace(/^\//, '')]
    .map((one) => ({ '*': '.*', '?': '.' })[one] ?? one.replace(/[.+([\]{}()|^$\\]/, '\\$&'))
    .join('')
  return new RegExp(`^/${source}$`, 's').test(asked)
}

describe('path patterns', () => {
  test('match as CloudFront documents it', () => {
    fc.assert(
      fc.property(pattern, path, (wanted, rest) => {
        expect(patternMatches(wanted, `/${rest}`)).toBe(oracle(wanted, `/${rest}`))
      }),
      { numRuns: 2_000 },
    )
  })

  test('match at once, however many stars there are', () => {
    expect(patternMatches(`${'*a'.repeat(2_000)}b`, `/${'a'.repeat(4_000)}`)).toBe(false)
  })

  test('count in their order, capitals too', () => {
    const all = behaviors('/a/*', '/a/b', 'default')
    expect(servedBy(all, '/a/b')?.pattern).toBe('/a/*')
    expect(servedBy(all, '/A/b')?.pattern).toBe('default')
  })
})

describe('who serves /_guard/…', () => {
  test.each([
    [['default'], ['default']],
    [['/_guard/*', 'default'], ['/_guard/*']],
    [
      ['*/log*', 'default'],
      ['*/log*', 'default'],
    ],
    [['*.jpg', '/assets/*', 'default'], ['default']],
    [
      ['/_guard/callback', '/*', 'default'],
      ['/*', '/_guard/callback'],
    ],
  ])('%j: %j', (patterns, wanted) => {
    expect([...guardRoutePatterns(behaviors(...patterns))].sort()).toEqual(wanted)
  })
})

describe('what a stranger asks for', () => {
  test('is served by the very behavior, whatever the patterns', () => {
    fc.assert(
      fc.property(fc.uniqueArray(pattern, { maxLength: 5 }), (patterns) => {
        const all = behaviors(...patterns, 'default')
        for (const one of all) {
          const asked = probePath(all, one.pattern, () => false)
          if (asked !== undefined) expect(servedBy(all, asked)?.pattern).toBe(one.pattern)
        }
      }),
    )
  })

  test.each([
    [['*.jpg', 'default'], '*.jpg', '/x.jpg'],
    [['/*', 'default'], 'default', undefined],
    [['/', 'default'], 'default', '/s3-okta-guard-probe'],
    [['/docs/x*', '/docs/*', 'default'], '/docs/*', '/docs/s3-okta-guard-probe'],
  ])('%j: %s by %s', (patterns, one, wanted) => {
    expect(probePath(behaviors(...patterns), one, () => false)).toBe(wanted)
  })

  test.each([
    ['the start page', 'default', ['/', '/index.html'], '/s3-okta-guard-probe'],
    ['a folder', '/assets/*', ['/assets/*'], undefined],
    ['a file of the folder', '/assets/*', ['/assets/x'], '/assets/s3-okta-guard-probe'],
    ['another folder', '/assets/*', ['/img/*'], '/assets/x'],
    ['every page of the single page', 'default', ['/*'], undefined],
  ])('is never public: %s, by %s', (_name, one, open, wanted) => {
    const access = { public: open, rules: [] }
    const isPublic = (path: string): boolean =>
      accessOf(path, access, { defaultRootObject: 'index.html' }).isPublic
    expect(probePath(behaviors('/assets/*', 'default'), one, isPublic)).toBe(wanted)
  })
})

describe('the associations of a behavior', () => {
  const other = { arn: 'arn:aws:lambda:us-east-1:9:function:o:1', includeBody: false }
  const origin = { ...other, eventType: 'origin-request' }
  const ours = (version: number) => ({
    arn: `${OURS}:${version}`,
    eventType: 'viewer-request',
    includeBody: false,
  })

  test('get ours beside those of others, in place of our former version', () => {
    const found = behaviorOf('default', { lambda: [ours(1), origin] })
    expect(mergeAssociations(found, OURS, { versionArn: `${OURS}:2`, restore: [] })).toEqual([
      origin,
      ours(2),
    ])
  })

  test('B57 keep what others put in our place', () => {
    const viewer = { ...other, eventType: 'viewer-request' }
    const found = behaviorOf('default', { lambda: [viewer] })
    const back = { ...viewer, arn: `${viewer.arn}0` }
    expect(mergeAssociations(found, OURS, { versionArn: null, restore: [back] })).toEqual([viewer])
  })

  test('get back what was there before', () => {
    const found = behaviorOf('default', { lambda: [ours(1), origin] })
    const back = { ...other, eventType: 'viewer-response' }
    expect(mergeAssociations(found, OURS, { versionArn: null, restore: [back] })).toEqual([
      origin,
      back,
    ])
  })

  test.each([
    ['B11 a Lambda function', { lambda: [{ ...other, eventType: 'viewer-response' }] }],
    ['B16 a CloudFront function', { functions: [{ arn: 'f', eventType: 'viewer-response' }] }],
  ])('%s of another owner stops the change', (_name, found) => {
    const target = { versionArn: `${OURS}:1`, restore: [] }
    expect(() => mergeAssociations(behaviorOf('/a', found), OURS, target)).toThrow(
      expect.objectContaining({ code: 'foreign-function' }) as Error,
    )
  })

  test('of a function whose name only begins like ours are not ours', () => {
    const like = { arn: `${OURS}-2:1`, eventType: 'origin-response', includeBody: false }
    const found = behaviorOf('default', { lambda: [like] })
    expect(mergeAssociations(found, OURS, { versionArn: null, restore: [] })).toEqual([like])
  })
})
