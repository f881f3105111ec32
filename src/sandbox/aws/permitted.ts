import { decide } from './policy.ts'
import type { Context, Permission } from './types.ts'

/** Whether the policies of the caller allow it; what was asked is remembered. */
export function permitted(
  { action, arn, about }: Permission,
  { principal }: Pick<Context, 'principal'>,
): boolean {
  principal.asked.add(action)
  return !principal.policies || decide(principal.policies(), action, arn, about) === 'allowed'
}

/** In the words that most services have for it. */
export function refusedWords({ action, arn }: Permission, { principal }: Context): string {
  return `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`
}
