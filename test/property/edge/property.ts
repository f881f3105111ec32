import assert from 'node:assert/strict'
import fc from 'fast-check'

/** Something that holds for every input; `npm test` tries a moderate number, `npm run fuzz` goes on. */
export interface EdgeProperty {
  name: string
  /** Runs in `npm test`. */
  runs: number
  property: fc.IAsyncProperty<unknown>
}

/** Secrets of the stand-in cloud, and of the people behind it. */
const SECRET = /CANARY|eyJ|seal-1\.|__Host-guard|@example|error_description/

let running: Promise<void> = Promise.resolve()

/** A property whose predicate asserts; every line that is logged meanwhile is judged as well. */
export function holds<T>(
  name: string,
  runs: number,
  input: fc.Arbitrary<T>,
  predicate: (input: T) => Promise<void> | void,
): EdgeProperty {
  const judge = async (given: T): Promise<void> => {
    const lines: string[] = []
    const { log } = console
    console.log = (line: unknown) => void lines.push(String(line))
    try {
      await predicate(given)
    } finally {
      console.log = log
    }
    for (const line of lines) {
      assert.doesNotThrow(() => JSON.parse(line) as unknown, 'a line of the log is JSON')
      assert.doesNotMatch(line, /\p{Cc}/u, 'a line of the log is one line')
      assert.doesNotMatch(line, SECRET, 'nothing secret is logged')
    }
  }
  const property = fc.asyncProperty(input, async (given) => {
    // A run that was interrupted goes on behind fast-check's back, with the same cloud and console.
    await running
    const run = judge(given)
    running = run.catch(() => undefined)
    await run
  })
  return { name, runs, property }
}
