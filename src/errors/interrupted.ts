import { GuardError } from './guard-error.ts'

/** The operator stopped the run; running the same command continues it. */
export function interrupted(cause?: unknown): GuardError {
  return new GuardError({
    code: 'interrupted',
    message: 'Interrupted.',
    hint: 'Run the same command again to continue.',
    ...(cause !== undefined && { cause }),
  })
}

/** In a question: they all come before anything is changed. */
export function interruptedInQuestion(cause: unknown): GuardError {
  return new GuardError({
    code: 'interrupted',
    message: 'Interrupted; nothing was changed.',
    cause,
  })
}

/** Between two steps: throws when the operator wants to stop. */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw interrupted(signal.reason)
}
