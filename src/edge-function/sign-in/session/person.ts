import type { AccessRule } from '../../../access/rules.ts'
import type { Instance, Session } from '../../types.ts'
import type { Claims } from '../okta/id-token.ts'

export type Identity = Pick<Session, 'email' | 'name' | 'groups'>

type Wanted = Pick<Instance['config'], 'access'>

/** The groups that the access rules name, or did before: without any, Okta is asked for none. */
export function namedGroups({ access: { rules, formerGroups = [] } }: Wanted): string[] {
  return [...rules.flatMap((rule) => allowance(rule).groups ?? []), ...formerGroups]
}

/** Whether a rule needs what these claims do not say, so that Okta must be asked once more. */
export function isIncomplete(config: Wanted, claims: Claims): boolean {
  const needsEmail = config.access.rules.some((rule) => {
    const { emails = [], emailDomains = [] } = allowance(rule)
    return emails.length + emailDomains.length > 0
  })
  return (
    (namedGroups(config).length > 0 && !Array.isArray(claims.groups)) ||
    (needsEmail && claims.email === undefined)
  )
}

/**
 * What a session says about its user. Of the groups, those that the rules name now or did before:
 * others would only fill the cookie. An address that Okta calls unverified is nobody's.
 */
export function identityOf(config: Wanted, claims: Claims): Identity {
  const { email, email_verified: isVerified, name, groups } = claims
  const kept = new Set(namedGroups(config))
  return {
    ...(typeof email === 'string' && isVerified !== false && { email }),
    ...(typeof name === 'string' && { name }),
    ...(kept.size > 0 &&
      Array.isArray(groups) && { groups: [...kept].filter((group) => groups.includes(group)) }),
  }
}

function allowance({ allow }: AccessRule): Exclude<AccessRule['allow'], string> {
  return allow === 'everyone' ? {} : allow
}
