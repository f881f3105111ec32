import type { Failure } from './failure.ts'

/** One line of JSON: what happened where. Never a query, a cookie, a token, a message or a name. */
export function log(
  what: string,
  path: unknown,
  requestId: string,
  milliseconds: number,
  detail: Record<string, unknown> = {},
): void {
  console.log(
    JSON.stringify({
      what,
      path: String(path).slice(0, 200),
      requestId,
      ms: milliseconds,
      ...detail,
    }),
  )
}

/** An error's kind and place. Messages may quote what was parsed, so they stay out. */
export function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error }
  const { name, code, detail, message, stack = '' } = error as Error & Partial<Failure>
  // V8's stack begins with the message, which could itself look like a place.
  const places = stack.slice(stack.indexOf(message) + message.length)
  return { error: code ?? name, reason: detail, at: /\n\s*at (.*)/.exec(places)?.[1] }
}
