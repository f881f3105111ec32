import { GuardError } from '../errors/guard-error.ts'
import type { Identity } from '../plan/observed.ts'

export type TriedAws = { identity: Identity } | { error: GuardError }

/**
 * Tries the AWS credentials before anything else is asked. A failure is returned, not thrown, so
 * that it can be shown together with Okta's.
 */
export async function tryAws(sts: { identity(): Promise<Identity> }): Promise<TriedAws> {
  try {
    const identity = await sts.identity()
    if (identity.partition === 'aws') return { identity }
    return {
      error: new GuardError({
        code: 'partition-unsupported',
        message: `The account ${identity.account} is in the partition ${identity.partition}, where Lambda@Edge does not exist.`,
        hint: 'Use credentials of an account in the commercial partition, aws.',
      }),
    }
  } catch (error) {
    if (error instanceof GuardError && error.code !== 'interrupted') return { error }
    throw error
  }
}
