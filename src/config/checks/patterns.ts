import { GUARD_PREFIX } from '../../access/names.ts'
import { readings } from '../../access/readings.ts'
import type { AccessSettings } from '../../access/rules.ts'
import { repeated } from './problem.ts'
import type { Problem } from './problem.ts'

/** Paths that are not written as the edge compares them. */
export function checkPatterns({ public: open, rules }: AccessSettings): Problem[] {
  return [
    ...checkList(open, ['access', 'public']),
    ...open.flatMap((pattern, at) =>
      pattern === '/*'
        ? [{ path: ['access', 'public', at], message: 'would open the whole site to everybody' }]
        : [],
    ),
    ...rules.flatMap(({ paths }, at) => checkList(paths, ['access', 'rules', at, 'paths'])),
  ]
}

function checkList(patterns: string[], path: Problem['path']): Problem[] {
  const wrong = patterns.flatMap((pattern, at) => {
    const message = whatIsWrong(pattern)
    return message === undefined ? [] : [{ path: [...path, at], message }]
  })
  return [...wrong, ...repeated(patterns, path)]
}

function whatIsWrong(pattern: string): string | undefined {
  const path = pattern.replace(/(?<=\/)\*$/, '')
  if (!path.startsWith('/')) return 'should begin with "/"'
  if (path.includes('*')) return '"*" may stand only at the end, after "/", as in "/docs/*"'
  if (path.includes('%')) return 'has a percent escape; write the character itself'
  if (path.trimEnd() !== path) return 'ends with a space'
  if (path.startsWith(GUARD_PREFIX)) return 'the guard itself answers there, whatever a rule says'
  const read = readingsOf(path)
  if (read?.length !== 1) {
    return 'servers read it in different ways, so that it never decides alone: do without "//", "/./", "/../", "\\", "+", ";", "?", "#" and control characters'
  }
  if (read[0] !== path) {
    return `is compared in Unicode’s composed form (NFC): write ${JSON.stringify(read[0])}`
  }
  return undefined
}

/** undefined also for what is no Unicode text. */
function readingsOf(path: string): string[] | undefined {
  try {
    return readings(encodeURI(path))
  } catch {
    return undefined
  }
}
