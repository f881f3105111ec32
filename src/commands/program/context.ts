import type { LoadedConfig } from '../../config/load.ts'
import type { Io } from '../../ui/io.ts'
import type { CommandResult, Output } from '../../ui/output.ts'
import type { Prompter } from '../../ui/prompter.ts'
import type { CommonOptions } from './options.ts'

export type { CommandResult, Output, View } from '../../ui/output.ts'

/** What the driver gives to a command. */
export interface CommandContext<O extends CommonOptions> {
  io: Io
  options: O
  /** undefined: there is no file. */
  config: LoadedConfig | undefined
  /** Where the file is, or would be written; absolute. */
  configPath: string
  output: Output
  prompter: Prompter
  /** Aborts on the first Ctrl-C. */
  signal: AbortSignal
  /** Throws `interrupted` when the operator stops meanwhile. */
  sleep(ms: number): Promise<void>
}

/** A command: options in, result out. It throws GuardError for everything that an operator can meet. */
export type Command<O extends CommonOptions, T> = (
  context: CommandContext<O>,
) => Promise<CommandResult<T>>
