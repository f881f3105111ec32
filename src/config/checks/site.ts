import { GUARD_PREFIX } from '../../access/names.ts'
import { accessOf, matches, ruleOf, servedAt } from '../../access/rules.ts'
import type { AccessSettings, SiteSettings } from '../../access/rules.ts'
import type { Problem } from './problem.ts'

const NAME = /^[\w~-][\w.~-]*$/
const LETTERS = 'letters, digits, ".", "_", "~" and "-"'

/** The form of the names: what the edge puts in place of a path needs no escapes. */
export function checkSiteNames({ directoryIndex, singlePageApp }: SiteSettings): Problem[] {
  const index = directoryIndex !== undefined && wrongIndex(directoryIndex)
  const page = singlePageApp !== undefined && wrongPage(singlePageApp)
  return [
    ...(index ? [{ path: ['site', 'directoryIndex'], message: index }] : []),
    ...(page ? [{ path: ['site', 'singlePageApp'], message: page }] : []),
  ]
}

function wrongIndex(name: string): string | undefined {
  if (name.includes('/')) return 'is the name of the file in each folder, without "/"'
  return NAME.test(name) ? undefined : `should be a file name of ${LETTERS}`
}

function wrongPage(path: string): string | undefined {
  const [root, ...names] = path.split('/')
  if (root !== '' || !names.every((name) => NAME.test(name))) {
    return `should be the path of a file, like "/index.html", of ${LETTERS}`
  }
  if (path.startsWith(GUARD_PREFIX)) return 'is below the guard’s own paths'
  return names.at(-1)?.includes('.') ? undefined : 'should have an extension, like "/index.html"'
}

/** Paths that are served from a file which those who may open the path may not open. */
export function checkServed(access: AccessSettings, site: SiteSettings): Problem[] {
  return [...checkPage(access, site), ...checkPublic(access, site)]
}

function checkPage(access: AccessSettings, { singlePageApp: page }: SiteSettings): Problem[] {
  if (page === undefined || matches(page, access.public)) return []
  const rule = ruleOf(page, access)
  if (rule === access.rules.length - 1) return []
  const message = `falls under access.rules[${rule}], which would hold for all paths without an extension; only the last rule or access.public may name it`
  return [{ path: ['site', 'singlePageApp'], message }]
}

function checkPublic(access: AccessSettings, site: SiteSettings): Problem[] {
  return access.public.flatMap((path, at) => {
    if (path.endsWith('*') || accessOf(encodeURI(path), access, site).isPublic) return []
    const message = `is served from "${servedAt(path, site)}", which is not public: strangers would have to sign in; add that file to access.public`
    return [{ path: ['access', 'public', at], message }]
  })
}
