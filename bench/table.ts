import { DISTANCES, KINDS, textOf } from './journeys.ts'
import type { Journeys, Kind } from './journeys.ts'
import type { Row } from './report.ts'

const NAMES: Record<Kind, string> = {
  valid: 'valid session',
  stranger: "stranger's redirect",
  refusal: 'refusal by a rule',
  'sign-in': 'sign-in, from the first request to the page',
  refresh: 'refresh, to the page',
  'sign-out': 'sign-out',
}

/** The budgets and what was measured, for people. */
export function tableOf(rows: Row[]): string {
  return aligned([
    ['what', 'guard', 'floor', 'ratio', 'budget', ''],
    ...rows.map((row) => [
      row.what,
      `${figure(row.guard)} ${row.unit}`,
      row.floor === null ? '' : `${figure(row.floor)} ${row.unit}`,
      row.isRatio ? `${figure(row.value)} ×` : '',
      row.budget === null ? '' : row.isRatio ? `≤ ${row.budget} ×` : `≤ ${row.budget} ${row.unit}`,
      row.budget === null ? '' : row.within ? 'met' : 'missed',
    ]),
  ])
}

/** Network calls of each kind of request, and how long it takes with the answers so far away. */
export function journeyTable(journeys: Journeys[]): string {
  const head = DISTANCES.flatMap((distance) => [`cold ${distance} ms`, `warm ${distance} ms`])
  return aligned([
    ['kind of request', 'calls, cold', 'calls, warm', ...head],
    ...KINDS.map((kind) => {
      const all = journeys.filter((one) => one.kind === kind).map(({ journey }) => journey)
      const [first] = all
      const times = all.flatMap(({ coldMs, warmMs }) => [coldMs, warmMs])
      const calls = [textOf(first!.coldCalls), textOf(first!.warmCalls)]
      return [NAMES[kind], ...calls, ...times.map((time) => `${figure(time)} ms`)]
    }),
  ])
}

function aligned(lines: string[][]): string {
  const widths = lines[0]!.map((_, column) =>
    Math.max(...lines.map((line) => line[column]!.length)),
  )
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}

export function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
