import type { Settings } from '../../access/settings.ts'

/**
 * Where in Okta's console these groups are put into the ID token.
 * https://developer.okta.com/docs/guides/customize-tokens-groups-claim/main/
 */
export function groupsClaim({ okta }: Settings, groups: string[]): string {
  const filter = filterFor(groups)
  return okta.authorizationServer === 'org'
    ? `In the Okta console, Applications > the app > Sign On > OpenID Connect ID Token: groups claim type Filter, name groups, ${filter}.`
    : `In the Okta console, Security > API > Authorization Servers > ${okta.authorizationServer} > Claims: add groups to the ID token (Always), value type Groups, ${filter}.`
}

function filterFor(groups: string[]): string {
  const [only] = groups
  if (groups.length === 1) return `filter Equals ${only ?? ''}`
  const names = groups.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
  return `filter Matches regex ^(${names.join('|')})$`
}
