/** Exit codes are an API: this table is the only place where they are decided. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  attention: 3,
  absent: 4,
  credentials: 5,
  unfinished: 6,
  locked: 7,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Stable codes of every error a command can end with, and the exit code of each. */
export const ERROR_CODES = {
  internal: EXIT.failed,
  usage: EXIT.usage,
  'input-needed': EXIT.usage,
  'config-unreadable': EXIT.usage,
  'config-invalid': EXIT.usage,
  'config-version': EXIT.usage,
  'config-unwritable': EXIT.usage,
  'config-not-written': EXIT.failed,
  'confirmation-needed': EXIT.usage,
  'distribution-not-found': EXIT.usage,
  'distribution-unsupported': EXIT.usage,
  'behavior-unknown': EXIT.usage,
  'behaviors-miss-guard': EXIT.usage,
  'host-needed': EXIT.usage,
  'host-not-served': EXIT.usage,
  'partition-unsupported': EXIT.usage,
  'port-in-use': EXIT.usage,
  'endpoint-not-loopback': EXIT.usage,
  'okta-url-invalid': EXIT.usage,
  'okta-not-okta': EXIT.usage,
  'okta-group-not-found': EXIT.usage,
  'okta-group-ambiguous': EXIT.usage,
  'revocations-full': EXIT.usage,
  'exposed-not-accepted': EXIT.attention,
  'site-exposed': EXIT.attention,
  'not-installed': EXIT.absent,
  'aws-credentials': EXIT.credentials,
  'aws-denied': EXIT.credentials,
  'aws-account': EXIT.credentials,
  'okta-credentials': EXIT.credentials,
  'okta-denied': EXIT.credentials,
  'okta-unreachable': EXIT.failed,
  'okta-failed': EXIT.failed,
  'aws-failed': EXIT.failed,
  'aws-throttled': EXIT.failed,
  'aws-unreachable': EXIT.failed,
  'okta-throttled': EXIT.failed,
  'foreign-function': EXIT.failed,
  'not-ours': EXIT.failed,
  'changed-meanwhile': EXIT.failed,
  'edge-too-large': EXIT.failed,
  'too-large-for-ssm': EXIT.failed,
  'install-incomplete': EXIT.failed,
  'manifest-invalid': EXIT.failed,
  'manifest-newer': EXIT.failed,
  'edge-broken': EXIT.failed,
  'client-key-refused': EXIT.failed,
  'wait-timeout': EXIT.unfinished,
  'replicas-remain': EXIT.unfinished,
  'tearing-down': EXIT.unfinished,
  locked: EXIT.locked,
  'lock-lost': EXIT.locked,
  interrupted: EXIT.interrupted,
  declined: EXIT.interrupted,
} as const satisfies Record<string, ExitCode>

export type ErrorCode = keyof typeof ERROR_CODES

export function exitCodeOf(code: ErrorCode): ExitCode {
  return ERROR_CODES[code]
}
