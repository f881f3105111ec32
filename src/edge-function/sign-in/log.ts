import { subjectHash } from '../../access/subject.ts'
import type { Instance, Visit } from '../types.ts'
import type { Failure } from './failure.ts'
import type { Event } from './outcome.ts'

/** One line of JSON about a request; the level of the configuration says which lines there are. */
export function logEvent(
  instance: Instance,
  { request, requestId, startedAt, session: current }: Visit,
  { what, session = current, ...detail }: Event & { status: string },
): void {
  const { log: level } = instance.config
  if (level === 'off' || (level === 'error' && what !== 'error')) return
  const subject = session && subjectHash(session.sub)
  const line = { ms: instance.now() - startedAt, subject, ...detail }
  log(what, request.uri, requestId, line)
}

/** Never a query, a cookie, a token, a message or a name. */
export function log(
  what: string,
  path: unknown,
  requestId: string,
  detail: Record<string, unknown>,
): void {
  const line = JSON.stringify({ what, path: String(path).slice(0, 200), requestId, ...detail })
  // JSON leaves DEL, the C1 controls and what turns text around as they are, and a terminal obeys them.
  console.log(line.replace(/[^ -~]/g, escapeUnit))
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** An error's kind and place. Messages may quote what was parsed, so they stay out. */
export function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error }
  const { name, code, detail, message, stack = '' } = error as Error & Partial<Failure>
  // V8's stack begins with the message, which could itself look like a place.
  const places = stack.slice(stack.indexOf(message) + message.length)
  return { error: code ?? name, reason: detail, at: /\n\s*at (.*)/.exec(places)?.[1] }
}
