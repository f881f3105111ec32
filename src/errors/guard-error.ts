import type { ErrorCode } from './codes.ts'

export interface GuardErrorOptions {
  code: ErrorCode
  /** What happened and why, one or two sentences. */
  message: string
  /** What to do next, one sentence. */
  hint?: string
  /** Exact commands to type, ready to paste. */
  next?: string[]
  /** Further lines: one per permission, per behavior, per field … */
  details?: string[]
  cause?: unknown
}

/** The one class of errors that a command may end with; everything else is a bug and becomes `internal`. */
export class GuardError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly next: string[]
  readonly details: string[]

  constructor(options: GuardErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'GuardError'
    this.code = options.code
    this.hint = options.hint
    this.next = options.next ?? []
    this.details = options.details ?? []
  }
}
