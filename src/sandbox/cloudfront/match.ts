import type { EdgeBehavior } from '../types.ts'

function toRegExp(pattern: string): RegExp {
  const path = pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`
  const source = path.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
}

function removeDotSegments(path: string): string {
  const out: string[] = []
  const parts = path.split('/')
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1
    if (part === '..') {
      if (out.length > 1) out.pop()
      if (last) out.push('')
    } else if (part === '.') {
      if (last) out.push('')
    } else out.push(part)
  }
  return out.join('/') || '/'
}

/**
 * RFC 3986, section 6.2.2: CloudFront normalizes a path to choose the behavior, and forwards it raw.
 * Amazon CloudFront Developer Guide, "Cache behavior settings", Path pattern.
 */
export function normalizePath(uri: string): string {
  const decoded = uri.replace(/%([0-9a-f]{2})/gi, (escape, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16))
    return /[\w.~-]/.test(char) ? char : escape.toUpperCase()
  })
  return removeDotSegments(decoded)
}

/** `*` and `?` wildcards, case-sensitive, a leading slash is optional. */
export function matches(pattern: string, uri: string): boolean {
  return toRegExp(pattern).test(normalizePath(uri))
}

/** The first behavior in the distribution's order that fits; the last is the default one. */
export function behaviorFor(behaviors: EdgeBehavior[], uri: string): EdgeBehavior | undefined {
  return behaviors.find((behavior) => matches(behavior.pathPattern, uri)) ?? behaviors.at(-1)
}
