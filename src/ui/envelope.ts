import { exitCodeOf } from '../errors/codes.ts'
import type { GuardError } from '../errors/guard-error.ts'
import type { CommandResult } from './output.ts'

/** The name in `schema` when no command could be recognized. */
export const NO_COMMAND = 'cli'

/** The document of a run that came to its end. */
export function resultDocument(command: string, result: CommandResult<unknown>): string {
  return document(command, result.exitCode, { data: result.data })
}

/** The document of a run that failed. */
export function failureDocument(command: string, error: GuardError): string {
  const { code, message, hint = '', next, details } = error
  return document(command, exitCodeOf(code), { error: { code, message, hint, next, details } })
}

function document(command: string, exitCode: number, body: object): string {
  const envelope = { schema: `s3-okta-guard/${command}@1`, ok: exitCode === 0, exitCode, ...body }
  return `${JSON.stringify(sortedKeys(envelope), undefined, 2)}\n`
}

/** As JSON has it, the members of every object in the order of their names. */
export function sortedKeys(value: object): unknown {
  return sorted(JSON.parse(JSON.stringify(value)))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}
