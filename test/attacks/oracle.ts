import type { CloudFrontRequestEvent, CloudFrontResultResponse } from 'aws-lambda'
import { beforeEach, expect, vi } from 'vitest'
import type { Handler } from '../../src/edge-function/handler.ts'
import {
  cookiesSet,
  edgeEvent,
  headerOf,
  jws,
  NOW,
  SESSION_HEADER,
  sessionClaims,
  sessionCookie,
  signingKey,
} from '../helpers/edge.ts'
import type { EventInput } from '../helpers/edge.ts'

/** Headers that a function may not set at viewer-request. AWS, "Restrictions on edge functions". */
const NOT_OURS =
  /^(connection|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip|content-length|host|transfer-encoding|via)$/
const MAX_RESPONSE_BYTES = 40 * 1024
const MAX_COOKIES_BYTES = 8 * 1024
const SECRET = /CANARY|eyJ|__Host-guard|seal-1\.|PRIVATE|ada@/

const seconds = NOW / 1000
const forger = signingKey('session-1')

/** Cookies of somebody who is not signed in. */
export const STRANGERS: [who: string, cookie: string | undefined][] = [
  ['without a cookie', undefined],
  ['with an expired session', sessionCookie({ start: 1, iat: seconds - 1000, exp: seconds - 100 })],
  [
    'with a forged session',
    `__Host-guard=${jws(SESSION_HEADER, sessionClaims(), forger.privateKey)}`,
  ],
]

/**
 * What holds for every attack: nothing is passed to the origin, no session is given, and the answer
 * is one that CloudFront takes, that nobody stores and that shows whose it is.
 */
export async function refused(
  handler: Handler,
  given: EventInput | CloudFrontRequestEvent,
  statuses: string[] = ['302', '303', '308', '400', '401', '403', '404', '405'],
): Promise<CloudFrontResultResponse> {
  const event = 'Records' in given ? given : edgeEvent(given)
  const method = event.Records[0]!.cf.request.method
  const result = await handler(event)
  if (!result || !('status' in result)) throw new Error('the request was passed to the origin')
  expect(statuses).toContain(result.status)
  expect(cookiesSet(result).get('__Host-guard') ?? '', 'a session cookie').toBe('')
  expectLegal(result, method)
  return result
}

/** An answer as CloudFront takes it, with the guard's own marks. */
export function expectLegal(response: CloudFrontResultResponse, method = 'GET'): void {
  expect(headerOf(response, 'cache-control')).toBe('no-store')
  expect(headerOf(response, 'x-s3-okta-guard')).toMatch(/^[a-z-]+$/)
  for (const [name, entries] of Object.entries(response.headers ?? {})) {
    expect(name).toMatch(/^[a-z0-9-]+$/)
    expect(name).not.toMatch(NOT_OURS)
    for (const { value } of entries) expect(value).toMatch(/^[ -~]+$/)
  }
  const cookies = response.headers?.['set-cookie'] ?? []
  expect(cookies.map(({ value }) => value).join('').length).toBeLessThan(MAX_COOKIES_BYTES)
  expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThan(MAX_RESPONSE_BYTES)
  if (method === 'HEAD') expect(response.body).toBeUndefined()
  if (/^3/.test(response.status)) {
    expect(response.body).toBeUndefined()
    expect(headerOf(response, 'location')).toMatch(/^https?:\/\//)
  }
}

/** Every line that the function logs, checked after each test: JSON, and nothing secret in it. */
export function watchLog(): void {
  beforeEach(() => {
    const lines: string[] = []
    const spy = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
    return () => {
      spy.mockRestore()
      for (const line of lines) {
        expect(line).toMatch(/^[^\p{Cc}]*$/u)
        expect(() => JSON.parse(line) as unknown).not.toThrow()
        expect(line).not.toMatch(SECRET)
      }
    }
  })
}

/** Decodes once, as far as it goes. */
export function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString(),
  )
}

/** An address that stays on the origin, read as it is, decoded once and decoded twice. */
export function expectOnOrigin(location: string, origin: string): void {
  expect(location.startsWith(`${origin}/`), location).toBe(true)
  let reading = location
  for (let times = 0; times <= 2; times++) {
    const path = reading.slice(origin.length)
    for (const text of [reading, path]) {
      expect(new URL(text, origin).origin, `${location} decoded ${times} times`).toBe(origin)
    }
    reading = decoded(reading)
  }
}
