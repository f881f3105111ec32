const MAX_READINGS = 32

/** What servers disagree about, in a path that was decoded once: escapes, separators, empty and dot segments. */
const ODD = /[%\\+;?#\0-\x1f\x7f]|\/(\.\.?)?\/|\/\.\.?$/

/** What one server or another makes of an odd path, a step at a time. */
const STEPS: readonly ((path: string) => string)[] = [
  decodeURIComponent,
  (path) => path.replace(/\\/g, '/'),
  (path) => path.replace(/\+/g, ' '),
  (path) => path.replace(/[?#\0].*/s, ''),
  (path) => path.replace(/;[^/]*/g, ''),
  (path) => path.replace(/\/(\.?\/)+/g, '/').replace(/\/\.$/, '/'),
  (path) => path.replace(/(\/[^/]*)?\/\.\.(?=\/|$)/, '') || '/',
]

/**
 * The paths that a request path can be read as, percent-decoded. One: all servers agree about it.
 * Several: it can be read in more than one way. Undefined: nobody can say.
 */
export function readings(uri: string): string[] | undefined {
  try {
    const decoded = decodeURIComponent(uri)
    if (!ODD.test(decoded) && !/%2f/i.test(uri)) return [decoded]
    const all = new Set([uri, decoded])
    for (const path of all) {
      if (all.size > MAX_READINGS) return
      for (const step of STEPS) all.add(step(path))
    }
    return [...all]
  } catch {
    return
  }
}
