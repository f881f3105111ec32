/** Why a sign-in ended without a session. */
export type FailureCode =
  /** SSM did not give the private keys, or none of them is known to this bundle. */
  | 'keys'
  /** Okta did not answer in time, or said that it cannot now. */
  | 'okta-unavailable'
  /** Okta refused the request for reasons in the configuration. */
  | 'okta-refused'
  /** Okta's answer is not what the protocol says. */
  | 'okta-answer'
  /** The code was used before, or is too old. */
  | 'code-refused'
  /** The refresh token is worth nothing any more. */
  | 'refresh-refused'
  /** The ID token did not pass. */
  | 'id-token'
  | 'session-too-large'
  | 'session-refused'

export class Failure extends Error {
  readonly code: FailureCode
  /** Safe to log: an error code or the name of a claim, never a value. */
  readonly detail: string | undefined

  constructor(code: FailureCode, options: { detail?: string | undefined; cause?: unknown } = {}) {
    super(code, { cause: options.cause })
    this.code = code
    this.detail = options.detail ?? codeOf(options.cause)
  }

  /** For the log. */
  get summary(): string {
    return this.detail === undefined ? this.code : `${this.code}: ${this.detail}`
  }
}

/** Node's and AWS's error codes are names; anything else could be a value. */
function codeOf(cause: unknown): string | undefined {
  const { code } = Object(cause) as { code?: unknown }
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : undefined
}

/** An OAuth error code as it may be shown and logged: its characters are few and it is short. */
export function safeCode(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z_]{1,40}$/.test(value) ? value : undefined
}
