import { expect, test } from 'vitest'
import { readings } from '../../../src/access/readings.ts'

test.each([
  ['/', '/'],
  ['/docs/', '/docs/'],
  ['/a%20b/%C3%BC.html', '/a b/ü.html'],
  ['/%61%2e%68tml', '/a.html'],
  ['/.well-known/x', '/.well-known/x'],
  ['/.../a..b/..c', '/.../a..b/..c'],
  ["/it's(1)@=&,:!$~", "/it's(1)@=&,:!$~"],
  ['/cafe%CC%81', '/café'],
])('P06 %s is read as %s, by everybody', (uri, path) => {
  expect(readings(uri)).toEqual([path])
})

test.each([
  ['P02', '/secret%23/bar', '/secret'],
  ['P05', '/public/../private', '/private'],
  ['P05', '/public/%2e%2E/private', '/private'],
  ['P05', '/public/..;/private', '/private'],
  ['P05', '/public/..%3bx=1/private', '/private'],
  ['P05', '/public/..%5cprivate', '/private'],
  ['P05', '/public%2f..%2fprivate', '/private'],
  ['P05', '/public/%252e%252e/private', '/private'],
  ['P05', '/public/.%00./private', '/public/.'],
  ['P05', '/../../private', '/private'],
  ['P06', '//private', '/private'],
  ['P06', '/./private', '/private'],
  ['P06', '/private/.', '/private/'],
  ['P06', '/private/x/..', '/private/'],
  ['P06', '/private%00.css', '/private'],
  ['P06', '/private%0a.css', '/private'],
  ['P06', '/private%3f.css', '/private'],
  ['P06', '/private;x=.css', '/private'],
  ['P06', '/%2570rivate', '/private'],
  ['P06', '/u%25CC%2588ber', '/über'],
  ['P06', '/my+private', '/my private'],
  ['P06', '/my%2bprivate', '/my private'],
])('%s %s may be read as %s, among others', (_id, uri, path) => {
  const all = readings(uri) ?? []
  expect(all).toContain(path)
  expect(all.length).toBeGreaterThan(1)
})

test.each(['/%', '/%zz', '/%u002f', '/%c0%af', '/%ff', '/100%25'])(
  'P06 nobody can say what %s is',
  (uri) => {
    expect(readings(uri)).toBeUndefined()
  },
)

test('P05 a path of more readings than anybody means is not read at all', () => {
  expect(readings('/a/..;/%2525/b\\c//d+e%3ff/../g;h/./..%2f..%2f%2e')).toBeUndefined()
  expect(readings(`/${'a/../'.repeat(40)}`)).toBeUndefined()
})
