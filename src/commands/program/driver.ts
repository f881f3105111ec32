import path from 'node:path'
import { CONFIG_FILE } from '../../config/file-name.ts'
import { exitCodeOf } from '../../errors/codes.ts'
import type { ExitCode } from '../../errors/codes.ts'
import type { GuardError } from '../../errors/guard-error.ts'
import { interrupted } from '../../errors/interrupted.ts'
import { debugLines, toGuardError } from '../../errors/to-guard-error.ts'
import { createOutput } from '../../ui/create-output.ts'
import type { KeptFlags } from '../../ui/invocation.ts'
import type { Io } from '../../ui/io.ts'
import { noTerminal } from '../../ui/no-terminal.ts'
import type { Output } from '../../ui/output.ts'
import type { Prompter } from '../../ui/prompter.ts'
import { styleFor } from '../../ui/style.ts'
import { quoted, withCommand } from './command-line.ts'
import type { Command, CommandContext } from './context.ts'
import { listen } from './leaving.ts'
import type { CommonOptions } from './options.ts'

/** What the driver needs to know about a command before it is loaded. */
export interface Driven<O extends CommonOptions, T> {
  name: string
  /** Reads `s3-okta-guard.json`. */
  readsConfig: boolean
  /** Makes the file: one that is named need not be there. */
  makesConfig?: boolean
  /** Said on the first Ctrl-C. */
  stopping?: string
  load(): Promise<Command<O, T>>
}

const STOPPING =
  'Stopping after this step. Press Ctrl-C again to stop now; run the same command to continue.'

/** Runs one command from its options to its exit code. Every command goes through here. */
export async function drive<O extends CommonOptions, T>(
  io: Io,
  command: Driven<O, T>,
  options: O,
): Promise<ExitCode> {
  const refusal = noQuestions(io, options)
  const { output, flush } = createOutput(io, {
    command: command.name,
    ...display(options),
    kept: kept(options),
    asks: refusal === undefined && !options.yes,
    spinner: await spinnerFor(io, options),
  })
  const controller = new AbortController()
  const leaving = listen(io, controller, output, command.stopping ?? STOPPING)
  try {
    const context = async () => ({
      io,
      options,
      ...(await configOf(io, command, options)),
      output,
      prompter: await prompterFor(io, refusal, controller.signal, output),
      signal: controller.signal,
      sleep: (ms: number) => sleep(io, ms, controller.signal),
    })
    return await leaving.atLatest(run(command, context, output))
  } catch (thrown) {
    return report(goingOn(thrown, controller.signal, io.argv), output)
  } finally {
    leaving.end()
    await flush()
  }
}

async function run<O extends CommonOptions, T>(
  command: Driven<O, T>,
  context: () => Promise<CommandContext<O>>,
  output: Output,
): Promise<ExitCode> {
  // A wrong file is told before anything heavy is loaded.
  const given = await context()
  given.config?.warnings.forEach((warning) => output.warn(warning))
  const execute = await command.load()
  const result = await execute(given)
  output.result(result)
  return result.exitCode
}

/** The one place where an error becomes an exit code. */
function report(error: GuardError, output: Output): ExitCode {
  if (error.cause !== undefined || error.code === 'internal') {
    debugLines(error).forEach((line) => output.debug(line))
  }
  output.failure(error)
  return exitCodeOf(error.code)
}

/** Interrupted anywhere, the same command line goes on. */
function goingOn(thrown: unknown, signal: AbortSignal, argv: string[] | undefined): GuardError {
  const error = toGuardError(thrown, signal)
  return error.code === 'interrupted' ? toGuardError(withCommand(error, argv), signal) : error
}

async function configOf<O extends CommonOptions, T>(
  io: Io,
  command: Driven<O, T>,
  options: O & { config?: string },
): Promise<Pick<CommandContext<O>, 'config' | 'configPath'>> {
  const configPath = path.resolve(io.cwd, options.config ?? CONFIG_FILE)
  if (!command.readsConfig) return { configPath, config: undefined }
  const { loadConfig } = await import('../../config/load.ts')
  const required = options.config !== undefined && command.makesConfig !== true
  return { configPath, config: await loadConfig(configPath, required) }
}

/** Why nothing can be asked; undefined when it can. */
function noQuestions(io: Io, options: CommonOptions & { oktaTokenFile?: string }) {
  if (options.json) return '--json answers with one document and asks nothing'
  if (options.jsonEvents) return '--json-events was given, which asks nothing'
  if (!options.input) return '--no-input was given'
  if (io.prompter) return undefined
  if (!io.isTTY.stdin) return 'there is no terminal'
  if (options.oktaTokenFile === '-') return 'stdin carries the Okta token'
  return undefined
}

async function prompterFor(
  io: Io,
  refusal: string | undefined,
  signal: AbortSignal,
  output: Output,
): Promise<Prompter> {
  if (refusal !== undefined) return noTerminal(refusal)
  if (io.prompter) return io.prompter
  const { terminalPrompter } = await import('../../ui/terminal.ts')
  return terminalPrompter(io, signal, () => output.settle())
}

async function spinnerFor(io: Io, options: CommonOptions) {
  const moving = io.isTTY.stderr && styleFor(io, 'stderr', options.color).color
  if (!moving || options.quiet || options.json || options.jsonEvents) return undefined
  const { createSpinner } = await import('../../ui/spinner.ts')
  return createSpinner(io.stderr)
}

async function sleep(io: Io, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await io.sleep(ms, signal)
  } catch (error) {
    throw signal.aborted ? interrupted(error) : error
  }
}

type Kept = CommonOptions & { config?: string; profile?: string }

function kept({ config, profile }: Kept): KeptFlags {
  return { config: config && quoted(config), profile: profile && quoted(profile) }
}

function display({ json, jsonEvents, color, quiet, debug }: CommonOptions) {
  return { json, jsonEvents, color, quiet, debug }
}

/** Ends a run that never became a command: bad flags, unknown commands. */
export async function fail(io: Io, name: string, options: CommonOptions, error: GuardError) {
  const { output, flush } = createOutput(io, { command: name, ...display(options), asks: false })
  const code = report(error, output)
  await flush()
  return code
}
