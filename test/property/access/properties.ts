import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readings } from '../../../src/access/readings.ts'
import { accessOf, allows, ruleOf } from '../../../src/access/rules.ts'
import type { Access } from '../../../src/access/rules.ts'
import { checkSettings } from '../../../src/config/checks/index.ts'
import { MOST_READINGS } from './limits.ts'
import { email, person, rule } from './people.ts'
import { isOdd, isOpen, letsIn, neededRules } from './reference.ts'
import { access, plainPath, site, settingsWith } from './sites.ts'
import { escapedAtWill, oddSpelling } from './spellings.ts'

/** Something that holds for every input; `npm test` tries a moderate number. */
export interface AccessProperty {
  name: string
  runs: number
  property: fc.IProperty<unknown>
}

/** All of them. */
export const accessProperties: AccessProperty[] = [
  holds(
    'access does not depend on how the letters of a path are escaped',
    2000,
    fc.record({ access, site, spelled: plainPath.chain(twoSpellings) }),
    ({ access, site, spelled: [one, other] }) => {
      const [a, b] = [accessOf(one, access, site), accessOf(other, access, site)]
      assert.deepEqual([b.isPublic, b.rules], [a.isPublic, a.rules])
      assert.equal(decodeURIComponent(b.uri), decodeURIComponent(a.uri))
    },
  ),
  holds(
    'a spelling that some server reads as a path is never public and needs its rules',
    3000,
    fc.record({ access, site, spelled: plainPath.chain(plainAndOdd) }),
    ({ access, site, spelled: [plain, odd] }) => {
      const [meant, got] = [accessOf(plain, access, site), accessOf(odd, access, site)]
      assert.equal(got.isPublic, false)
      assert.deepEqual(
        meant.rules.filter((at) => !got.rules.includes(at)),
        [],
      )
      assert.equal(got.uri, odd, 'and is forwarded as it came')
    },
  ),
  holds('a path has one reading exactly where all servers agree', 3000, anyPath(), (uri) => {
    const odd = isOdd(uri)
    assert.equal(readings(uri)?.length === 1, odd === false)
    if (odd === false) assert.deepEqual(readings(uri), [decodeURIComponent(uri).normalize()])
  }),
  holds('readings are few, for whatever text', 3000, anyText(), (uri) => {
    const all = readings(uri)
    if (all === undefined) return
    assert.ok(all.length >= 1 && all.length <= MOST_READINGS, String(all.length))
    for (const reading of all) assert.ok(reading.length <= Math.max(1, uri.length) * 3)
  }),
  holds(
    'the first rule that matches decides, about the path and about the file',
    3000,
    fc.record({ access, site, path: plainPath }),
    ({ access, site, path }) => {
      const got: Access = accessOf(encodeURI(path), access, site)
      assert.deepEqual(new Set(got.rules), neededRules(path, access, site))
      assert.equal(got.rules.length, new Set(got.rules).size)
      assert.equal(got.isPublic, isOpen(path, access, site))
    },
  ),
  holds(
    'nobody is let in but by a group, an address or its domain',
    3000,
    fc.record({ rule, person }),
    ({ rule, person }) => assert.equal(allows(rule, person), letsIn(rule, person)),
  ),
  holds('groups that Okta did not say are no groups', 500, fc.record({ rule, email }), (given) => {
    const { rule, email } = given
    const expected = allows(rule, { email, groups: [] })
    assert.equal(allows(rule, { email }), expected)
    assert.equal(allows(rule, {}), rule.allow === 'everyone')
  }),
  holds(
    'in a file that is taken every path of every rule decides, and every public one is open',
    3000,
    fc.record({ access, site }),
    ({ access, site: { defaultRootObject: _, ...site } }) => {
      if (checkSettings(settingsWith(access, site)).length > 0) return
      access.rules.forEach(({ paths }, at) => {
        for (const pattern of paths) {
          const path = pattern.replace(/\*$/, 'nobody-named~this.html')
          assert.equal(ruleOf(path, access), at, pattern)
          assert.equal(accessOf(encodeURI(path), access, site).isPublic, false, pattern)
        }
      })
      for (const pattern of access.public) {
        const path = pattern.replace(/\*$/, 'nobody-named~this.html')
        assert.equal(accessOf(encodeURI(path), access, site).isPublic, true, pattern)
      }
    },
  ),
]

function holds<T>(
  name: string,
  runs: number,
  input: fc.Arbitrary<T>,
  predicate: (input: T) => void,
): AccessProperty {
  return { name, runs, property: fc.property(input, predicate) }
}

function twoSpellings(path: string): fc.Arbitrary<[string, string]> {
  return escapedAtWill(path).map((other) => [encodeURI(path), other])
}

function plainAndOdd(path: string): fc.Arbitrary<[string, string]> {
  const uri = encodeURI(path)
  return oddSpelling(uri).map((odd) => [uri, odd])
}

/** Pieces that mean something to one server or another. */
function anyPath(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    ...['/', '//', '.', '..', '\\', '+', ';', '?', '#', '%', ' ', '%20', 'a', 'hr', 'index.html'],
    ...['%2f', '%2F', '%5c', '%2e', '%2b', '%3b', '%3f', '%23', '%25', '%252f', '%00', '%7f'],
    ...[
      '\0',
      '\n',
      '\x7f',
      '%c3%bc',
      'ü',
      '%u002f',
      '%c0%af',
      '%ff',
      '日',
      '\ud800',
      'u%cc%88',
      '%cd%be',
    ],
  )
  return fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`)
}

function anyText(): fc.Arbitrary<string> {
  const long = fc
    .tuple(anyPath(), fc.integer({ min: 1, max: 1500 }))
    .map(([path, times]) => path.repeat(times).slice(0, 8192))
  return fc.oneof(fc.string(), fc.string({ unit: 'binary' }), anyPath(), long)
}
