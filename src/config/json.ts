/** Where in the file something stands; both count from 1. */
export interface Position {
  line: number
  column: number
}

export interface ParsedJson {
  value: unknown
  /** Position of the value at a path, or of its key; for what is missing, of what should hold it. */
  at(path: PropertyKey[]): Position
}

export class JsonSyntaxError extends Error {
  readonly position: Position

  constructor(message: string, position: Position) {
    super(message)
    this.name = 'JsonSyntaxError'
    this.position = position
  }
}

const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/y
const DEEPEST = 64
const LONGEST_WORD = 16

/** JSON (RFC 8259) with positions, which JSON.parse does not tell. Keys may not come twice. */
export function parseJson(source: string): ParsedJson {
  const text = source.startsWith('\ufeff') ? ` ${source.slice(1)}` : source
  const positions = new Map<string, number>()
  let next = 0

  const fail = (message: string, offset: number): never => {
    throw new JsonSyntaxError(message, positionOf(text, offset))
  }
  const skip = () => {
    while (/[ \t\r\n]/.test(text[next] ?? '')) next += 1
    return next
  }
  const token = (): string => {
    const start = skip()
    TOKEN.lastIndex = start
    const found = TOKEN.exec(text)
    if (!found) return fail(explain(text, start), start)
    next = TOKEN.lastIndex
    return found[0].trimStart()
  }
  const expect = (wanted: string, what: string) => {
    const start = skip()
    if (token() !== wanted) fail(`${what} expected`, start)
  }
  const list = (close: string, what: string, item: () => void) => {
    if (text[skip()] === close) return void token()
    for (;;) {
      item()
      const start = skip()
      const after = token()
      if (after === close) return
      if (after !== ',') fail(`a comma or ${close} expected ${what}`, start)
      if (text[skip()] === close) fail('a comma before the end, which JSON does not allow', start)
    }
  }
  const value = (path: PropertyKey[]): unknown => {
    const start = skip()
    if (!positions.has(key(path))) positions.set(key(path), start)
    if (path.length > DEEPEST) fail('nested too deeply', start)
    const first = token()
    if (first === '{') {
      const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>
      list('}', 'in this object', () => {
        const at = skip()
        const name = token()
        if (!name.startsWith('"')) fail('a key in double quotes expected', at)
        const property = JSON.parse(name) as string
        if (property in object) fail(`the key ${name} comes twice`, at)
        positions.set(key([...path, property]), at)
        expect(':', 'a colon')
        object[property] = value([...path, property])
      })
      return { ...object }
    }
    if (first === '[') {
      const array: unknown[] = []
      list(']', 'in this list', () => array.push(value([...path, array.length])))
      return array
    }
    if (first.length === 1 && '}],:'.includes(first)) fail('a value expected', start)
    return JSON.parse(first)
  }

  const parsed = value([])
  if (skip() < text.length) fail('something after the end of the object', next)
  return {
    value: parsed,
    at(path) {
      for (let length = path.length; length >= 0; length -= 1) {
        const offset = positions.get(key(path.slice(0, length)))
        if (offset !== undefined) return positionOf(text, offset)
      }
      return { line: 1, column: 1 }
    },
  }
}

function key(path: PropertyKey[]): string {
  return JSON.stringify(path.map(String))
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

function explain(text: string, offset: number): string {
  const rest = text.slice(offset)
  if (rest === '') return 'the file ends too early'
  if (rest.startsWith('//') || rest.startsWith('/*')) return 'a comment, which JSON does not allow'
  if (rest.startsWith("'")) return 'a single quote; JSON wants double quotes'
  if (rest.startsWith('"')) return 'a string that does not end, or has a bad escape'
  const word = /^[\w$-]+|^[^]/u.exec(rest)?.[0] ?? ''
  // What is no JSON may be the wrong file: one that holds a token, say.
  return word.length > LONGEST_WORD ? 'unexpected text' : `unexpected ${JSON.stringify(word)}`
}
