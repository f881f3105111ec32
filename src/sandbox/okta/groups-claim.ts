import type { GroupsClaim, OktaStore, User } from './store.ts'

/**
 * What Okta answers where a claim would carry more groups than it may: the sentence is the one of
 * https://support.okta.com/help/s/article/error-the-groups-claim-matched-too-many-groups-and-must-be-configured-to-match-fewer-groups
 * and its release notes have HTTP 400. The OAuth error catalogue does not list it, so that the code
 * `invalid_request` is a guess: nothing may depend on it.
 */
export const TOO_MANY_GROUPS =
  'The groups claim matched too many groups and must be configured to match fewer groups.'

const MAX_GROUPS = 100

/** With the members that make oidc-provider answer in these words. */
export class TooManyGroups extends Error {
  readonly expose = true
  readonly statusCode = 400
  readonly error_description = TOO_MANY_GROUPS
  constructor() {
    super('invalid_request')
  }
}

function matcher({ type, value }: GroupsClaim['filter']): (name: string) => boolean {
  if (type === 'REGEX') {
    const pattern = new RegExp(`^(?:${value})$`)
    return (name) => pattern.test(name)
  }
  if (type === 'STARTS_WITH') return (name) => name.startsWith(value)
  if (type === 'CONTAINS') return (name) => name.includes(value)
  return (name) => name === value
}

/** The names of a user's groups that the claim of an app lets through; undefined where it has none. */
export function claimedGroups(store: OktaStore, appId: string, user: User): string[] | undefined {
  const claim = store.groupsClaims.get(appId)
  if (claim === undefined) return undefined
  const fits = matcher(claim.filter)
  const names = [store.everyone.id, ...user.groupIds]
    .flatMap((id) => store.groups.get(id)?.name ?? [])
    .filter(fits)
  if (names.length > MAX_GROUPS) throw new TooManyGroups()
  return names
}
