import { homedir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Prompter } from './prompter.ts'

/** Everything a run touches of its process, so that tests can run the whole CLI in one. */
export interface Io {
  stdin: Readable
  stdout: Writable
  stderr: Writable
  env: Record<string, string | undefined>
  cwd: string
  homedir: string
  isTTY: { stdin: boolean; stdout: boolean; stderr: boolean }
  /** Width of the terminal. */
  columns: number
  /** Milliseconds since the epoch. */
  now(): number
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Aborts with a `TimeoutError` when a call has taken so many milliseconds. */
  deadline(ms: number): AbortSignal
  /** Calls back on SIGINT, SIGTERM and SIGHUP; returns how to stop listening. */
  onSignal(handler: () => void): () => void
  /** Calls back on an error that nobody waits for; returns how to stop listening. */
  onUnforeseen(handler: (error: unknown) => void): () => void
  /** The words of the command line, so that a message can say how to go on. */
  argv?: string[]
  /** Answers questions instead of the terminal. */
  prompter?: Prompter
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The Io of this process. */
export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    homedir: homedir(),
    isTTY: {
      stdin: process.stdin.isTTY === true,
      stdout: process.stdout.isTTY === true,
      stderr: process.stderr.isTTY === true,
    },
    columns: process.stderr.columns ?? process.stdout.columns ?? 80,
    now: () => Date.now(),
    sleep: (ms, signal) => wait(ms, undefined, { signal }),
    deadline: (ms) => AbortSignal.timeout(ms),
    onSignal(handler) {
      for (const signal of SIGNALS) process.on(signal, handler)
      return () => {
        for (const signal of SIGNALS) process.off(signal, handler)
      }
    },
    onUnforeseen(handler) {
      // Rejections that nobody handles come here, too.
      process.on('uncaughtException', handler)
      return () => void process.off('uncaughtException', handler)
    },
  }
}
