const MAX_READINGS = 32

/** Without any of it, which is nearly always, no step below finds anything. */
const SUSPICIOUS = /[^\w./-]|\/[./]/

/** What one server or another makes of a path once it is decoded, a step at a time. */
const STEPS: readonly (readonly [RegExp, string])[] = [
  [/\\/g, '/'],
  [/\+/g, ' '],
  [/[?#\0-\x1f\x7f].*/s, ''],
  [/;[^/]*/g, ''],
  [/\/(\.?\/)+|\/\.$/g, '/'],
  [/(\/[^/]*)?\/\.\.(\/|$)/, '/'],
]

/**
 * The paths that a request path can be read as, percent-decoded and in Unicode's form C. One: all
 * servers agree about it. Several: they do not. Undefined: nobody can say.
 */
export function readings(uri: string): string[] | undefined {
  if (!SUSPICIOUS.test(uri)) return [uri]
  try {
    const all = new Set([decoded(uri)])
    // Also where it means a slash it is one to some servers only. RFC 3986, section 2.2.
    if (/%2f/i.test(uri)) all.add(uri)
    for (const path of all) {
      if (all.size > MAX_READINGS) return
      all.add(decoded(path))
      for (const [from, to] of STEPS) all.add(path.replace(from, to))
    }
    return [...all]
  } catch {
    return
  }
}

function decoded(path: string): string {
  return decodeURIComponent(path).normalize()
}
