import type { CommanderError } from 'commander'
import { nearest } from '../../config/nearest.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { NO_COMMAND } from '../../ui/envelope.ts'

/** What the parser refused, in our words. */
export function usageError(error: CommanderError, command: string, commands: string[]): GuardError {
  const [first = '', ...rest] = error.message.split('\n')
  const suggestion =
    /\(Did you mean (.+)\?\)/s.exec(rest.join('\n'))?.[1] ?? nearCommand(error, commands)
  const hint = suggestion === undefined ? hintFor(error, command) : `Did you mean ${suggestion}?`
  const help = command === NO_COMMAND ? 's3-okta-guard --help' : `s3-okta-guard ${command} --help`
  return new GuardError({
    code: 'usage',
    message: withoutValue(first.replace(/^error: /, '')),
    ...(hint !== undefined && { hint }),
    next: [help],
  })
}

/** `--some-token=secret`, mistyped, must not come back on the screen. */
function withoutValue(message: string): string {
  return message.replace(/^(unknown option '--?[^=']*)=.*'$/s, "$1'")
}

function nearCommand(error: CommanderError, commands: string[]): string | undefined {
  const typed = /^error: unknown command '(.*)'/s.exec(error.message)?.[1]
  return typed === undefined ? undefined : nearest(typed, commands)
}

function hintFor(error: CommanderError, command: string): string | undefined {
  const early = error.code === 'commander.unknownOption' && command === NO_COMMAND
  return early ? 'The flags of a command come after its name.' : undefined
}
