import type { Completed, CompletedCommand, CompletedFlag, Expected } from './words.ts'

/** One `complete` for each word that may follow. */
export function fishCompletion({ commands, everywhere, alone }: Completed): string {
  const names = commands.flatMap((command) =>
    command.names.map((name) => line(NO_COMMAND, `-a ${name} -d ${quoted(command.means)}`)),
  )
  return [
    '# Completion of s3-okta-guard for fish: s3-okta-guard completion fish | source',
    ...COMMAND_IN,
    `${COMPLETE} -f`,
    ...names,
    ...everywhere.map((flag) => line(undefined, flagWords(flag))),
    ...alone.map((flag) => line(NO_COMMAND, flagWords(flag))),
    ...commands.flatMap(commandLines),
    '',
  ].join('\n')
}

const COMPLETE = 'complete -c s3-okta-guard'
const NO_COMMAND = '__fish_use_subcommand'
/** fish's own `__fish_seen_subcommand_from` takes `help status` for `status` too. */
const COMMAND_IN = [
  'function __s3_okta_guard_command_in',
  '    for word in (commandline -opc)[2..]',
  "        string match -q -- '-*' $word; and continue",
  '        contains -- $word $argv',
  '        return',
  '    end',
  '    return 1',
  'end',
]

function commandLines({ names, flags, argument }: CompletedCommand): string[] {
  const seen = `__s3_okta_guard_command_in ${names.join(' ')}`
  const words = argument ? argumentWords(argument.expected) : ''
  return [
    ...flags.map((flag) => line(seen, flagWords(flag))),
    ...(words === '' ? [] : [line(seen, words)]),
  ]
}

function line(condition: string | undefined, words: string): string {
  return `${COMPLETE}${condition === undefined ? '' : ` -n ${quoted(condition)}`} ${words}`
}

function flagWords({ name, means, value }: CompletedFlag): string {
  const takes = value ? ` ${valueWords(value.expected)}` : ''
  return `-l ${name.replace(/^--/, '')}${takes} -d ${quoted(means)}`
}

function valueWords(expected: Expected): string {
  if (expected.kind === 'words') return `-x -a ${quoted(expected.words.join(' '))}`
  if (expected.kind === 'folder') return `-x -a '(__fish_complete_directories)'`
  return expected.kind === 'file' ? '-r -F' : '-x'
}

function argumentWords(expected: Expected): string {
  if (expected.kind === 'words') return `-a ${quoted(expected.words.join(' '))}`
  if (expected.kind === 'folder') return `-a '(__fish_complete_directories)'`
  return expected.kind === 'file' ? '-F' : ''
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`
}
