import { PEERS } from './peers.ts'
import type { Peer } from './peers.ts'
import type { Row } from './report.ts'
import { figure } from './table.ts'

interface Group {
  title: string
  row: Row
  of: (peer: Peer) => number
}

const WIDTH = 760
const LEFT = 190
const RIGHT = 70
const BAR = 14
const GAP = 5
const HEAD = 30
const MIN = 0.25
const MAX = 500

const STYLE = `
  text { font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; fill: #24292f }
  .title { font-weight: 600 }
  .small { font-size: 11.5px; fill: #57606a }
  .guard { fill: #0a6bcb }
  .peer { fill: #8c959f }
  .floor { stroke: #8c959f; stroke-dasharray: 2 3 }
  .budget { stroke: #bc4c00; stroke-width: 2 }
  .key { fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .small { fill: #9198a1 }
    .guard { fill: #4aa3ff }
    .peer { fill: #6e7681 }
    .floor { stroke: #6e7681 }
    .budget { stroke: #f0883e }
    .key { fill: #f0883e }
  }`

/** Our ratios to the floor beside those of the field, on a logarithmic scale. */
export function chartOf(rows: Row[], machine: { node: string; cores: number }): string {
  const row = (what: string) => rows.find((one) => one.what === what)!
  const groups: Group[] = [
    { title: 'Cold start', row: row('cold start over empty'), of: ({ cold }) => cold },
    { title: 'Valid session, new', row: row('valid session, new'), of: ({ valid }) => valid },
    {
      title: 'Valid session, seen before',
      row: row('valid session, seen before'),
      of: ({ valid }) => valid,
    },
    {
      title: 'Redirect of a stranger',
      row: row('redirect of a stranger'),
      of: ({ redirect }) => redirect,
    },
  ]
  const groupHeight = HEAD + (PEERS.length + 1) * (BAR + GAP)
  const top = 58
  const bottom = top + groups.length * groupHeight
  const parts = groups.map((group, index) => drawn(group, top + index * groupHeight))
  const notes = [
    `s3-okta-guard: Node.js ${machine.node}, ${machine.cores} cores.`,
    'The others: measured by the authors on Node 20.20, two shared cores.',
  ]
  const height = bottom + 46
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">Time of s3-okta-guard and others, as ratios to the smallest handler that checks a session</title>`,
    `<desc id="d">${groups.map(described).join(' ')}</desc>`,
    `<style>${STYLE}\n</style>`,
    text(0, 18, 'title', 'Times the cost of a bare handler that checks an HS256 cookie'),
    text(
      0,
      37,
      'small',
      'Shorter is better. Logarithmic. The dashed line is the bare handler, 1 ×.',
    ),
    `<path class="budget" d="M${WIDTH - 120} 26v14"/>`,
    text(WIDTH - 112, 37, 'small', 'our budget'),
    `<path class="floor" d="M${at(1)} ${top}V${bottom}"/>`,
    ...parts.flat(),
    ...notes.map((note, index) => text(0, bottom + 20 + index * 17, 'small', note)),
    '</svg>\n',
  ].join('\n')
}

function drawn({ title, row, of }: Group, y: number): string[] {
  const bars = [
    { name: 's3-okta-guard', value: row.value, kind: 'guard' },
    ...PEERS.map((peer) => ({ name: peer.name, value: of(peer), kind: 'peer' })),
  ]
  const first = y + HEAD - 8
  return [
    text(0, y + 14, 'title', title),
    ...bars.flatMap(({ name, value, kind }, index) => {
      const top = first + index * (BAR + GAP)
      const end = at(value)
      return [
        text(LEFT - 10, top + 11, kind === 'guard' ? '' : 'small', name, 'end'),
        `<rect class="${kind}" x="${LEFT}" y="${top}" width="${round(end - LEFT)}" height="${BAR}" rx="2"/>`,
        text(
          Math.max(end, index ? 0 : at(row.budget!)) + 7,
          top + 11,
          'small',
          `${figure(value)} ×`,
        ),
      ]
    }),
    `<path class="budget" d="M${at(row.budget!)} ${first - 2}v${BAR + 4}"/>`,
  ]
}

function described({ title, row, of }: Group): string {
  const peers = PEERS.map((peer) => `${peer.name} ${figure(of(peer))}`).join(', ')
  return `${title}: s3-okta-guard ${figure(row.value)}, budget ${row.budget}, ${peers}.`
}

/** Where a ratio is on the scale. */
function at(ratio: number): number {
  const share = Math.log(Math.max(ratio, MIN) / MIN) / Math.log(MAX / MIN)
  return round(LEFT + share * (WIDTH - LEFT - RIGHT))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function text(x: number, y: number, kind: string, content: string, anchor = 'start'): string {
  const attributes = `x="${round(x)}" y="${round(y)}"${kind && ` class="${kind}"`}`
  return `<text ${attributes}${anchor === 'end' ? ' text-anchor="end"' : ''}>${content}</text>`
}
