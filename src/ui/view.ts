import type { Finding, Later, Severity } from '../plan/types.ts'
import type { Channel } from './channel.ts'
import type { View } from './output.ts'
import { planLines } from './plan-view.ts'
import type { Style, Tone } from './style.ts'
import { width } from './wrap.ts'

const TONES: Record<Severity, Tone> = {
  exposed: 'bad',
  broken: 'bad',
  due: 'attention',
  info: 'muted',
}

/** Text for people on one channel. */
export function createView(channel: Pick<Channel, 'line'>, style: Style): View {
  const line = (text = '') => channel.line(text)
  const lines = (texts: string[]) => texts.forEach((text) => line(text))
  return {
    style,
    line,
    heading: (text) => line(style.paint('strong', text)),
    table: (rows) => lines(tableLines(rows)),
    plan: (plan) => lines(planLines(plan, style)),
    findings: (findings) => lines(findings.flatMap((finding) => findingLines(finding, style))),
    later: (later) => lines(later.flatMap(laterLines)),
    next(texts, heading = 'Next:') {
      if (texts.length === 0) return
      line(heading)
      lines(texts.map((text) => `  ${text}`))
    },
  }
}

function tableLines(rows: string[][]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, width(cell))
    })
  }
  const padded = (cell: string, index: number) =>
    cell + ' '.repeat((widths[index] ?? 0) - width(cell))
  return rows.map((row) => row.map(padded).join('  ').trimEnd())
}

function findingLines(finding: Finding, style: Style): string[] {
  const about = finding.subject === '' ? '' : ` ${finding.subject}`
  const accepted = finding.accepted === undefined ? '' : ` (accepted: ${finding.accepted})`
  const tone = finding.accepted === undefined ? TONES[finding.severity] : 'muted'
  return [
    `  ${style.paint(tone, finding.severity)} ${finding.code}${about}: ${finding.message}${accepted}`,
    ...(finding.next === '' || finding.accepted !== undefined ? [] : [`    → ${finding.next}`]),
  ]
}

function laterLines({ what, due, next }: Later): string[] {
  return [
    `  later: ${what}${due === '' ? '' : ` (from ${due})`}`,
    ...(next === '' ? [] : [`    → ${next}`]),
  ]
}
