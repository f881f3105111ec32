import { GUARD_PREFIX } from './names.ts'
import { readings } from './readings.ts'
import { accessOf, allows, ruleOf, servedAt } from './rules.ts'
import type { AccessRule, AccessSettings, Allowance, Person, Site } from './rules.ts'
import type { Settings } from './settings.ts'

export interface Question {
  /** As CloudFront hands it to the edge function. */
  uri: string
  /** undefined: somebody who is not signed in. */
  person: Person | undefined
  /** Who may sign in. */
  allow: Settings['allow']
  access: AccessSettings
  site: Site
}

export type ExplainedVerdict = 'public' | 'allowed' | 'denied' | 'sign-in' | 'guard'

export type ServedBy = 'site.directoryIndex' | 'site.singlePageApp' | 'default root object'

export interface Explanation {
  verdict: ExplainedVerdict
  /** What the path can be read as; one where all servers agree, none where nobody can say. */
  readings: string[]
  /** The path that the origin is asked for. */
  forwarded: string
  /** The file behind it, where the default root object makes a difference. */
  served: string
  /** What puts another file in the place of the path. */
  servedBy: ServedBy | null
  /** Whether the person may sign in at all; null where nobody said. */
  maySignIn: boolean | null
  rules: ExplainedRule[]
}

export interface ExplainedRule {
  /** Position in `access.rules`, from 0. */
  rule: number
  patterns: string[]
  allow: Allowance
  /** The readings and served files that fall under it. */
  decides: string[]
  /** null for a stranger. */
  lets: boolean | null
  /** The lists of the rule that let the person in. */
  by: string[]
}

/** What the edge function would do with a request, and the rules that make it so. */
export function explain({ uri, person, allow, access, site }: Question): Explanation {
  const read = readings(uri) ?? []
  const { isPublic, rules, uri: forwarded } = accessOf(uri, access, site)
  const explained = rules.map((at) => explainRule(at, read, access, site, person))
  const maySignIn = person ? signsIn(allow, person) : null
  const plain = read.length === 1 ? read[0] : undefined
  return {
    verdict: verdictOf(uri, isPublic, person && maySignIn !== false, explained),
    readings: read,
    forwarded,
    served: plain === undefined ? forwarded : servedAt(plain, site),
    servedBy: servedBy(uri, forwarded, plain, site),
    maySignIn,
    rules: explained,
  }
}

function verdictOf(
  uri: string,
  isPublic: boolean,
  isSignedIn: boolean | undefined,
  rules: ExplainedRule[],
): ExplainedVerdict {
  if (uri.startsWith(GUARD_PREFIX)) return 'guard'
  if (isPublic) return 'public'
  if (isSignedIn === undefined) return 'sign-in'
  return isSignedIn && rules.every(({ lets }) => lets) ? 'allowed' : 'denied'
}

function servedBy(
  uri: string,
  forwarded: string,
  plain: string | undefined,
  site: Site,
): ServedBy | null {
  if (plain === undefined) return null
  if (forwarded !== uri) {
    const isIndex = site.directoryIndex && plain.endsWith('/')
    return isIndex ? 'site.directoryIndex' : 'site.singlePageApp'
  }
  return servedAt(plain, site) === plain ? null : 'default root object'
}

/** Okta gives the app to these groups alone. */
function signsIn(allow: Settings['allow'], { groups }: Person): boolean | null {
  if ('everyone' in allow) return true
  return groups ? groups.some((group) => allow.groups.includes(group)) : null
}

function explainRule(
  at: number,
  read: string[],
  access: AccessSettings,
  site: Site,
  person: Person | undefined,
): ExplainedRule {
  const rule = access.rules[at] as AccessRule
  const paths = new Set(read.flatMap((path) => [path, servedAt(path, site)]))
  return {
    rule: at,
    patterns: rule.paths,
    allow: rule.allow,
    decides: [...paths].filter((path) => ruleOf(path, access) === at),
    lets: person ? allows(rule, person) : null,
    by: person ? listsThatLetIn(rule, person) : [],
  }
}

function listsThatLetIn({ paths, allow }: AccessRule, person: Person): string[] {
  if (allow === 'everyone') return ['everyone']
  return Object.entries(allow)
    .filter(([list, values]) => allows({ paths, allow: { [list]: values } }, person))
    .map(([list]) => list)
}
