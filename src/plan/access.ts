import type { Site } from '../access/rules.ts'
import type { Settings } from '../access/settings.ts'
import { digestOf } from './canonical.ts'
import type { Distribution } from './distribution/distribution.ts'
import type { InstalledAccess, Manifest } from './manifest.ts'

/**
 * The access revision that these settings have, or will have: one more than the last for every change.
 * The manifest knows a revision before any edge serves it, so that it never stands for two contents there.
 */
export function plannedAccess(
  { access, site, allow }: Settings,
  manifest: Manifest | undefined,
): InstalledAccess {
  const digest = digestOf({ access, site, allow })
  const known = manifest?.access
  if (known?.digest === digest) return known
  const groups = ruleGroups({ access })
  return {
    revision: (known?.revision ?? 0) + 1,
    digest,
    groups,
    formerGroups: known?.groups.filter((name) => !groups.includes(name)) ?? [],
  }
}

/** The site's helpers, with what CloudFront itself serves for `/` where a rule may depend on it. */
export function siteOf(
  { site, access }: Settings,
  { defaultRootObject }: Pick<Distribution, 'defaultRootObject'>,
): Site {
  const matters = access.public.length > 0 || access.rules.length > 0
  return matters && defaultRootObject !== '' ? { ...site, defaultRootObject } : site
}

/** Every group that the settings name, and where, e.g. `access.rules[1].allow.groups`. */
export function namedGroups({ allow, access }: Pick<Settings, 'allow' | 'access'>) {
  const names = new Map<string, string[]>()
  const add = (groups: readonly string[], where: string): void => {
    for (const name of groups) names.set(name, [...(names.get(name) ?? []), where])
  }
  add('groups' in allow ? allow.groups : [], 'allow.groups')
  for (const [at, rule] of access.rules.entries()) {
    if (rule.allow !== 'everyone') add(rule.allow.groups ?? [], `access.rules[${at}].allow.groups`)
  }
  return names
}

/** Groups that access rules ask for: Okta must name them in its ID token or userinfo. */
export function ruleGroups({ access }: Pick<Settings, 'access'>): string[] {
  return [...namedGroups({ allow: { everyone: true }, access }).keys()]
}
