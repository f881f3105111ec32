import { readings } from './readings.ts'

/**
 * Who may open which path. Paths are exact (`/robots.txt`) or prefixes (`/assets/*`), not
 * percent-encoded. E-mail addresses and domains are in lower case.
 */
export interface AccessSettings {
  /** Open to everybody, signed in or not. */
  public: string[]
  /** The first whose path matches decides; the last is for all paths. None: everyone who may sign in. */
  rules: AccessRule[]
}

export interface AccessRule {
  paths: string[]
  allow: Allowance
}

/** Everyone who may sign in, or whoever fits one of the lists. */
export type Allowance =
  'everyone' | { groups?: string[]; emails?: string[]; emailDomains?: string[] }

export interface SiteSettings {
  /** `/docs/` is served from `/docs/` and this file, e.g. `index.html`. No character needs an escape. */
  directoryIndex?: string
  /** The file that paths without an extension are served from, e.g. `/index.html`. Likewise. */
  singlePageApp?: string
}

/** The site's helpers, and what CloudFront itself serves for `/`. */
export interface Site extends SiteSettings {
  defaultRootObject?: string
}

export interface Person {
  email?: string
  /** Only those that the configuration names; undefined where Okta did not say. */
  groups?: string[]
}

export interface Access {
  isPublic: boolean
  /** Indexes of the rules that must all let the person in. */
  rules: number[]
  /** The path to forward, as the origin should get it. */
  uri: string
}

/** ASCII, one `@`: nobody takes its domain for another, and lower case is what it seems. */
const EMAIL = /^[!-?A-~]+@([!-?A-~]+)$/

/**
 * What a request path needs: the rule of the path asked for and of the path served. One that can be
 * read in several ways is never public, needs the rules of every reading, and is forwarded as it came.
 */
export function accessOf(uri: string, access: AccessSettings, site: Site): Access {
  const asked = readings(uri)
  if (!asked) return { isPublic: false, rules: [...access.rules.keys()], uri }
  const isPlain = asked.length < 2
  // Nearly always both are the same, and judged once.
  const paths = asked.flatMap((path) => {
    const served = servedAt(path, site)
    return served === path ? path : [path, served]
  })
  return {
    isPublic: isPlain && paths.every((path) => matches(path, access.public)),
    rules: [...new Set(paths.map((path) => ruleOf(path, access)))].filter((at) => at >= 0),
    uri: isPlain ? rewritten(asked[0]!, uri, site) : uri,
  }
}

/** Whether the rule lets this person in. */
export function allows({ allow }: AccessRule, { email = '', groups = [] }: Person): boolean {
  if (allow === 'everyone') return true
  const [address, domain] = EMAIL.exec(email)?.map((part) => part.toLowerCase()) ?? []
  return (
    groups.some((group) => allow.groups?.includes(group)) ||
    allow.emails?.includes(address!) ||
    !!allow.emailDomains?.includes(domain!)
  )
}

/** The path of the file that CloudFront asks the origin for. */
export function servedAt(path: string, site: Site): string {
  const served = rewritten(path, path, site)
  return served === '/' ? served + (site.defaultRootObject ?? '') : served
}

/** The rule that decides about a path; the last one where none names it. */
export function ruleOf(path: string, { rules }: AccessSettings): number {
  const at = rules.findIndex(({ paths }) => matches(path, paths))
  return at < 0 ? rules.length - 1 : at
}

/** Whether one of the patterns is for the path. A pattern in place of the path: whether one covers it. */
export function matches(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
  )
}

function rewritten(
  path: string,
  spelling: string,
  { directoryIndex, singlePageApp }: SiteSettings,
): string {
  if (directoryIndex && path.endsWith('/')) return spelling + directoryIndex
  return singlePageApp && !path.slice(path.lastIndexOf('/')).includes('.')
    ? singlePageApp
    : spelling
}
