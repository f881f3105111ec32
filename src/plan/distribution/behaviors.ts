import { ROUTES } from '../../access/names.ts'
import type { Settings } from '../../access/settings.ts'
import type { Behavior, LambdaAssociation } from './distribution.ts'

/**
 * Does a path pattern match? `*` is any run of characters, `?` is one, case matters, the leading slash is optional.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
 */
export function patternMatches(pattern: string, path: string): boolean {
  if (pattern === 'default') return true
  const wanted = pattern.startsWith('/') ? pattern : `/${pattern}`
  return wildcard(wanted, path)
}

/** Linear in time for any number of stars: only the last one is ever tried again. */
function wildcard(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++
      mark = t
    } else if (pattern[p] === '?' || pattern[p] === text[t]) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++mark
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

/** The first behavior in CloudFront's order that serves the path. */
export function behaviorOf(behaviors: Behavior[], path: string): Behavior | undefined {
  return behaviors.find((behavior) => patternMatches(behavior.pattern, path))
}

/** Patterns of the behaviors that serve the guard's own routes: without them nobody could sign in. */
export function guardRoutePatterns(behaviors: Behavior[]): string[] {
  const patterns = Object.values(ROUTES).map((path) => behaviorOf(behaviors, path)?.pattern)
  return [...new Set(patterns.filter((pattern) => pattern !== undefined))]
}

export function isGuarded(settings: Pick<Settings, 'behaviors'>, pattern: string): boolean {
  return settings.behaviors === 'all' || settings.behaviors.includes(pattern)
}

/** Viewer events of one behavior that belong to somebody else; a Lambda@Edge viewer function cannot stand beside them. */
export function foreignViewerFunctions(behavior: Behavior, ourFunction: string): string[] {
  const lambdas = behavior.lambda
    .filter(isViewer)
    .filter(({ arn }) => !isOurs(arn, ourFunction))
    .map(({ arn, eventType }) => `${eventType}: ${arn}`)
  const functions = behavior.functions.map(({ arn, eventType }) => `${eventType}: ${arn}`)
  return [...lambdas, ...functions]
}

export function isViewer(association: LambdaAssociation): boolean {
  return association.eventType.startsWith('viewer-')
}

export function isOurs(arn: string, ourFunction: string): boolean {
  return arn === ourFunction || arn.startsWith(`${ourFunction}:`)
}

/**
 * One path that CloudFront would serve by this behavior and that the settings do not make public:
 * what the stranger's probe asks for. undefined where an earlier pattern hides the behavior, or all is public.
 */
export function probePath(
  behaviors: Behavior[],
  pattern: string,
  isPublic: (path: string) => boolean,
): string | undefined {
  const candidates =
    pattern === 'default'
      ? ['/', '/s3-okta-guard-probe', '/s3-okta-guard-probe.txt']
      : FILLINGS.map((star) => fill(pattern.replace(/^\//, ''), star))
  return candidates.find(
    (path) => behaviorOf(behaviors, path)?.pattern === pattern && !isPublic(path),
  )
}

/** What stands for a star: an earlier pattern may take the first, and hardly takes them all. */
const FILLINGS = ['x', 's3-okta-guard-probe', '']

function fill(pattern: string, star: string): string {
  return `/${pattern.replaceAll('*', star).replaceAll('?', 'x')}`
}
