import { ruleOf } from '../../access/rules.ts'
import type { AccessSettings, SiteSettings } from '../../access/rules.ts'
import type { Problem } from './problem.ts'

/** Rules that are right, and yet may not be what was meant. */
export function warnNarrow(access: AccessSettings, site: SiteSettings): Problem[] {
  return access.rules.flatMap(({ paths }, rule) =>
    paths.flatMap((path, at) => {
      const message = onlyFolder(path, rule, access) ?? onlyIndex(path, rule, access, site)
      return message === undefined
        ? []
        : [{ path: ['access', 'rules', rule, 'paths', at], message }]
    }),
  )
}

/** `/admin/` for `/admin/*`. */
function onlyFolder(path: string, rule: number, access: AccessSettings): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (path === '/' || name.includes('.') || name === '*') return undefined
  const below = `${path}${name === '' ? '' : '/'}`
  const other = ruleOf(`${below}x`, access)
  return other === rule
    ? undefined
    : `is this one path alone; what is below falls under access.rules[${other}], unless you add "${below}*"`
}

/** The file of a folder without the folder. */
function onlyIndex(
  path: string,
  rule: number,
  access: AccessSettings,
  { directoryIndex }: SiteSettings,
): string | undefined {
  if (!directoryIndex || !path.endsWith(`/${directoryIndex}`)) return undefined
  const folder = path.slice(0, -directoryIndex.length)
  const other = ruleOf(folder, access)
  return other === rule
    ? undefined
    : `"${folder}" is served from it and falls under access.rules[${other}]: whoever asks for the folder needs both`
}
