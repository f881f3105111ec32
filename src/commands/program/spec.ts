import type { Command as Commander } from 'commander'
import type { Io } from '../../ui/io.ts'
import { drive } from './driver.ts'
import type { Driven } from './driver.ts'
import type { CommonOptions } from './options.ts'

export interface Example {
  line: string
  does: string
}

/** A command as declared: nothing of it is loaded until it runs. */
export interface CommandSpec<O extends CommonOptions, T> extends Driven<O, T> {
  /** Another name that it goes by. */
  alias?: string
  /** One line in the list of commands. */
  summary: string
  /** The first thing in its help. */
  examples: Example[]
  flags: (command: Commander) => Commander
  defaults: O
}

/** A declared command with its types closed over. */
export interface RunnableCommand {
  name: string
  alias?: string
  summary: string
  examples: Example[]
  flags: (command: Commander) => Commander
  run(io: Io, parsed: Record<string, unknown>): Promise<number>
}

export function runnable<O extends CommonOptions, T>(spec: CommandSpec<O, T>): RunnableCommand {
  const { name, alias, summary, examples, flags } = spec
  return {
    name,
    ...(alias !== undefined && { alias }),
    summary,
    examples,
    flags,
    // The parser knows each flag by the name that the options type gives it.
    run: (io, parsed) => drive(io, spec, { ...spec.defaults, ...parsed }),
  }
}
