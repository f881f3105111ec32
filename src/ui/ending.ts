import type { GuardError } from '../errors/guard-error.ts'
import type { Channel } from './channel.ts'
import { failureDocument, resultDocument } from './envelope.ts'
import type { CommandResult } from './output.ts'
import type { Style } from './style.ts'
import { createView } from './view.ts'

/** How a run ends on stdout: the one thing in which the formats differ. */
export interface Ending {
  result(result: CommandResult<unknown>): void
  failure(error: GuardError): void
}

export function jsonEnding(command: string, stdout: Channel): Ending {
  return {
    result: (result) => stdout.raw(resultDocument(command, result)),
    failure: (error) => stdout.raw(failureDocument(command, error)),
  }
}

/** A failure has nothing to say on stdout: `failure` tells it elsewhere. */
export function textEnding(
  stdout: Channel,
  style: Style,
  failure: (error: GuardError) => void,
): Ending {
  return { result: (result) => result.render(createView(stdout, style)), failure }
}
