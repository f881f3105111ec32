import type { GuardError } from '../errors/guard-error.ts'
import type { ExitCode } from '../errors/codes.ts'
import type { Finding, Later, Plan, Step } from '../plan/types.ts'
import type { Style } from './style.ts'

/** One step on its way; the elapsed time is shown with how it ended. */
export interface StepProgress {
  /** What it is waiting for, e.g. `InProgress`. */
  update(note: string): void
  done(note?: string): void
  /** Not finished, and nothing went wrong: a later run goes on. */
  later(): void
  fail(note?: string): void
}

export interface Progress {
  /** Starts the next of the steps that were announced. */
  begin(label: string, step?: Pick<Step, 'id' | 'action'>): StepProgress
}

/** Writes for people on one stream. */
export interface View {
  readonly style: Style
  line(text?: string): void
  heading(text: string): void
  /** Columns padded to the widest cell; the last one is free. */
  table(rows: string[][]): void
  plan(plan: Plan): void
  findings(findings: Finding[]): void
  later(later: Later[]): void
  /** Commands or sentences, under `Next:` if nothing else is said. */
  next(lines: string[], heading?: string): void
}

/** What a command ends with. */
export interface CommandResult<T> {
  exitCode: ExitCode
  /** `data` of the JSON document; the schema of the command holds for it. */
  data: T
  /** The same for people, on stdout. */
  render(view: View): void
}

/** Where handlers write; they never know which format is active. All but `result` goes to stderr. */
export interface Output {
  /** Silent with `--quiet`. */
  info(line: string): void
  warn(line: string): void
  /** Said even with `--quiet`. */
  notice(line: string): void
  /** Said even with `--quiet`: why nothing happens for a while. */
  waiting(line: string): void
  /** Only with `--debug`. */
  debug(line: string): void
  /** What will change, before it changes. */
  plan(plan: Plan): void
  steps(total: number): Progress
  /** On stderr: text in full, silent with `--quiet`. For instructions longer than a line. */
  view(render: (view: View) => void): void
  /** Takes a spinner off the screen: before questions and at the end. */
  settle(): void
  /** The one result on stdout. */
  result(result: CommandResult<unknown>): void
  /** The one failure: JSON on stdout, for people on stderr. */
  failure(error: GuardError): void
}
