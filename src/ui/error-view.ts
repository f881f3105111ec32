import { EXIT, exitCodeOf } from '../errors/codes.ts'
import type { GuardError } from '../errors/guard-error.ts'
import type { Style } from './style.ts'

/** What happened first, what to type last: the last line is the one that is read. */
export function errorLines(error: GuardError, style: Style): string[] {
  if (error.code === 'interrupted' || error.code === 'declined') {
    return [error.message, ...tail(error, style)]
  }
  // Nothing went wrong: the rest has to wait for its time.
  if (exitCodeOf(error.code) === EXIT.unfinished) {
    return [`${style.paint('attention', 'unfinished:')} ${error.message}`, ...tail(error, style)]
  }
  return [`${style.paint('bad', 'error:')} ${error.message}`, ...tail(error, style)]
}

function tail(error: GuardError, style: Style): string[] {
  return [
    ...error.details.map((detail) => `  ${detail}`),
    ...(error.hint === undefined ? [] : [`${style.paint('attention', 'hint:')} ${error.hint}`]),
    ...error.next.map((command) => `${style.paint('strong', 'next:')} ${command}`),
  ]
}
