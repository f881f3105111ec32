import { readings } from './readings.ts'

/** Who may open which path. Paths are exact (`/robots.txt`) or prefixes (`/assets/*`), not percent-encoded. */
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
  /** `/docs/` is served from `/docs/` and this file, e.g. `index.html`. */
  directoryIndex?: string
  /** The file that paths without an extension are served from, e.g. `/index.html`. */
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
  /** Indexes of the rules that must all let the person in; none where there are no rules. */
  rules: number[]
  /** The path to forward, as the origin should get it. */
  uri: string
}

/** An address of which nobody can take the domain for another: ASCII, one `@`. */
const EMAIL = /^[!-?A-~]+@((?:[a-z0-9-]+\.)+[a-z0-9-]+)$/i

/**
 * What a request path needs: the rule of the path asked for and of the path served. One that can be
 * read in several ways is never public, needs the rule of every reading, and is forwarded as it came.
 */
export function accessOf(uri: string, access: AccessSettings, site: Site): Access {
  const paths = readings(uri)
  if (paths?.length !== 1) {
    const rules = paths?.map((path) => ruleOf(path, access)) ?? access.rules.map((_, at) => at)
    return { isPublic: false, rules: needed(rules), uri }
  }
  const served = rewritten(uri, site)
  if (served !== uri) paths.push(decodeURIComponent(served))
  if (served === '/' && site.defaultRootObject) paths.push(`/${site.defaultRootObject}`)
  return {
    isPublic: paths.every((path) => matches(path, access.public)),
    rules: needed(paths.map((path) => ruleOf(path, access))),
    uri: served,
  }
}

/** Whether the rule lets this person in. */
export function allows({ allow }: AccessRule, { email = '', groups = [] }: Person): boolean {
  if (allow === 'everyone') return true
  const domain = EMAIL.exec(email)?.[1]?.toLowerCase()
  return (
    groups.some((group) => allow.groups?.includes(group)) ||
    (domain !== undefined &&
      (allow.emails?.includes(email.toLowerCase()) || allow.emailDomains?.includes(domain)) === true)
  )
}

function rewritten(uri: string, { directoryIndex, singlePageApp }: Site): string {
  const isFolder = uri.endsWith('/')
  if (isFolder && directoryIndex) return uri + directoryIndex
  return singlePageApp && !uri.slice(uri.lastIndexOf('/')).includes('.') ? singlePageApp : uri
}

/** The rule that decides about a path; the last one where none names it. */
function ruleOf(path: string, { rules }: AccessSettings): number {
  const at = rules.findIndex((rule) => matches(path, rule.paths))
  return at < 0 ? rules.length - 1 : at
}

function matches(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
  )
}

function needed(rules: number[]): number[] {
  return [...new Set(rules)].filter((at) => at >= 0)
}
