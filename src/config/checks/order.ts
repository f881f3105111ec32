import { matches } from '../../access/rules.ts'
import type { AccessRule, AccessSettings } from '../../access/rules.ts'
import type { Problem } from './problem.ts'

/** Rules that can never decide, and a default that is not the last. */
export function checkOrder(access: AccessSettings): Problem[] {
  return [
    ...checkDefault(access.rules),
    ...access.rules.flatMap((_, at) => unreachable(at, access)),
  ]
}

function checkDefault(rules: AccessRule[]): Problem[] {
  const last = rules.length - 1
  const early = rules.slice(0, last).flatMap(({ paths }, at) =>
    paths.flatMap((path, index) =>
      path === '/*'
        ? [
            {
              path: ['access', 'rules', at, 'paths', index],
              message: 'takes every path, so that no later rule can match; it belongs last',
            },
          ]
        : [],
    ),
  )
  const paths = rules[last]?.paths
  if (paths === undefined || (paths.length === 1 && paths[0] === '/*')) return early
  const message =
    'the last rule is for all paths that no rule before it names: {"paths": ["/*"], "allow": …}'
  return [...early, { path: ['access', 'rules', last, 'paths'], message }]
}

/** The paths of a rule that a public path or an earlier rule takes. */
function unreachable(at: number, { public: open, rules }: AccessSettings): Problem[] {
  const paths = rules[at]?.paths ?? []
  return paths.flatMap((path, index) => {
    const taker = takerOf(path, open, rules.slice(0, at))
    if (path === '/*' || taker === undefined) return []
    return [
      {
        path: ['access', 'rules', at, 'paths', index],
        message: `this rule can never match here: ${taker}`,
      },
    ]
  })
}

function takerOf(path: string, open: string[], earlier: AccessRule[]): string | undefined {
  const opened = open.findIndex((pattern) => matches(path, [pattern]))
  if (opened >= 0) return `access.public[${opened}] "${open[opened]}" opens it to everybody`
  // All paths is told where it stands.
  const rest = earlier.map(({ paths }) => paths.filter((pattern) => pattern !== '/*'))
  const rule = rest.findIndex((patterns) => matches(path, patterns))
  const pattern = rest[rule]?.find((one) => matches(path, [one]))
  return pattern && `"${pattern}" of access.rules[${rule}] comes first`
}
