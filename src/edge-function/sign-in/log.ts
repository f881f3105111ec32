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
  const { name, code, detail, stack } = Object(error) as {
    name?: string
    code?: string
    detail?: string
    stack?: string
  }
  return { error: code ?? name, reason: detail, at: /\n\s*at (.*)/.exec(String(stack))?.[1] }
}
