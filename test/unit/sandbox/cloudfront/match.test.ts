import { describe, expect, it } from 'vitest'
import { behaviorFor, matches, normalizePath } from '../../../../src/sandbox/cloudfront/match.ts'
import type { EdgeBehavior } from '../../../../src/sandbox/types.ts'

describe('path patterns', () => {
  it.each([
    ['*', '/anything/at/all', true],
    ['images/*.jpg', '/images/a/b.jpg', true],
    ['/images/*.jpg', '/images/b.jpg', true],
    ['images/*.jpg', '/IMAGES/b.jpg', false],
    ['images/*.jpg', '/images/b.jpeg', false],
    ['*.gif', '/deep/down/a.gif', true],
    ['a??.htm', '/abc.htm', true],
    ['a??.htm', '/ab.htm', false],
    ['/a.c', '/abc', false],
    ['/_guard/*', '/_guard/login', true],
    ['/_guard/*', '/x/../_guard/login', true],
    ['/private/*', '/%70rivate/x', true],
    ['/private/*', '/private%2Fx', false],
  ])('%s on %s: %s', (pattern, uri, expected) => {
    expect(matches(pattern, uri)).toBe(expected)
  })

  it('takes the first that fits and the default one last', () => {
    const behavior = (pathPattern: string): EdgeBehavior => ({
      pathPattern,
      targetOriginId: pathPattern,
      allowedMethods: ['GET'],
      viewerProtocolPolicy: 'allow-all',
      viewerRequest: undefined,
    })
    const list = [behavior('/a/*'), behavior('/a/b/*'), behavior('*')]
    expect(behaviorFor(list, '/a/b/c')?.pathPattern).toBe('/a/*')
    expect(behaviorFor(list, '/z')?.pathPattern).toBe('*')
  })

  it('never climbs above the root', () => {
    expect(normalizePath('/../../etc')).toBe('/etc')
    expect(normalizePath('/a/./b/..')).toBe('/a/')
  })
})
