import type { Finding, Severity } from '../../plan/types.ts'
import type { DoctorData } from '../../ui/schemas/data.ts'
import type { Tone } from '../../ui/style.ts'
import { wrapWords } from '../../ui/wrap.ts'
import type { View } from '../program/context.ts'

type State = DoctorData['checks'][number]['state']

const MARKS: Record<State, { mark: string; tone: Tone }> = {
  ok: { mark: '✓', tone: 'good' },
  note: { mark: 'i', tone: 'muted' },
  due: { mark: '!', tone: 'attention' },
  attention: { mark: '✗', tone: 'bad' },
  'not-checked': { mark: '?', tone: 'attention' },
}

const TITLES: Record<Severity, { title: string; tone: Tone }> = {
  exposed: { title: 'Exposed: strangers can read it', tone: 'bad' },
  broken: { title: 'Broken: a command would stop here', tone: 'bad' },
  due: { title: 'Due', tone: 'attention' },
  info: { title: 'Good to know', tone: 'muted' },
}

/** What was looked at, one line each; then the findings, the worst first, each with what to do. */
export function renderDoctor(view: View, data: DoctorData, columns: number): void {
  const width = Math.max(60, Math.min(columns, 100))
  view.heading(`${data.distribution ?? 'No distribution'}: ${summaryOf(data)}`)
  view.line()
  view.table(
    data.checks.map(({ check, state, detail }) => [
      ` ${view.style.paint(MARKS[state].tone, MARKS[state].mark)}`,
      check,
      detail,
    ]),
  )
  for (const severity of Object.keys(TITLES) as Severity[]) {
    const group = data.findings.filter((one) => one.severity === severity && !one.accepted)
    section(view, TITLES[severity], group, width)
  }
  const accepted = data.findings.filter((one) => one.accepted !== undefined)
  section(view, { title: 'Accepted', tone: 'muted' }, accepted, width)
  view.line()
  view.next(data.next)
}

function summaryOf({ findings, coming }: DoctorData): string {
  const counted = findings.filter(({ accepted }) => accepted === undefined)
  const words = (Object.keys(TITLES) as Severity[])
    .map(
      (severity) => [counted.filter((one) => one.severity === severity).length, severity] as const,
    )
    .filter(([count]) => count > 0)
    .map(([count, severity]) => `${count} ${severity === 'info' ? 'to know' : severity}`)
  const bad = counted.some(({ severity }) => severity === 'exposed' || severity === 'broken')
  const verdict = bad ? '' : `nothing stands in the way of ${coming.join(', ')}`
  return [verdict, words.join(', ')].filter((part) => part !== '').join('; ')
}

function section(
  view: View,
  { title, tone }: { title: string; tone: Tone },
  findings: Finding[],
  width: number,
): void {
  if (findings.length === 0) return
  view.line()
  view.line(view.style.paint(tone, title))
  for (const { code, subject, message, next, accepted } of findings) {
    view.line()
    view.line(`  ${view.style.paint('strong', code)}${subject === '' ? '' : ` ${subject}`}`)
    for (const line of wrapWords(message, width - 4)) view.line(`    ${line}`)
    if (accepted !== undefined) view.line(`    accepted: ${accepted}`)
    else arrow(view, next, width)
  }
}

/** A command has a line of its own, so that it can be copied. */
function arrow(view: View, next: string, width: number): void {
  const [, sentence = '', command = ''] = /^(.*?)((?:s3-okta-guard|aws) [a-z].*)?$/.exec(next) ?? []
  const alone = sentence === '' || sentence.endsWith(': ')
  const lines = alone ? [...wrapWords(sentence, width - 6), command] : wrapWords(next, width - 6)
  lines
    .filter((line) => line !== '')
    .forEach((line, index) => view.line(`    ${index === 0 ? '→' : ' '} ${line}`))
}
