/** `npm run faults` runs all of it. */
export const FULL = process.env['FAULTS'] === 'all'
export const SEED = Number(process.env['FAULTS_SEED'] ?? Date.now() % 1_000_000)

/** One line of the table that `npm run faults` prints. */
export interface Row {
  command: string
  kind: string
  calls: number
  total: number
  converged: number
  milliseconds: number
}

declare module 'vitest' {
  interface TaskMeta {
    faults?: Row[]
  }
}
