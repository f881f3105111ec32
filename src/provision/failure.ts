import type { AwsFailure } from '../aws/types.ts'
import { GuardError } from '../errors/guard-error.ts'

/** What AWS said, when an error came from a call to AWS. */
export function failureOf(error: unknown): AwsFailure | undefined {
  const cause = error instanceof GuardError ? error.cause : error
  if (typeof cause !== 'object' || cause === null) return undefined
  const { service, operation, reason } = cause as Partial<AwsFailure>
  return service !== undefined && operation !== undefined && reason !== undefined
    ? (cause as AwsFailure)
    : undefined
}
