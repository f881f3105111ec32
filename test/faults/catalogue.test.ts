import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const IDS = Array.from({ length: 65 }, (_none, index) => `B${String(index + 1).padStart(2, '0')}`)
const root = new URL('../../', import.meta.url)

const rows = readFileSync(new URL('docs/control-plane-faults.md', root), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, id = '', what = '', where = ''] = line.split('|').map((cell) => cell.trim())
    return /^B\d\d$/.test(id) ? [{ id, what, where }] : []
  })

/** The ids that stand first in a text of the file, as in `B09 B10 a change …`. */
function idsIn(path: string): Set<string> {
  const code = readFileSync(new URL(path, root), 'utf8')
  const texts = code.matchAll(/['"`](B\d\d(?:[ ,]+B\d\d)*)\b/g)
  return new Set([...texts].flatMap(([, ids = '']) => ids.split(/[ ,]+/)))
}

it('has every case of the control plane once, in order, with a test or an answer', () => {
  expect(rows.map(({ id }) => id)).toEqual(IDS)
  for (const { id, what, where } of rows) {
    expect(what, id).not.toBe('')
    expect(where, id).not.toBe('')
  }
})

it('names no file without the case in it', () => {
  const named = rows.flatMap(({ id, where }) =>
    [...where.matchAll(/`(test\/[\w./-]+\.ts)`/g)].map(([, path = '']) => ({ id, path })),
  )
  expect(named.length).toBeGreaterThan(80)
  for (const { id, path } of named) expect([...idsIn(path)], path).toContain(id)
})
