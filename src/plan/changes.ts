import type { Settings } from '../access/settings.ts'
import { same } from './canonical.ts'
import type { PlanContext } from './context.ts'
import type { Manifest } from './manifest.ts'
import { change } from './step.ts'
import type { Change } from './types.ts'

/** Lists are shown as far as people read them. */
const MOST_SHOWN = 5

/** The settings that are baked into the function. */
const BAKED: [field: string, value: (settings: Settings) => string | number | string[]][] = [
  ['hosts', ({ hosts }) => hosts],
  ['okta.orgUrl', ({ okta }) => okta.orgUrl],
  ['okta.authorizationServer', ({ okta }) => okta.authorizationServer],
  ['public paths', ({ access }) => access.public],
  ['site.directoryIndex', ({ site }) => site.directoryIndex ?? 'none'],
  ['site.singlePageApp', ({ site }) => site.singlePageApp ?? 'none'],
  ['session.tokenMinutes', ({ session }) => session.tokenMinutes],
  ['session.maxHours', ({ session }) => session.maxHours],
  ['session.graceMinutes', ({ session }) => session.graceMinutes],
  ['function.logLevel', ({ function: edge }) => edge.logLevel],
]

/** What other settings mean for the function, in words. */
export function configChanges(
  installed: Settings | undefined,
  { settings: wanted, access }: Pick<PlanContext, 'settings' | 'access'>,
  manifest: Manifest,
): Change[] {
  if (!installed) return []
  const former = manifest.access?.revision
  return [
    ...rulesChange(installed.access.rules, wanted.access.rules),
    ...BAKED.filter(([, value]) => !same(value(installed), value(wanted))).map(([field, value]) =>
      change(field, words(value(installed)), words(value(wanted))),
    ),
    ...(former === access.revision ? [] : [change('access revision', former, access.revision)]),
  ]
}

type Rules = Settings['access']['rules']

function rulesChange(former: Rules, rules: Rules): Change[] {
  if (same(former, rules)) return []
  const added = rules.filter((rule) => !former.some((one) => same(one, rule))).length
  const how = added === 0 ? 'in another order' : `${added} of them changed`
  const to = rules.length === former.length ? `${count(rules)}, ${how}` : count(rules)
  return [change('access rules', count(former), to)]
}

/** Said where people are signed in whom the new rules concern. */
export function accessWarnings(installed: Settings | undefined, wanted: Settings): string[] {
  if (!installed) return []
  const isSame = same([installed.access, installed.site], [wanted.access, wanted.site])
  return isSame
    ? []
    : ['people who are signed in are checked against the new rules with their next request']
}

function count(rules: Rules): string {
  if (rules.length === 0) return 'no rules'
  return rules.length === 1 ? '1 rule' : `${rules.length} rules`
}

function words(value: string | number | string[]): string {
  if (!Array.isArray(value)) return String(value)
  if (value.length === 0) return 'none'
  const rest = value.length - MOST_SHOWN
  return `${value.slice(0, MOST_SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
