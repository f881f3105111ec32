import { median, runHandler, wallOf } from './processes.ts'
import type { Subject, SubjectName } from './subjects.ts'

export interface Cold {
  wallMs: number
  cpuMs: number
  rssMb: number
}

export interface Steady {
  newUs: number
  seenUs: number
  redirectUs: number
  rssMb: number
  /** Only where a rule refuses somebody. */
  refusalUs?: number
}

export type Measured<T> = Record<SubjectName, T>

/** The first request of a fresh process: with a valid session, or of a stranger. */
export async function measureCold(
  mode: 'cold' | 'coldRedirect',
  subjects: Subject[],
  rounds: number,
): Promise<Measured<Cold>> {
  return interleaved<Cold>(mode, subjects, rounds)
}

export async function measureSteady(
  subjects: Subject[],
  rounds: number,
): Promise<Measured<Steady>> {
  return interleaved<Steady>('steady', subjects, rounds)
}

/** Wall time of whole processes: `--help` against a Node.js that does nothing. */
export async function measureHelp(rounds: number): Promise<{ helpMs: number; nodeMs: number }> {
  const help: number[] = []
  const node: number[] = []
  for (let round = 0; round < rounds; round++) {
    node.push(await wallOf(['-e', '0']))
    help.push(await wallOf(['bin/s3-okta-guard.js', '--help']))
  }
  return { helpMs: median(help), nodeMs: median(node) }
}

/** Fresh processes, the subjects taken in turn so that a busy moment of the machine meets them all. */
async function interleaved<T extends object>(
  mode: 'cold' | 'coldRedirect' | 'steady',
  subjects: Subject[],
  rounds: number,
): Promise<Measured<T>> {
  const results = new Map<string, T[]>(subjects.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const { name, folder, events } = subjects[(round + turn) % subjects.length]!
      results.get(name)!.push(await runHandler<T>('measure.cjs', [mode, folder, events]))
    }
  }
  return Object.fromEntries(
    [...results].map(([name, samples]) => [name, each(samples, median)]),
  ) as unknown as Measured<T>
}

function each<T extends object>(samples: T[], median: (values: number[]) => number): T {
  const names = Object.keys(samples[0]!) as (keyof T)[]
  return Object.fromEntries(
    names.map((name) => [name, median(samples.map((sample) => sample[name] as number))]),
  ) as T
}
