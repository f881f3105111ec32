import type { Completed, CompletedCommand, CompletedFlag, Expected } from './words.ts'

/** For bash 3.2 and later: macOS ships that one. */
export function bashCompletion({ commands, everywhere, alone }: Completed): string {
  const names = commands.flatMap((command) => command.names)
  const common = everywhere.map(({ name }) => name)
  const first = [...names, ...common, ...alone.map(({ name }) => name)]
  return `# Completion of s3-okta-guard for bash: source <(s3-okta-guard completion bash)
_s3_okta_guard_paths() {
  local path
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$2")
  compopt -o filenames 2> /dev/null
}

_s3_okta_guard() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local command='' words='' i
  COMPREPLY=()
  # --flag=value comes in three words.
  if [[ $current == '=' ]]; then current=''
  elif [[ $before == '=' ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then command=\${COMP_WORDS[i]}; break; fi
  done
  case "$command $before" in
${commands.flatMap(valueCases).join('\n')}
    *)
      case "$command" in
        '') words='${first.join(' ')}' ;;
${commands.map((command) => commandCase(command, common)).join('\n')}
      esac ;;
  esac
  while IFS= read -r i; do COMPREPLY+=("$i"); done < <(compgen -W "$words" -- "$current")
}

complete -F _s3_okta_guard s3-okta-guard
`
}

/** What follows a flag with a value. */
function valueCases({ names, flags }: CompletedCommand): string[] {
  return flags.flatMap(({ name, value }: CompletedFlag) => {
    if (!value) return []
    const pattern = names.map((command) => `'${command} ${name}'`).join('|')
    return [`    ${pattern}) ${expect(value.expected)} ;;`]
  })
}

function expect(expected: Expected): string {
  if (expected.kind === 'words') return `words='${expected.words.join(' ')}'`
  if (expected.kind === 'text') return 'return'
  return `_s3_okta_guard_paths ${expected.kind === 'file' ? '-f' : '-d'} "$current"; return`
}

/** An argument where no flag was begun, else the flags. */
function commandCase({ names, flags, argument }: CompletedCommand, common: string[]): string {
  const words = `words='${[...flags.map(({ name }) => name), ...common].join(' ')}'`
  const pattern = names.join('|')
  if (!argument || argument.expected.kind === 'text') return `        ${pattern}) ${words} ;;`
  return `        ${pattern})
          if [[ $current == -* ]]; then ${words}
          else ${expect(argument.expected)}
          fi ;;`
}
