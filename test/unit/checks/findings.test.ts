import { describe, expect, test } from 'vitest'
import { accept, checkSite, exitOf, nameOf } from '../../../src/checks/index.ts'
import type { Finding, Severity } from '../../../src/plan/types.ts'
import { behaviorOf, emptyWorld, INPUT, settingsOf } from '../plan/world.ts'

function site(change: Parameters<typeof emptyWorld>[0], wanted = settingsOf()): string[] {
  const found = checkSite(wanted, emptyWorld(change), INPUT.now)
  return found.map((finding) => `${finding.severity} ${nameOf(finding)}`)
}

const page = (responsePagePath: string, errorCode = 403) => ({
  errorCode,
  responsePagePath,
  responseCode: '200',
})

describe('findings about the site', () => {
  test.each([
    [
      'the root object as an error page',
      { customErrorResponses: [page('/index.html')] },
      'exposed error-page:/index.html',
    ],
    [
      'another root object as an error page',
      { defaultRootObject: 'home.html', customErrorResponses: [page('/home.html')] },
      'exposed error-page:/home.html',
    ],
    [
      'an error page of its own',
      { customErrorResponses: [page('/404.html', 404)] },
      'info error-page:/404.html',
    ],
    [
      'plain http',
      { behaviors: [behaviorOf('default', { viewerProtocolPolicy: 'allow-all' })] },
      'info viewer-protocol:default',
    ],
  ])('%s', (_name, change, finding) => {
    expect(site(change)).toEqual([finding])
  })

  test('an error without a page says nothing, and two errors with one page are one finding', () => {
    expect(site({ customErrorResponses: [page('')] })).toEqual([])
    expect(site({ customErrorResponses: [page('/e.html'), page('/e.html', 404)] })).toHaveLength(1)
  })

  test('what was left out on purpose is for information', () => {
    expect(site({}, settingsOf({ behaviors: ['default'] }))).toEqual([
      'info behavior-unguarded:/assets/*',
    ])
  })
})

describe('the exit code', () => {
  const finding = (severity: Severity): Finding => ({
    code: 'c',
    severity,
    subject: '/a',
    message: '',
    next: '',
  })

  test.each([
    ['exposed', 3],
    ['broken', 3],
    ['due', 0],
    ['info', 0],
  ] as const)('of %s is %i', (severity, exit) => {
    expect(exitOf([finding(severity)])).toBe(exit)
  })

  test.each([
    ['c', 0],
    ['c:/a', 0],
    ['c:/b', 3],
    ['d', 3],
  ])('with %s accepted is %i', (name, exit) => {
    expect(exitOf(accept([finding('exposed')], [{ finding: name, reason: 'known' }]))).toBe(exit)
  })
})
