import { MARKER_HEADER, ROUTES } from '../access/names.ts'
import type { Marker } from '../access/names.ts'
import type { Response } from './types.ts'

/** A generated response: never stored by anyone, and recognizable as the guard's. */
export function respond(
  status: number,
  marker: Marker,
  headers: Record<string, string> = {},
  body?: string,
  cookies: string[] = [],
): Response {
  const all: Record<string, string> = {
    'cache-control': 'no-store',
    [MARKER_HEADER]: marker,
    ...headers,
  }
  const response: Response & { headers: NonNullable<Response['headers']> } = {
    status: String(status),
    headers: {},
  }
  for (const key in all) response.headers[key] = [{ key, value: all[key]! }]
  if (cookies.length) {
    response.headers['set-cookie'] = cookies.map((value) => ({ key: 'set-cookie', value }))
  }
  if (body !== undefined) response.body = body
  return response
}

export function redirect(
  status: 302 | 303 | 308,
  marker: Marker,
  location: string,
  cookies?: string[],
): Response {
  return respond(status, marker, { location, 'referrer-policy': 'no-referrer' }, undefined, cookies)
}

export function json(status: number, marker: Marker, value: unknown, cookies?: string[]): Response {
  const headers = { 'content-type': 'application/json' }
  return respond(status, marker, headers, JSON.stringify(value), cookies)
}

/** What a script gets in place of a redirect that it could not follow. */
export function unauthenticated(origin: string, cookies?: string[]): Response {
  const addresses = { login: origin + ROUTES.login, refresh: origin + ROUTES.refresh }
  return json(401, 'login', { error: 'unauthenticated', ...addresses }, cookies)
}
