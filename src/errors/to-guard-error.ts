import { GuardError } from './guard-error.ts'
import { interrupted } from './interrupted.ts'

/** What a command threw, as the error that it ends with. What nobody foresaw is a bug of ours. */
export function toGuardError(thrown: unknown, signal: AbortSignal): GuardError {
  if (thrown instanceof GuardError) return thrown
  if (signal.aborted && isAbort(thrown)) return interrupted(thrown)
  return new GuardError({
    code: 'internal',
    message: `unexpected: ${thrown instanceof Error ? thrown.message : described(thrown)}`,
    hint: 'This is a bug in s3-okta-guard. Please report it with what the same command says with --debug.',
    cause: thrown,
  })
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && ['AbortError', 'AbortPromptError'].includes(thrown.name)
}

/** The stack of an error and of everything that caused it, for `--debug`. */
export function debugLines(error: unknown): string[] {
  const lines: string[] = []
  for (let at = error, depth = 0; at !== undefined && depth < 8; depth += 1) {
    const text = at instanceof Error ? (at.stack ?? at.message) : described(at)
    lines.push(...`${depth === 0 ? '' : 'caused by: '}${text}`.split('\n'))
    at = at instanceof Error ? at.cause : undefined
  }
  return lines
}

/** What is no error may hold anything, so that only plain text is repeated. */
function described(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : `a thrown ${typeof thrown}`
}
