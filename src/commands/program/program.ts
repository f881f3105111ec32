import { Command, CommanderError } from 'commander'
import { EXIT } from '../../errors/codes.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { NO_COMMAND } from '../../ui/envelope.ts'
import type { Io } from '../../ui/io.ts'
import { fail } from './driver.ts'
import { displayFlags } from './flags.ts'
import { examplesText, rootText, shortHelp, TOPICS_TEXT } from './help-text.ts'
import { helpOn } from './help.ts'
import { COMMON_DEFAULTS } from './options.ts'
import type { CommonOptions } from './options.ts'
import type { RunnableCommand } from './spec.ts'
import { usageError } from './usage-error.ts'
import { VERSION } from './version.ts'

const DISPLAY_FLAGS = [
  ...['--yes', '--json', '--json-events', '--no-input', '--no-color', '--quiet', '--debug'],
]

/** Parses the command line and runs the command that it names; returns the exit code. */
export async function runProgram(
  argv: string[],
  io: Io,
  commands: RunnableCommand[],
): Promise<number> {
  const options = displayOf(argv)
  if (argv.every((word) => DISPLAY_FLAGS.includes(word))) return noCommand(io, options, commands)
  const run: Run = { io: { ...io, argv }, named: NO_COMMAND, code: EXIT.ok }
  const program = root(run, commands)
  for (const command of commands) declare(program, command, run)
  declareHelp(program, run)
  const names = program.commands.map((command) => command.name())
  try {
    await program.parseAsync(argv, { from: 'user' })
    return run.code
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
    if (error instanceof CommanderError)
      return fail(io, run.named, options, usageError(error, run.named, names))
    throw error
  }
}

interface Run {
  io: Io
  /** The command whose flags are being read. */
  named: string
  code: number
}

function root(run: Run, commands: RunnableCommand[]): Command {
  const program = quiet(new Command('s3-okta-guard'), run, NO_COMMAND)
    .usage('<command> [flags]')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .addHelpText('before', rootText(commands))
    .addHelpText('after', TOPICS_TEXT)
  return displayFlags(program)
}

function declare(program: Command, command: RunnableCommand, run: Run): void {
  const declared = quiet(program.command(command.name), run, command.name)
    .summary(command.summary)
    .helpOption('-h, --help', 'show help')
    .addHelpText('before', `${capital(command.summary)}.\n\n${examplesText(command.examples)}`)
  if (command.alias !== undefined) declared.alias(command.alias)
  command.flags(declared)
  const [argument] = declared.registeredArguments
  const usage = argument && (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`)
  declared.usage(usage ? `${usage} [flags]` : '[flags]')
  declared.action(async () => {
    const [given] = declared.processedArgs as (string | undefined)[]
    const positional = argument && given !== undefined && { [argument.name().toLowerCase()]: given }
    run.code = await command.run(run.io, { ...declared.optsWithGlobals(), ...positional })
  })
}

function declareHelp(program: Command, run: Run): void {
  quiet(program.command('help'), run, NO_COMMAND)
    .summary('help on a command, or on: exit-codes, environment')
    .argument('[TOPIC]')
    .helpOption('-h, --help', 'show help')
    .action(async (topic: string | undefined) => {
      const text = await helpOn(program, topic)
      run.io.stdout.write(text)
    })
}

/** Commander throws instead of printing errors and exiting; help goes to our stdout. */
function quiet(command: Command, run: Run, name: string): Command {
  return command
    .exitOverride((error) => {
      run.named = name
      throw error
    })
    .configureOutput({
      writeOut: (text) => void run.io.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(run.io.columns, 100),
      getOutHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true, visibleCommands: () => [] })
}

async function noCommand(
  io: Io,
  options: CommonOptions,
  commands: RunnableCommand[],
): Promise<number> {
  if (!options.json && !options.jsonEvents) {
    io.stderr.write(shortHelp(commands))
    return EXIT.usage
  }
  const error = new GuardError({
    code: 'usage',
    message: 'no command was given',
    next: ['s3-okta-guard --help'],
  })
  return fail(io, NO_COMMAND, options, error)
}

/** How to print, read before the command line is known to be right: its errors obey it too. */
function displayOf(argv: string[]): CommonOptions {
  const end = argv.indexOf('--')
  const words = new Set(end === -1 ? argv : argv.slice(0, end))
  return {
    ...COMMON_DEFAULTS,
    json: words.has('--json'),
    jsonEvents: words.has('--json-events'),
    color: !words.has('--no-color'),
    quiet: words.has('--quiet'),
    debug: words.has('--debug'),
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
