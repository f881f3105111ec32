import { runProgram } from './commands/program/program.ts'
import { COMMANDS } from './commands/table.ts'
import { processIo } from './ui/io.ts'
import type { Io } from './ui/io.ts'

/** Runs one command line and returns the exit code; leaving the process is for the caller. */
export async function main(argv: string[], io: Partial<Io> = {}): Promise<number> {
  return runProgram(argv, { ...processIo(), ...io }, COMMANDS)
}
