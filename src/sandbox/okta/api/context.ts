import type { Clock, Reply } from '../../types.ts'
import type { ApiToken, OktaStore } from '../store.ts'
import { apiError } from './errors.ts'

/** One management call, matched and authorized. */
export interface Call {
  method: string
  /** The `{…}` of the route, decoded, in order. */
  ids: string[]
  query: URLSearchParams
  /** Parsed JSON; calling it on a body that is none answers `E0000003`. */
  body(): unknown
  /** What the API token may do; undefined for a service app. */
  power: ApiToken['power'] | undefined
  store: OktaStore
  clock: Clock
  /** `http://127.0.0.1:PORT`, for links. */
  origin: string
}

export type Handler = (call: Call) => Reply

/** `GET /api/v1/apps/{id}`: the operation's name in the log, and what it runs. */
export type Routes = Record<string, Handler>

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw apiError('E0000003')
  }
}

/** Okta's cursor paging: `limit` and `after`, and a Link header while there is more. */
export function page<T extends { id: string }>(
  call: Call,
  path: string,
  items: T[],
  defaultLimit: number,
): { items: T[]; headers: Record<string, string[]> } {
  const limit = Math.max(1, Math.min(200, Number(call.query.get('limit') ?? defaultLimit) || 1))
  const after = call.query.get('after')
  const start = after === null ? 0 : items.findIndex((item) => item.id === after) + 1
  const slice = items.slice(start, start + limit)
  const self = `${call.origin}${path}?${call.query.toString()}`
  const link = [`<${self}>; rel="self"`]
  const last = slice.at(-1)
  if (last !== undefined && start + limit < items.length) {
    const next = new URLSearchParams(call.query)
    next.set('after', last.id)
    next.set('limit', String(limit))
    link.push(`<${call.origin}${path}?${next.toString()}>; rel="next"`)
  }
  return { items: slice, headers: { link } }
}
