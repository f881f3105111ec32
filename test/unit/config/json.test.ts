import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonSyntaxError, parseJson } from '../../../src/config/json.ts'

test('reads what JSON.parse reads, to the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent)
      expect(parseJson(text).value).toEqual(JSON.parse(text))
    }),
  )
})

test('refuses what JSON.parse refuses', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b"',
    '1',
    'true',
    ' ',
    "'",
    '-',
    '01',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join('')
      if (outcome(() => JSON.parse(text) as unknown) !== 'refused') return
      expect(() => parseJson(text)).toThrow(JsonSyntaxError)
    }),
    { numRuns: 2000 },
  )
})

function outcome(parse: () => unknown): string {
  try {
    parse()
    return 'taken'
  } catch {
    return 'refused'
  }
}

test.each([
  ['', 1, 1, 'ends too early'],
  ['{\n  "a": 1\n', 3, 1, 'ends too early'],
  ['{\n  "a": 1,\n}', 2, 9, 'a comma before the end'],
  ['{\n  "a": [1, 2,]\n}', 2, 13, 'a comma before the end'],
  ['{\n  // why\n  "a": 1\n}', 2, 3, 'a comment'],
  ["{ 'a': 1 }", 1, 3, 'a single quote'],
  ['{ "a" 1 }', 1, 7, 'a colon expected'],
  ['{ "a": 1 "b": 2 }', 1, 10, 'a comma or } expected'],
  ['{ "a": }', 1, 8, 'a value expected'],
  ['{ a: 1 }', 1, 3, 'unexpected "a"'],
  ['{ "a": tru }', 1, 8, 'unexpected "tru"'],
  ['CanaryOfAnOktaToken', 1, 1, 'unexpected text'],
  ['{ "a": "x\n" }', 1, 8, 'a string that does not end'],
  ['{} {}', 1, 4, 'something after the end'],
  ['{ "a": 1, "a": 2 }', 1, 11, 'the key "a" comes twice'],
  ['{\n\n  "a": {\n    "b": 1,\n    "b": 2\n  }\n}', 5, 5, 'the key "b" comes twice'],
])('%j: line %i, column %i, %s', (text, line, column, message) => {
  try {
    parseJson(text)
  } catch (error) {
    expect(error).toBeInstanceOf(JsonSyntaxError)
    expect((error as JsonSyntaxError).position).toEqual({ line, column })
    expect((error as JsonSyntaxError).message).toContain(message)
    return
  }
  throw new Error('was taken')
})

test('knows where keys and list entries stand', () => {
  const json = parseJson('{\n  "a": [\n    1,\n    { "b": 2 }\n  ]\n}')
  expect(json.at(['a'])).toEqual({ line: 2, column: 3 })
  expect(json.at(['a', 0])).toEqual({ line: 3, column: 5 })
  expect(json.at(['a', 1, 'b'])).toEqual({ line: 4, column: 7 })
  expect(json.at(['a', 1, 'missing'])).toEqual({ line: 4, column: 5 })
})

test('a key that objects inherit is a key like any other', () => {
  const { value } = parseJson('{"__proto__": {"polluted": true}, "constructor": 1}')
  expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor'])
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('deep nesting is refused, not a stack overflow', () => {
  expect(() => parseJson('['.repeat(100_000))).toThrow('nested too deeply')
})
