import type { EdgeConfig } from '../../../access/edge-config.ts'
import { requestedScope } from '../../../access/scope.ts'
import { namedGroups } from './person.ts'

export function scopeOf({ okta, access }: Pick<EdgeConfig, 'okta' | 'access'>): string {
  return requestedScope(new URL(okta.issuer).pathname === '/', namedGroups({ access }).length > 0)
}

/** Whether a sign-in of that scope is good for all that is wanted now. */
export function covers(scope: string, wanted: string): boolean {
  const granted = scope.split(' ')
  return wanted.split(' ').every((one) => granted.includes(one))
}
