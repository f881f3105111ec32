import type { Completed, CompletedCommand, CompletedFlag, Expected } from './words.ts'

/** Works from a file named `_s3-okta-guard` in `fpath`, and sourced after `compinit`. */
export function zshCompletion({ commands, everywhere, alone }: Completed): string {
  const described = commands.flatMap(({ names, means }) =>
    names.map((name) => `    '${name}:${quoted(means)}'`),
  )
  return `#compdef s3-okta-guard
# Completion of s3-okta-guard for zsh: source <(s3-okta-guard completion zsh)
_s3_okta_guard() {
  local curcontext="$curcontext" state line
  local -a commands common
  typeset -A opt_args
  commands=(
${described.join('\n')}
  )
  common=(
${everywhere.map((flag) => `    ${flagSpec(flag)}`).join('\n')}
  )
  _arguments -C $common \\
${alone.map((flag) => `    ${flagSpec(flag)} \\`).join('\n')}
    '1: :->command' \\
    '*:: :->rest'
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $words[1] in
${commands.map(commandCase).join('\n')}
      esac ;;
  esac
}

if [[ $funcstack[1] == _s3_okta_guard ]]; then
  _s3_okta_guard "$@"
else
  compdef _s3_okta_guard s3-okta-guard
fi
`
}

function commandCase({ names, flags, argument }: CompletedCommand): string {
  const specs = [
    '$common',
    ...flags.map(flagSpec),
    ...(argument ? [`'1:${quoted(argument.name)}:${action(argument.expected)}'`] : []),
  ]
  return `        ${names.join('|')}) _arguments ${specs.join(' \\\n          ')} ;;`
}

function flagSpec({ name, means, repeatable, value }: CompletedFlag): string {
  const many = repeatable ? '*' : ''
  const equals = value ? '=' : ''
  const rest = value ? `:${quoted(value.name)}:${action(value.expected)}` : ''
  return `'${many}${name}${equals}[${quoted(means)}]${rest}'`
}

function action(expected: Expected): string {
  if (expected.kind === 'words') return `(${expected.words.join(' ')})`
  if (expected.kind === 'text') return ' '
  return expected.kind === 'file' ? '_files' : '_files -/'
}

/** Within single quotes, where colons and brackets have a meaning. */
function quoted(text: string): string {
  return text.replace(/[\\:[\]]/g, String.raw`\$&`).replaceAll("'", String.raw`'\''`)
}
