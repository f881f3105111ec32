import { Command } from 'commander'
import type { Argument, Option } from 'commander'
import { displayFlags } from '../program/flags.ts'
import { HELP_TOPICS } from '../program/help-text.ts'
import type { RunnableCommand } from '../program/spec.ts'

/** What may follow: one of some words, a path, or what no script can know. */
export type Expected =
  { kind: 'words'; words: string[] } | { kind: 'file' } | { kind: 'folder' } | { kind: 'text' }

export interface CompletedFlag {
  /** `--group`. */
  name: string
  means: string
  /** May be given more than once. */
  repeatable: boolean
  /** What its value is called; undefined: it takes none. */
  value: { name: string; expected: Expected } | undefined
}

export interface CompletedCommand {
  /** Its name, then the other one that it goes by. */
  names: string[]
  means: string
  flags: CompletedFlag[]
  argument: { name: string; expected: Expected } | undefined
}

export interface Completed {
  commands: CompletedCommand[]
  /** Known by every command, and before its name. */
  everywhere: CompletedFlag[]
  /** Known before the name of a command alone. */
  alone: CompletedFlag[]
}

/** Every word that the command line knows, read off the declarations that the parser has. */
export function completedWords(commands: RunnableCommand[]): Completed {
  const help: CompletedFlag = {
    name: '--help',
    means: 'show help',
    repeatable: false,
    value: undefined,
  }
  return {
    commands: [...commands.map(completed), helpCommand(commands)],
    everywhere: [...displayFlags(new Command()).options.map(flagOf), help],
    alone: [{ ...help, name: '--version', means: 'print the version' }],
  }
}

function completed({ name, alias, summary, flags }: RunnableCommand): CompletedCommand {
  const declared = flags(new Command(name))
  const [argument] = declared.registeredArguments
  return {
    names: [name, ...(alias === undefined ? [] : [alias])],
    means: summary,
    flags: declared.options.map(flagOf),
    argument: argument && {
      name: argument.name(),
      expected: expectedOf(argument.name(), argument),
    },
  }
}

function helpCommand(commands: RunnableCommand[]): CompletedCommand {
  const words = [...commands.map(({ name }) => name), ...HELP_TOPICS]
  return {
    names: ['help'],
    means: 'help on a command, on exit codes, or on the environment',
    flags: [],
    argument: { name: 'TOPIC', expected: { kind: 'words', words } },
  }
}

function flagOf(option: Option): CompletedFlag {
  const name = /<(.+)>/.exec(option.flags)?.[1]
  return {
    name: option.long ?? '',
    means: option.description,
    repeatable: option.description.includes('repeatable'),
    value: name === undefined ? undefined : { name, expected: expectedOf(name, option) },
  }
}

function expectedOf(name: string, { argChoices }: Option | Argument): Expected {
  if (argChoices) return { kind: 'words', words: [...argChoices] }
  if (name === 'FILE') return { kind: 'file' }
  return name === 'FOLDER' ? { kind: 'folder' } : { kind: 'text' }
}
