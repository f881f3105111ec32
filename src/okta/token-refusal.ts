/** RFC 6749, section 5.2: what the token endpoint says instead of a token. */
export class TokenRefusal extends Error {
  readonly error: string
  readonly description: string
  readonly httpStatus: number

  constructor(httpStatus: number, error: string, description: string) {
    super(`The token endpoint answered ${error}.`)
    this.name = 'TokenRefusal'
    this.httpStatus = httpStatus
    this.error = error
    this.description = description
  }
}

/** Undefined for `use_dpop_nonce` (RFC 9449, section 8), which the SDK handles itself, as long as it may. */
export function tokenRefusal(
  status: number,
  body: string,
  mayAskForNonce: boolean,
): TokenRefusal | undefined {
  let answer: Record<string, unknown> = {}
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null) answer = parsed as Record<string, unknown>
  } catch {
    return new TokenRefusal(status, '', '')
  }
  if (answer['error'] === 'use_dpop_nonce' && mayAskForNonce) return undefined
  return new TokenRefusal(
    status,
    string(answer['error'] ?? answer['errorCode']),
    string(answer['error_description'] ?? answer['errorSummary']),
  )
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
