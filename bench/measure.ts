import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Subject } from './subjects.ts'

const run = promisify(execFile)

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
}

export interface Measured<T> {
  empty: T
  floor: T
  guard: T
}

/** Fresh processes, the subjects taken in turn so that a busy moment of the machine meets them all. */
export async function measureCold(subjects: Subject[], rounds: number): Promise<Measured<Cold>> {
  return interleaved<Cold>('cold', subjects, rounds)
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

async function interleaved<T extends object>(
  mode: 'cold' | 'steady',
  subjects: Subject[],
  rounds: number,
): Promise<Measured<T>> {
  const results = new Map<string, T[]>(subjects.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const subject = subjects[(round + turn) % subjects.length]!
      const script = path.resolve('bench/handlers/measure.cjs')
      const { stdout } = await run(
        process.execPath,
        [script, mode, subject.folder, subject.events],
        { env: environment(), maxBuffer: 1 << 20 },
      )
      results.get(subject.name)!.push(JSON.parse(stdout) as T)
    }
  }
  return Object.fromEntries(
    [...results].map(([name, samples]) => [name, medians(samples)]),
  ) as unknown as Measured<T>
}

function medians<T extends object>(samples: T[]): T {
  const names = Object.keys(samples[0]!) as (keyof T)[]
  return Object.fromEntries(
    names.map((name) => [name, median(samples.map((sample) => sample[name] as number))]),
  ) as T
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!
}

async function wallOf(args: string[]): Promise<number> {
  const begun = performance.now()
  await run(process.execPath, args, { env: environment() })
  return performance.now() - begun
}

/** Lambda sets none of these, and on Node 20 extra certificates alone cost 40 ms at start. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...rest } = process.env
  return rest
}
