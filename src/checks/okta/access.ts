import { accessOf, matches, servedAt } from '../../access/rules.ts'
import type { Settings } from '../../access/settings.ts'
import { ruleGroups, siteOf } from '../../plan/access.ts'
import type { Distribution } from '../../plan/distribution/distribution.ts'
import { groupsClaim } from '../../plan/okta/groups-claim.ts'
import type { Finding } from '../../plan/types.ts'

/** Left open on purpose. */
export function checkPublicPaths({ access }: Settings): Finding[] {
  if (access.public.length === 0) return []
  return [
    {
      code: 'public-paths',
      severity: 'info',
      subject: '',
      message: `Strangers can read ${access.public.join(', ')}, as the settings say.`,
      next: 'If that is not meant: take them out of access.public and run apply.',
    },
  ]
}

/** The start page is public, but not the file that CloudFront serves for it. */
export function checkPublicStart(settings: Settings, distribution: Distribution): Finding[] {
  const { access } = settings
  const site = siteOf(settings, distribution)
  if (!matches('/', access.public) || accessOf('/', access, site).isPublic) return []
  return [
    {
      code: 'public-start',
      severity: 'info',
      subject: '/',
      message: `"/" is among the public paths, but the file served for it is not: strangers are asked to sign in there.`,
      next: `Add "${servedAt('/', site)}" to access.public, or take "/" out.`,
    },
  ]
}

/**
 * Whether Okta sends groups cannot be asked: the Apps API does not show the groups claim.
 * https://developer.okta.com/docs/guides/customize-tokens-groups-claim/main/
 */
export function checkGroupsClaim(settings: Settings): Finding[] {
  const groups = ruleGroups(settings)
  if (groups.length === 0) return []
  return [
    {
      code: 'groups-claim',
      severity: 'info',
      subject: '',
      message:
        `Access rules name ${countOf(groups)} (${groups.join(', ')}), and Okta's API cannot say whether the app sends a groups claim. ` +
        'Where it is missing, people get the page that names their account and says that Okta sent no groups. ' +
        'Where its filter fits more than 100 groups of a person, Okta refuses the sign-in.',
      next: groupsClaim(settings, groups),
    },
  ]
}

/** Somebody in the group of a rule, but in none that is assigned to the app, cannot sign in at all. */
export function checkUnassignedGroups(settings: Settings): Finding[] {
  const { allow } = settings
  if (!('groups' in allow)) return []
  const others = ruleGroups(settings).filter((name) => !allow.groups.includes(name))
  if (others.length === 0) return []
  return [
    {
      code: 'groups-unassigned',
      severity: 'info',
      subject: '',
      message: `Access rules name ${others.join(', ')}, without letting them sign in: only those of their members who are also in ${allow.groups.join(' or ')} can.`,
      next: 'Name the groups in "allow" too, if all of their members shall sign in.',
    },
  ]
}

function countOf(groups: string[]): string {
  return groups.length === 1 ? 'a group' : `${groups.length} groups`
}
