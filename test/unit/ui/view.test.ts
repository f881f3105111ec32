import { expect, test } from 'vitest'
import { styleFor } from '../../../src/ui/style.ts'
import { createView } from '../../../src/ui/view.ts'

const style = styleFor(
  { env: {}, isTTY: { stdin: false, stdout: false, stderr: false } },
  'stdout',
  true,
)

function viewed(render: (view: ReturnType<typeof createView>) => void): string[] {
  const lines: string[] = []
  render(createView({ line: (text) => void lines.push(text) }, style))
  return lines
}

test('columns are as wide as their widest cell, without blanks at the end', () => {
  const rows = [
    ['role', '\u001b[32mok\u001b[39m', ''],
    ['Okta app', 'drift', 'redirect URIs'],
  ]
  const lines = viewed((view) => view.table(rows))
  expect(lines).toEqual(['role      \u001b[32mok\u001b[39m', 'Okta app  drift  redirect URIs'])
})

test('a finding says how bad, which, what, and what to do', () => {
  const finding = {
    code: 'error-page-exposed',
    severity: 'exposed' as const,
    subject: '/index.html',
    message: 'Strangers can read it.',
    next: 'Change the mapping.',
  }
  expect(viewed((view) => view.findings([finding]))).toEqual([
    '  exposed error-page-exposed /index.html: Strangers can read it.',
    '    → Change the mapping.',
  ])
  const accepted = { ...finding, accepted: 'It is public.' }
  expect(viewed((view) => view.findings([accepted]))).toEqual([
    '  exposed error-page-exposed /index.html: Strangers can read it. (accepted: It is public.)',
  ])
})

test('what must wait says until when, if that is known', () => {
  const later = [
    { what: 'old version', due: '2026-11-23T12:00:00.000Z', next: 's3-okta-guard teardown' },
    { what: 'replicas', due: '', next: '' },
  ]
  expect(viewed((view) => view.later(later))).toEqual([
    '  later: old version (from 2026-11-23T12:00:00.000Z)',
    '    → s3-okta-guard teardown',
    '  later: replicas',
  ])
})

test('no next steps, no heading for them', () => {
  expect(viewed((view) => view.next([]))).toEqual([])
  expect(viewed((view) => view.next(['a', 'b']))).toEqual(['Next:', '  a', '  b'])
})
