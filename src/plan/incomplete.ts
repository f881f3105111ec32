import { GuardError } from '../errors/guard-error.ts'
import type { Step } from './types.ts'

/** What a command cannot do while a part of the guard is missing. */
export interface Task {
  /** Why it needs the whole, a sentence. */
  why: string
  /** `rotate`, `revoke`. */
  verb: string
  /** Kinds of steps that show that something is missing. */
  kinds: string[]
}

/** Throws where these steps would make something that should be there. */
export function refuseUnlessComplete(distribution: string, steps: Step[], task: Task): void {
  const missing = steps.filter(({ kind }) => task.kinds.includes(kind))
  if (missing.length === 0) return
  const parts = missing.map(({ resource }) => resource).join(', ')
  throw incomplete(
    `A part of the guard is missing: ${parts}.`,
    `s3-okta-guard apply --distribution ${distribution}`,
    task,
  )
}

export function unfinished(distribution: string, task: Task): GuardError {
  const next = `s3-okta-guard init --distribution ${distribution}`
  return incomplete('The first install did not finish.', next, task)
}

function incomplete(message: string, next: string, { why, verb }: Task): GuardError {
  return new GuardError({
    code: 'install-incomplete',
    message: `${message} ${why}`,
    hint: `Bring it in order first, then ${verb}.`,
    next: [next],
  })
}
