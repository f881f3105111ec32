import { describe, expect, it, vi } from 'vitest'
import { describe as describeError, log } from '../../../../src/edge-function/sign-in/log.ts'

describe('L04 an error in the log', () => {
  it('is told by its kind and place', () => {
    const { error, at } = describeError(new TypeError('CANARY'))
    expect(error).toBe('TypeError')
    expect(at).toMatch(/log\.test\.ts:\d+:\d+/)
  })

  it('shows nothing of its message, even one that looks like a place', () => {
    for (const message of ['x\n    at CANARY (x.ts:1:1)', '\n at CANARY', 'CANARY']) {
      expect(JSON.stringify(describeError(new Error(message)))).not.toContain('CANARY')
    }
    expect(JSON.stringify(describeError('\n at CANARY'))).not.toContain('CANARY')
  })

  it.each([undefined, null, 7, 'CANARY', {}, { stack: 5, name: 'CANARY x' }])(
    'may be anything: %j',
    (thrown) => {
      expect(JSON.stringify(describeError(thrown))).not.toContain('CANARY')
    },
  )
})

describe('L05 a line of the log', () => {
  it('is printable ASCII, whatever the path: a terminal obeys U+009B, and a reader U+202E', () => {
    const print = vi.spyOn(console, 'log').mockReturnValue()
    const path = '/a\u009b2J\u0085\u2028\u202e\x7f\x1b[2J\n\ud800é'
    log('refusal', path, 'request-id', {})
    const line = String(print.mock.calls[0]![0])
    print.mockRestore()
    expect(line).toMatch(/^[ -~]+$/)
    expect(JSON.parse(line)).toMatchObject({ path })
  })
})
