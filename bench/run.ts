import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { chartOf } from './chart.ts'
import { measureJourneys } from './journeys.ts'
import { measureCold, measureHelp, measureSteady } from './measure.ts'
import { rowsOf } from './report.ts'
import { prepareSubjects } from './subjects.ts'
import { journeyTable, tableOf } from './table.ts'

/** `npm run bench [-- --json] [--svg FILE] [--rounds N]`: the shipped zip against two yardsticks. */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean' },
      svg: { type: 'string' },
      rounds: { type: 'string', default: '15' },
    },
  })
  const rounds = Number(values.rounds)
  const temporary = await mkdtemp(path.join(tmpdir(), 's3-okta-guard-bench-'))
  try {
    const { list, zipBytes, indexBytes } = await prepareSubjects(temporary)
    const figures = {
      zipBytes,
      indexBytes,
      packedBytes: await packedBytes(),
      // What a process does once is over in milliseconds: more rounds, for medians that stand.
      cold: await measureCold('cold', list, rounds * 3),
      coldRedirect: await measureCold('coldRedirect', list, rounds * 3),
      steady: await measureSteady(list, Math.ceil(rounds / 2)),
      help: await measureHelp(rounds * 3),
      journeys: await measureJourneys(temporary, Math.ceil(rounds / 3)),
    }
    const rows = rowsOf(figures)
    const machine = { node: process.version, cpu: cpus()[0]?.model ?? '?', cores: cpus().length }
    if (values.svg !== undefined) await writeFile(values.svg, chartOf(rows, machine))
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ machine, rounds, rows, figures }, null, 2)}\n`
        : `${tableOf(rows)}\n\n${journeyTable(figures.journeys)}\n\n` +
            `Node.js ${machine.node}, ${machine.cores} × ${machine.cpu}, ` +
            `medians of ${rounds} rounds, ${rounds * 3} for cold starts. ` +
            `Absolute times are this machine's; compare ratios.\n`,
    )
    // Times vary with the machine: over budget is for people to judge, not a failure.
    return 0
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function packedBytes(): Promise<number> {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const { stdout } = await promisify(execFile)('npm', args, { maxBuffer: 1 << 24 })
  const [packed] = JSON.parse(stdout) as { size: number }[]
  return packed!.size
}
