import type { Cold, Measured, Steady } from './measure.ts'

export interface Figures {
  zipBytes: number
  indexBytes: number
  packedBytes: number
  cold: Measured<Cold>
  steady: Measured<Steady>
  help: { helpMs: number; nodeMs: number }
}

export interface Row {
  what: string
  guard: number
  unit: string
  /** What it is held against, in the same unit. */
  floor: number | null
  /** The figure that the budget limits: a ratio to the floor, or the figure itself. */
  value: number
  budget: number
  isRatio: boolean
  within: boolean
}

/** The budgets of the design beside what was measured; ratios compare figures of one run only. */
export function rowsOf(figures: Figures): Row[] {
  const { cold, steady, help } = figures
  const over = (kind: 'wallMs' | 'cpuMs', name: 'floor' | 'guard') =>
    cold[name][kind] - cold.empty[kind]
  return [
    absolute('zip of the edge function', figures.zipBytes / 1024, 25, 'KB'),
    absolute('index.js, minified', figures.indexBytes / 1024, 6, 'KB'),
    ratio('cold start over empty', over('wallMs', 'guard'), over('wallMs', 'floor'), 1.5, 'ms'),
    absolute('CPU of the cold start over empty', over('cpuMs', 'guard'), 7, 'ms'),
    absolute('memory of the cold start over empty', cold.guard.rssMb - cold.empty.rssMb, 3, 'MB'),
    ratio('valid session, seen before', steady.guard.seenUs, steady.floor.seenUs, 0.6, 'µs'),
    ratio('valid session, new', steady.guard.newUs, steady.floor.newUs, 5, 'µs'),
    ratio('redirect of a stranger', steady.guard.redirectUs, steady.floor.redirectUs, 2, 'µs'),
    ratio('--help, against node -e 0', help.helpMs, help.nodeMs, 2, 'ms'),
    absolute('package, packed', figures.packedBytes / 1024, 2048, 'KB'),
  ]
}

function absolute(what: string, guard: number, budget: number, unit: string): Row {
  const within = guard <= budget
  return { what, guard, unit, floor: null, value: guard, budget, isRatio: false, within }
}

function ratio(what: string, guard: number, floor: number, budget: number, unit: string): Row {
  const value = guard / floor
  return { what, guard, unit, floor, value, budget, isRatio: true, within: value <= budget }
}

/** A table for people. */
export function tableOf(rows: Row[]): string {
  const lines = [
    ['what', 'guard', 'floor', 'ratio', 'budget', ''],
    ...rows.map((row) => [
      row.what,
      `${figure(row.guard)} ${row.unit}`,
      row.floor === null ? '' : `${figure(row.floor)} ${row.unit}`,
      row.isRatio ? `${figure(row.value)} ×` : '',
      row.isRatio ? `≤ ${row.budget} ×` : `≤ ${row.budget} ${row.unit}`,
      row.within ? '' : 'over budget',
    ]),
  ]
  const widths = lines[0]!.map((_, column) =>
    Math.max(...lines.map((line) => line[column]!.length)),
  )
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
