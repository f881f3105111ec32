import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from './commands.ts'
import { disturbed, type Hit, setStage } from './harness.ts'
import { KINDS } from './kinds.ts'
import { quickKeys } from './quick-keys.ts'
import { FULL, type Row, SEED } from './rows.ts'

const RUNS = FULL ? 60 : 6

quickKeys()

describe.each(COMMANDS)('$name', (command) => {
  it(`${command.name} ends well after two faults at random (FAULTS_SEED=${SEED})`, async ({
    task,
  }) => {
    const stage = await setStage(command)
    const { calls } = stage
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
    try {
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
      await fc.assert(property, {
        seed: SEED,
        numRuns: RUNS,
        endOnFailure: !FULL,
      })
    } finally {
      task.meta.faults = [row]
      await stage.world.close()
    }
  }, 600_000)
})
