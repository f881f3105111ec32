import type { AccessSettings, Person, AccessRule, Site } from '../../../src/access/rules.ts'

/** The rules that a plain path needs, told as slowly as the documentation tells it. */
export function neededRules(path: string, { rules }: AccessSettings, site: Site): Set<number> {
  const needed = new Set<number>()
  for (const one of [path, servedFile(path, site)]) {
    let decided = false
    for (let at = 0; at < rules.length && !decided; at += 1) {
      for (const pattern of rules[at]?.paths ?? []) {
        if (covers(pattern, one)) decided = true
      }
      if (decided) needed.add(at)
    }
  }
  return needed
}

export function isOpen(path: string, { public: open }: AccessSettings, site: Site): boolean {
  const isCovered = (one: string) => open.filter((pattern) => covers(pattern, one)).length > 0
  return isCovered(path) && isCovered(servedFile(path, site))
}

export function servedFile(path: string, site: Site): string {
  const name = path.split('/').at(-1) ?? ''
  if (name === '' && site.directoryIndex !== undefined) return path.concat(site.directoryIndex)
  if (site.singlePageApp !== undefined && name.split('.').length === 1) return site.singlePageApp
  if (path === '/' && site.defaultRootObject !== undefined) return `/${site.defaultRootObject}`
  return path
}

function covers(pattern: string, path: string): boolean {
  if (!pattern.endsWith('*')) return pattern === path
  const folder = pattern.split('/').slice(0, -1)
  const parts = path.split('/')
  return parts.length > folder.length && folder.every((part, at) => part === parts[at])
}

/** Whether servers may differ about a path; undefined where it is no escaped text at all. */
export function isOdd(uri: string): boolean | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(uri).normalize()
  } catch {
    return undefined
  }
  const isControl = (letter: string) => letter < ' ' || letter === '\x7f'
  const segments = decoded.split('/').slice(1)
  return (
    uri.toLowerCase().includes('%2f') ||
    [...'%\\+;?#'].some((letter) => decoded.includes(letter)) ||
    [...decoded].some(isControl) ||
    segments.some((segment) => segment === '.' || segment === '..') ||
    segments.slice(0, -1).includes('')
  )
}

export function letsIn({ allow }: AccessRule, { email, groups }: Person): boolean {
  if (allow === 'everyone') return true
  if (groups?.some((group) => allow.groups?.includes(group))) return true
  const [local, domain, ...more] = (email ?? '').split('@')
  if (!local || !domain || more.length > 0) return false
  const letters = [...(email ?? '')].map((letter) => letter.codePointAt(0) ?? 0)
  if (letters.some((code) => code <= 0x20 || code >= 0x7f)) return false
  const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  return (
    allow.emails?.includes(lower(email ?? '')) === true ||
    allow.emailDomains?.includes(lower(domain)) === true
  )
}
