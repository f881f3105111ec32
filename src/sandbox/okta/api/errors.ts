import { oktaId } from '../store.ts'
import type { Reply } from '../../types.ts'

const SUMMARIES: Record<string, [number, string]> = {
  E0000003: [400, 'The request body was not well-formed.'],
  E0000006: [403, 'You do not have permission to perform the requested action'],
  E0000011: [401, 'Invalid token provided'],
  E0000022: [405, 'The endpoint does not support the provided HTTP method'],
  E0000047: [429, 'API call exceeded rate limit due to too many requests.'],
  E0000056: [403, 'Delete application forbidden.'],
}

/** Throw it anywhere below the router; it becomes Okta's JSON error. */
export class ApiError extends Error {
  readonly reply: Reply
  constructor(status: number, errorCode: string, errorSummary: string, causes: string[] = []) {
    super(errorSummary)
    this.reply = json(status, {
      errorCode,
      errorSummary,
      errorLink: errorCode,
      errorId: oktaId('oae'),
      errorCauses: causes.map((cause) => ({ errorSummary: cause })),
    })
  }
}

/** An error that has nothing of the request in its text. */
export function apiError(code: string): ApiError {
  const [status, summary] = SUMMARIES[code] ?? [500, 'Internal Server Error']
  return new ApiError(status, code, summary)
}

export function notFound(id: string, type: string): ApiError {
  return new ApiError(404, 'E0000007', `Not found: Resource not found: ${id} (${type})`)
}

/** `E0000001`: the field that Okta names in the summary, and the sentences in the causes. */
export function invalid(field: string, ...causes: string[]): ApiError {
  return new ApiError(400, 'E0000001', `Api validation failed: ${field}`, causes)
}

export function json(status: number, body: unknown, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}

export const NO_CONTENT: Reply = { status: 204 }
