// `npm run fuzz [-- --minutes 10] [--only WORDS] [--seed N]`: the properties of the edge function, for as
// long as there is time, a part of it for each, round after round with new seeds.
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { startCloud } from '../test/property/edge/cloud.ts'
import { edgeProperties } from '../test/property/edge/index.ts'

const ROUND_MS = 10_000
const SHRINK_MS = 30_000
const ENDLESS = 2 ** 31 - 1

/** Runs until the time is over or every property has failed; 1 when one has. */
export async function main(args) {
  const { values } = parseArgs({
    args,
    options: { minutes: { type: 'string' }, only: { type: 'string' }, seed: { type: 'string' } },
  })
  const minutes = Number(values.minutes ?? process.env.FUZZ_MINUTES ?? 10)
  if (!(minutes > 0)) throw new Error('--minutes takes a number above 0')
  const seed = values.seed === undefined ? Date.now() | 0 : Number(values.seed)
  process.stdout.write(`seed ${seed}, ${minutes} minutes\n`)

  const cloud = await startCloud()
  try {
    const rows = edgeProperties(cloud).map(({ name, property }) => ({
      name,
      property,
      isWanted: name.includes(values.only ?? ''),
      runs: 0,
      failure: undefined,
    }))
    await fuzz(rows, seed, Date.now() + minutes * 60_000)
    process.stdout.write(report(rows))
    return rows.some(({ failure }) => failure) ? 1 : 0
  } finally {
    await cloud.close()
  }
}

async function fuzz(rows, firstSeed, end) {
  for (let seed = firstSeed; ; seed = (seed + 1) | 0) {
    const left = rows.filter(({ isWanted, failure }) => isWanted && !failure)
    for (const [index, row] of left.entries()) {
      const ms = Math.min(ROUND_MS, (end - Date.now()) / (left.length - index))
      if (ms < 1) return
      await round(row, seed, ms)
    }
    if (left.length === 0) return
  }
}

async function round(row, seed, ms) {
  const details = await check(row.property, { seed }, ms)
  row.runs += details.numRuns
  // A round that ends before its first run has neither failed nor passed.
  if (!details.failed || (details.interrupted && details.counterexample === null)) return
  // The time may have run out while it was made smaller.
  const path = details.counterexamplePath
  const shrunk = path ? await check(row.property, { seed, path }, SHRINK_MS) : details
  row.failure = shrunk.failed ? shrunk : details
  process.stdout.write(`FAILED ${row.name}: seed ${seed}\n`)
}

function check(property, parameters, ms) {
  return fc.check(property, {
    ...parameters,
    numRuns: ENDLESS,
    interruptAfterTimeLimit: ms,
    markInterruptAsFailure: false,
  })
}

function report(rows) {
  const width = Math.max(...rows.map(({ name }) => name.length))
  const line = (name, runs, failures) =>
    `${name.padEnd(width)}  ${String(runs).padStart(9)}  ${String(failures).padStart(8)}\n`
  const table = rows.map((row) => line(row.name, row.runs, row.failure ? 1 : 0))
  const failed = rows.filter(({ failure }) => failure)
  const skipped = rows.filter(({ runs, failure }) => runs === 0 && !failure)
  const counts = [rows.length - failed.length - skipped.length, failed.length, skipped.length]
  return [
    `\n${line('property', 'runs', 'failures')}`,
    ...table,
    ...failed.map(told),
    `\n${counts[0]} passed, ${counts[1]} failed, ${counts[2]} skipped\n`,
  ].join('')
}

function told({ name, failure }) {
  const { seed, counterexamplePath, counterexample, errorInstance } = failure
  return (
    `\n${name}\n  seed ${seed}, path ${counterexamplePath}\n` +
    `  ${fc.stringify(counterexample)}\n  ${errorInstance?.stack ?? errorInstance}\n`
  )
}
