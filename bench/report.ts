import type { Journeys } from './journeys.ts'
import type { Cold, Measured, Steady } from './measure.ts'

export interface Figures {
  zipBytes: number
  indexBytes: number
  packedBytes: number
  cold: Measured<Cold>
  coldRedirect: Measured<Cold>
  steady: Measured<Steady>
  help: { helpMs: number; nodeMs: number }
  journeys: Journeys[]
}

export interface Row {
  what: string
  guard: number
  unit: string
  /** What it is held against, in the same unit. */
  floor: number | null
  /** The figure that the budget limits: a ratio to the floor, or the figure itself. */
  value: number
  /** None where a figure is for information. */
  budget: number | null
  isRatio: boolean
  within: boolean
}

/** The budgets of the design beside what was measured; ratios compare figures of one run only. */
export function rowsOf(figures: Figures): Row[] {
  const { cold, coldRedirect, steady, help } = figures
  const { empty, floor, guard, rules } = steady
  return [
    absolute('zip of the edge function', figures.zipBytes / 1024, 25, 'KB'),
    absolute('index.js, minified', figures.indexBytes / 1024, 6, 'KB'),
    ratio('cold start over empty', over(cold, 'guard'), over(cold, 'floor'), 1.5, 'ms'),
    beside('CPU of the cold start over empty', cold, 'cpuMs', 7, 'ms'),
    ratio('valid session, seen before', guard.seenUs, floor.seenUs, 0.6, 'µs'),
    ratio('valid session, new', guard.newUs, floor.newUs, 5, 'µs'),
    ratio('the same with 10 rules, seen before', rules.seenUs, floor.seenUs, null, 'µs'),
    ratio('the same with 10 rules, new', rules.newUs, floor.newUs, null, 'µs'),
    ratio('redirect of a stranger', guard.redirectUs, floor.redirectUs, 2, 'µs'),
    ratio(
      'redirect of a stranger, cold, over empty',
      over(coldRedirect, 'guard'),
      over(coldRedirect, 'floor'),
      null,
      'ms',
    ),
    beside('its CPU, over empty', coldRedirect, 'cpuMs', null, 'ms'),
    absolute('refusal by a rule (403)', rules.refusalUs!, null, 'µs'),
    beside('memory of the cold start over empty', cold, 'rssMb', 3, 'MB'),
    absolute('memory, steady, over empty', guard.rssMb - empty.rssMb, null, 'MB'),
    ratio('--help, against node -e 0', help.helpMs, help.nodeMs, 2, 'ms'),
    absolute('package, packed', figures.packedBytes / 1024, 2048, 'KB'),
  ]
}

/** What a handler needs beyond the empty one. */
function over(at: Measured<Cold>, name: 'floor' | 'guard', kind: keyof Cold = 'wallMs'): number {
  return at[name][kind] - at.empty[kind]
}

/** The budget limits the figure itself; the floor's stands beside it. */
function beside(
  what: string,
  at: Measured<Cold>,
  kind: keyof Cold,
  budget: number | null,
  unit: string,
): Row {
  return {
    ...absolute(what, over(at, 'guard', kind), budget, unit),
    floor: over(at, 'floor', kind),
  }
}

function absolute(what: string, guard: number, budget: number | null, unit: string): Row {
  const within = budget === null || guard <= budget
  return { what, guard, unit, floor: null, value: guard, budget, isRatio: false, within }
}

function ratio(
  what: string,
  guard: number,
  floor: number,
  budget: number | null,
  unit: string,
): Row {
  const value = guard / floor
  const within = budget === null || value <= budget
  return { what, guard, unit, floor, value, budget, isRatio: true, within }
}
