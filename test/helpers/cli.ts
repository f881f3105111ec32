import { PassThrough, Writable } from 'node:stream'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { main } from '../../src/cli.ts'
import { runProgram } from '../../src/commands/program/program.ts'
import type { RunnableCommand } from '../../src/commands/program/spec.ts'
import { interrupted } from '../../src/errors/interrupted.ts'
import { processIo } from '../../src/ui/io.ts'
import type { Io } from '../../src/ui/io.ts'
import type { Prompter } from '../../src/ui/prompter.ts'

export interface CliOptions {
  env?: Record<string, string>
  /** A new empty folder without it. */
  cwd?: string
  /** What stdin holds; it ends after that. */
  stdin?: string
  isTTY?: Partial<Io['isTTY']>
  prompter?: Prompter
  now?: Io['now']
  sleep?: Io['sleep']
  deadline?: Io['deadline']
  /** Instead of the shipped ones. */
  commands?: RunnableCommand[]
}

export interface CliRun {
  exitCode: number
  stdout: string
  stderr: string
  /** stdout, parsed. */
  readonly json: CliDocument
}

export interface CliDocument {
  schema: string
  ok: boolean
  exitCode: number
  data?: unknown
  error?: { code: string; message: string; hint: string; next: string[]; details: string[] }
}

export interface StartedCli {
  done: Promise<CliRun>
  /** Ctrl-C. */
  interrupt(): void
  stdout(): string
  stderr(): string
}

/** Runs one command line in this process, with every stream captured. */
export async function cli(argv: string[], options: CliOptions = {}): Promise<CliRun> {
  return (await startCli(argv, options)).done
}

/** Starts one command line, so that it can be interrupted. */
export async function startCli(argv: string[], options: CliOptions = {}): Promise<StartedCli> {
  const stdout = capture()
  const stderr = capture()
  const handlers = new Set<() => void>()
  const stdin = new PassThrough()
  stdin.end(options.stdin ?? '')
  const cwd = options.cwd ?? (await temporaryFolder())
  const real = processIo()
  const io: Io = {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: options.env ?? {},
    cwd,
    homedir: cwd,
    isTTY: { stdin: false, stdout: false, stderr: false, ...options.isTTY },
    columns: 80,
    now: options.now ?? real.now,
    sleep: options.sleep ?? real.sleep,
    deadline: options.deadline ?? real.deadline,
    onSignal(handler) {
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
    // Vitest's own: the test fails.
    onUnforeseen: () => () => undefined,
    ...(options.prompter && { prompter: options.prompter }),
  }
  const { commands } = options
  const run = commands ? runProgram(argv, io, commands) : main(argv, io)
  const done = run.then((exitCode) => ({
    exitCode,
    stdout: stdout.text(),
    stderr: stderr.text(),
    get json() {
      return JSON.parse(stdout.text()) as CliDocument
    },
  }))
  return {
    done,
    interrupt: () => handlers.forEach((handler) => handler()),
    stdout: stdout.text,
    stderr: stderr.text,
  }
}

/** A folder that is gone when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 's3-okta-guard-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** One answer per question, in order; the test fails on a question that it did not expect. */
export interface Script {
  prompter: Prompter
  /** The messages of the questions that were asked. */
  asked: string[]
}

export const CTRL_C = Symbol('Ctrl-C')

export function scriptedPrompter(answers: unknown[]): Script {
  const asked: string[] = []
  const left = [...answers]
  const answer = async <T>({ message }: { message: string }): Promise<T> => {
    asked.push(message)
    if (left.length === 0) throw new Error(`no answer scripted for "${message}"`)
    const next = left.shift()
    if (next === CTRL_C) throw interrupted()
    return next as T
  }
  const prompter: Prompter = {
    available: true,
    select: (question) => chosen(answer(question), question.choices),
    checkbox: answer,
    input: (question) => checked(answer(question), question.validate),
    password: (question) => checked(answer(question), question.validate),
    confirm: answer,
  }
  return { prompter, asked }
}

/** An answer may be the value of a choice, or its name. */
async function chosen<T>(answer: Promise<unknown>, choices: { value: T; name: string }[]) {
  const given = await answer
  const choice = choices.find(({ value, name }) => value === given || name === given)
  if (!choice) {
    const names = choices.map(({ name }) => name).join(', ')
    throw new Error(`${String(given)} is not among the choices: ${names}`)
  }
  return choice.value
}

async function checked(
  answer: Promise<string>,
  validate?: (answer: string) => true | string | Promise<true | string>,
) {
  const given = await answer
  const verdict = (await validate?.(given)) ?? true
  if (verdict !== true) throw new Error(`the answer was refused: ${verdict}`)
  return given
}

function capture() {
  let text = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8')
      done()
    },
  })
  // Like the streams of a process, which a pipe does not end.
  stream.end = () => stream
  return { stream, text: () => text }
}
