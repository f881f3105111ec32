import fc from 'fast-check'
import { expect } from 'vitest'
import { disturbed, type Hit, type Stage } from './harness.ts'
import { KINDS } from './kinds.ts'
import { FULL, type Row, SEED } from './scope.ts'

const RUNS = FULL ? 60 : 6

/** Two faults at random, in one run or in one after the other. */
export async function pairs(stage: Stage, report: (rows: Row[]) => void): Promise<void> {
  const { calls, command } = stage
  const row: Row = {
    ...{ command: command.name, kind: 'two at random', calls },
    ...{ total: 0, converged: 0, milliseconds: 0 },
  }
  const hit: fc.Arbitrary<Hit> = fc.record({
    kind: fc.constantFrom(...KINDS),
    call: fc.integer({ min: 1, max: calls }),
  })
  const told = ([first, second]: readonly [Hit, Hit], together: boolean): string =>
    [first, second]
      .map(({ kind, call }) => `${kind.name} at call ${call}`)
      .join(together ? ' and ' : ', then in the next run ')
  const property = fc.asyncProperty(fc.tuple(hit, hit), fc.boolean(), async (two, together) => {
    const started = performance.now()
    const problems = await (together
      ? disturbed(stage, two)
      : disturbed(stage, ...two.map((one) => [one])))
    row.total += 1
    if (problems.length === 0) row.converged += 1
    row.milliseconds += performance.now() - started
    expect(problems, told(two, together)).toEqual([])
  })
  try {
    await fc.assert(property, { seed: SEED, numRuns: RUNS, endOnFailure: !FULL })
  } finally {
    report([row])
  }
}
