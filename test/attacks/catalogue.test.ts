import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** How many cases each group has. */
const GROUPS = { R: 22, P: 20, H: 12, C: 22, J: 26, O: 26, T: 30, F: 15, V: 14, E: 28, L: 12 }
const IDS = Object.entries(GROUPS).flatMap(([group, count]) =>
  Array.from({ length: count }, (_, index) => group + String(index + 1).padStart(2, '0')),
)
const FOLDERS = [
  'attacks',
  'property/edge',
  'sign-in',
  'unit/edge',
  'unit/edge-package',
  'unit/web',
]
const root = new URL('../../', import.meta.url)

/** The ids at the beginning of a text, as in `C04 C06 are found …`. */
function leadingIds(text: string): string[] {
  return (/^(?:[A-Z]\d\d[ ,:]*(?:and )?)+/.exec(text)?.[0] ?? '').match(/[A-Z]\d\d/g) ?? []
}

/** The rows that several files make names of. */
const breaches = readFileSync(new URL('test/attacks/breaches.ts', root), 'utf8')

/** Test file → the ids that stand first in its names, or in the rows that its names are made of. */
const tested = new Map(
  FOLDERS.flatMap((folder) =>
    readdirSync(new URL(`test/${folder}`, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts') && name !== 'catalogue.test.ts')
      .map((name) => {
        const path = `test/${folder}/${name}`
        const own = readFileSync(new URL(path, root), 'utf8')
        const code = own.includes("from './breaches.ts'") ? own + breaches : own
        const texts = code.matchAll(/(?:['"`]|^ +)([A-Z]\d\d[^'"`\n]*)/gm)
        return [path, new Set([...texts].flatMap(([, text]) => leadingIds(text!)))]
      }),
  ),
)

const page = readFileSync(new URL('docs/edge-attacks.md', root), 'utf8')
const rows = page.split('\n').flatMap((line) => {
  const [, id = '', , where = ''] = line.split('|').map((cell) => cell.trim())
  return /^[A-Z]\d\d$/.test(id) ? [{ id, where }] : []
})

describe('the catalogue of attacks', () => {
  it.each(Object.keys(GROUPS))(
    'has a test, or a reason on the page, for every case of %s',
    (group) => {
      const known = new Set([...tested.values()].flatMap((ids) => [...ids]))
      for (const { id, where } of rows) if (where) known.add(id)
      expect(IDS.filter((id) => id.startsWith(group) && !known.has(id))).toEqual([])
    },
  )

  it('has a page whose every row is a case, once, in order', () => {
    const ids = rows.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(IDS).toContain(id)
    for (const group of Object.keys(GROUPS)) {
      const own = ids.filter((id) => id.startsWith(group))
      expect(own).toEqual(own.toSorted())
    }
  })

  it('has a page that counts them right', () => {
    const known = new Set([...tested.values()].flatMap((ids) => [...ids]))
    const argued = rows.filter(({ id, where }) => !known.has(id) && where !== '').length
    const line = `${IDS.length} cases: ${IDS.length - argued} tested, ${argued} argued away.`
    expect(/\*\*(\d+ cases: [^*]+)\*\*/.exec(page)?.[1]).toBe(line)
  })

  it('has a page that names no test file without the case in it', () => {
    const named = rows.flatMap(({ id, where }) =>
      [...where.matchAll(/`(test\/[\w/-]+\.test\.ts)`/g)].map(([, path]) => ({ id, path: path! })),
    )
    expect(named.length).toBeGreaterThan(90)
    for (const { id, path } of named) {
      // Tests of the command line bear no ids of this catalogue.
      if (!tested.has(path)) expect(() => readFileSync(new URL(path, root)), path).not.toThrow()
      else expect([...tested.get(path)!], path).toContain(id)
    }
  })
})
