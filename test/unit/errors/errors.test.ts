import { expect, test } from 'vitest'
import { ERROR_CODES, EXIT } from '../../../src/errors/codes.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { ERROR_MEANINGS, EXIT_MEANINGS } from '../../../src/errors/meanings.ts'
import { debugLines, toGuardError } from '../../../src/errors/to-guard-error.ts'

const running = new AbortController().signal
const stopped = AbortSignal.abort()

test('the exit codes are the published ones', () => {
  expect(EXIT).toEqual({
    ok: 0,
    failed: 1,
    usage: 2,
    attention: 3,
    absent: 4,
    credentials: 5,
    unfinished: 6,
    locked: 7,
    interrupted: 130,
  })
})

test('every exit code is explained once, by its own name', () => {
  expect(Object.fromEntries(EXIT_MEANINGS.map(({ name, exit }) => [name, exit]))).toEqual(EXIT)
  expect(EXIT_MEANINGS).toHaveLength(Object.keys(EXIT).length)
})

test('every error code is explained, and no error means success', () => {
  expect(Object.keys(ERROR_MEANINGS).sort()).toEqual(Object.keys(ERROR_CODES).sort())
  expect(Object.values(ERROR_CODES)).not.toContain(EXIT.ok)
})

test('what a command threw on purpose is what it ends with', () => {
  const error = new GuardError({ code: 'locked', message: 'Locked.' })
  expect(toGuardError(error, running)).toBe(error)
  expect(toGuardError(error, stopped)).toBe(error)
})

test.each(['AbortError', 'AbortPromptError'])('%s is an interruption only after Ctrl-C', (name) => {
  const error = Object.assign(new Error('aborted'), { name })
  expect(toGuardError(error, stopped).code).toBe('interrupted')
  expect(toGuardError(error, running).code).toBe('internal')
})

test.each([[new TypeError('x')], ['text'], [undefined], [{ odd: true }]])(
  '%j is a bug',
  (thrown) => {
    expect(toGuardError(thrown, running)).toMatchObject({ code: 'internal' })
  },
)

test('a chain of causes that bites its tail ends', () => {
  const error = new Error('a')
  error.cause = error
  expect(debugLines(error).length).toBeLessThan(500)
})
