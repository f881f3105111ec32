import type { EdgeConfig } from '../../access/edge-config.ts'
import { namedGroups } from './person.ts'

/** What to ask Okta for. A custom authorization server has no scope of that name: its claims say it all. */
export function scopeOf({ okta, access }: Pick<EdgeConfig, 'okta' | 'access'>): string {
  const isOrgServer = new URL(okta.issuer).pathname === '/'
  const wantsGroups = isOrgServer && namedGroups({ access }).length > 0
  return `openid profile email offline_access${wantsGroups ? ' groups' : ''}`
}

/** Whether a sign-in of that scope is good for all that is wanted now. */
export function covers(scope: string, wanted: string): boolean {
  const granted = scope.split(' ')
  return wanted.split(' ').every((one) => granted.includes(one))
}
