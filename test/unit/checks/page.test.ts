import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ERROR_CODES } from '../../../src/errors/codes.ts'

const root = new URL('../../../', import.meta.url)
const page = await readFile(new URL('docs/doctor.md', root), 'utf8')

/** The rows of the table of findings. */
const rows = page
  .split('## Findings')[1]!
  .split('\n## ')[0]!
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()))
const codesOf = (cell: string): string[] =>
  [...cell.matchAll(/`([\w-]+)`/g)].map(([, code]) => code!)

/** Every finding that a check can make, with its severity where that is always the same. */
async function findings(): Promise<[code: string, severity: string | undefined][]> {
  const folder = new URL('src/checks/', root)
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const sources = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')))
  return sources.flatMap((source) =>
    [...source.matchAll(/\bcode: '([\w-]+)',\s+severity: (?:'(\w+)'|.*)/g)].map(
      ([, code, severity]) => [code!, severity] as [string, string | undefined],
    ),
  )
}

test('every finding of the checks stands in docs/doctor.md, with its severity', async () => {
  const found = await findings()
  expect(found.length).toBeGreaterThan(35)
  const described = new Map(
    rows.flatMap(([codes = '', severity = '']) =>
      codesOf(codes).map((code) => [code, severity] as const),
    ),
  )
  for (const [code, severity] of found) {
    expect(described.has(code), code).toBe(true)
    if (severity) expect(described.get(code), code).toContain(severity)
  }
})

test('every finding in docs/doctor.md exists, once, with what it means and a next step', async () => {
  const known = new Set([...(await findings()).map(([code]) => code), ...Object.keys(ERROR_CODES)])
  const codes = rows.flatMap(([cell = '']) => codesOf(cell))
  expect(codes.filter((code) => !known.has(code))).toEqual([])
  expect(new Set(codes).size).toBe(codes.length)
  for (const [code, severity, means, next] of rows) {
    expect(severity, code).toMatch(/^(exposed|broken|due|info)(, info)?$/)
    expect(means, code).not.toBe('')
    expect(next, code).not.toBe('')
  }
})
