/** A finite machine: from a state to all that may come next. */
export interface Model<W> {
  first: W
  /** Named transitions; each state is plain data. */
  next(world: W): [string, W][]
  /** The one of all states that differ in nothing that matters. */
  tidy(world: W): W
  /** What is wrong with a state; empty where it is as it should be. */
  violations(world: W): string[]
  /** What comes next where nothing else goes wrong; undefined where nothing is left to do. */
  cooperate(world: W): W | undefined
  /** Whether the state where nothing is left is one to end in. */
  isGood(world: W): boolean
  /** Whether no command is in the middle of something, as after a crash. */
  isIdle(world: W): boolean
}

export interface Found {
  states: number
  transitions: number
  /** Kind of violation → a shortest way to it. */
  violations: Record<string, string[]>
}

const MOST_STEPS = 200

/**
 * Visits every reachable state, breadth first, and runs each one where no command is under way to its end.
 * With `until` it stops where it has found that violation.
 */
export function search<W>(model: Model<W>, until?: string): Found {
  const first = JSON.stringify(model.first)
  const keys = [first]
  const index = new Set([first])
  const from: { parent: number; by: string }[] = [{ parent: -1, by: '' }]
  const settled = new Set<string>()
  const untidy = new Set<string>()
  const found: Found = { states: 0, transitions: 0, violations: {} }
  const way = (at: number): string[] => {
    const names: string[] = []
    for (let here = at; here > 0; here = from[here]!.parent) names.push(from[here]!.by)
    return names.reverse()
  }
  for (let at = 0; at < keys.length; at++) {
    const world = JSON.parse(keys[at]!) as W
    const wrong = model.violations(world)
    for (const name of wrong) found.violations[name] ??= way(at)
    if (model.isIdle(world) && !converges(model, world, settled)) {
      found.violations['does not converge'] ??= way(at)
    }
    if (until !== undefined && found.violations[until]) break
    if (wrong.length > 0) continue
    for (const [by, next] of model.next(world)) {
      found.transitions++
      const raw = JSON.stringify(next)
      if (untidy.has(raw)) continue
      untidy.add(raw)
      const key = JSON.stringify(model.tidy(next))
      if (index.has(key)) continue
      index.add(key)
      keys.push(key)
      from.push({ parent: at, by })
    }
  }
  found.states = keys.length
  return found
}

function converges<W>(model: Model<W>, start: W, settled: Set<string>): boolean {
  const passed: string[] = []
  let world: W | undefined = start
  let last = start
  while (world !== undefined) {
    const key = JSON.stringify(world)
    if (settled.has(key)) break
    if (passed.length >= MOST_STEPS) return false
    passed.push(key)
    last = world
    world = model.cooperate(world)
  }
  if (world === undefined && !model.isGood(last)) return false
  for (const key of passed) settled.add(key)
  return true
}
