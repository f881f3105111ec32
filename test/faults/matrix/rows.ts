import { createHash } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { COMMANDS, type FaultyCommand } from './commands.ts'
import { disturbed, type Hit, setStage, type Stage } from './harness.ts'
import { type Kind, KINDS } from './kinds.ts'
import { pairs } from './pairs.ts'
import { quickKeys } from './quick-keys.ts'
import { FULL, type Row, SEED } from './scope.ts'

/** The part of the matrix that one file runs; every command stands in each. */
export function matrix(part: number, parts: number): void {
  quickKeys()
  describe.each(COMMANDS)('$name', (command) => {
    let stage: Promise<Stage> | undefined
    const open = (): Promise<Stage> => (stage ??= setStage(command))
    afterAll(async () => (await stage)?.world.close())

    const own = KINDS.filter((_kind, index) => index % parts === part)
    for (const kind of own.filter(({ always }) => FULL || always)) {
      it(`${[kind.ids, command.ids ?? []].flat().join(' ')} ${command.name} ends well after ${kind.name} at every mutating call`, async ({
        task,
      }) => {
        const on = await open()
        const scenarios = callsOf(on).map((call) => ({ kind, call }))
        const failed = await run(on, scenarios, (rows) => (task.meta.faults = rows))
        expect(failed).toEqual([])
      }, 600_000)
    }
    const rest = own.filter(({ always }) => !FULL && !always)
    if (rest.length > 0) {
      it(`${command.name} ends well after some of all other faults (FAULTS_SEED=${SEED})`, async ({
        task,
      }) => {
        const on = await open()
        const all = rest.flatMap((kind) => callsOf(on).map((call) => ({ kind, call })))
        const failed = await run(on, tenthOf(all, command), (rows) => (task.meta.faults = rows))
        expect(failed).toEqual([])
      }, 600_000)
    }
    if (COMMANDS.indexOf(command) % parts !== part) return
    it(`${command.name} ends well after two faults at random (FAULTS_SEED=${SEED})`, async ({
      task,
    }) => {
      await pairs(await open(), (rows) => (task.meta.faults = rows))
    }, 600_000)
  })
}

function callsOf({ calls }: Stage): number[] {
  return Array.from({ length: calls }, (_none, index) => index + 1)
}

/** By their digests, so that the choice depends on the seed alone. */
function tenthOf(all: Hit[], command: FaultyCommand): Hit[] {
  const rank = ({ kind, call }: Hit): string =>
    createHash('sha256').update(`${SEED} ${command.name} ${kind.name} ${call}`).digest('hex')
  const ranked = all.map((scenario) => [rank(scenario), scenario] as const)
  ranked.sort(([a], [b]) => (a < b ? -1 : 1))
  return ranked.slice(0, Math.ceil(all.length / 10)).map(([, scenario]) => scenario)
}

async function run(
  stage: Stage,
  scenarios: Hit[],
  report: (rows: Row[]) => void,
): Promise<string[]> {
  const rows = new Map<string, Row>()
  const failed: string[] = []
  for (const scenario of scenarios) {
    const { kind, call } = scenario
    const started = performance.now()
    const problems = await disturbed(stage, [scenario])
    const row = rows.get(kind.name) ?? emptyRow(stage, kind)
    rows.set(kind.name, row)
    row.total += 1
    if (problems.length === 0) row.converged += 1
    row.milliseconds += performance.now() - started
    failed.push(
      ...problems.map((problem) => `${kind.name} at call ${call} of ${stage.calls}: ${problem}`),
    )
  }
  report([...rows.values()])
  return failed
}

function emptyRow({ command, calls }: Stage, kind: Kind): Row {
  const counts = { calls, total: 0, converged: 0, milliseconds: 0 }
  return { command: command.name, kind: kind.name, ...counts }
}
