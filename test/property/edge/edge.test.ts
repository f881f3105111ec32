import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { cookieValues, withoutGuardCookies } from '../../../src/edge-function/cookies.ts'
import { load } from '../../../src/edge-function/load.ts'
import { authentic } from '../../../src/edge-function/session.ts'
import type { Request, Response } from '../../../src/edge-function/types.ts'
import { returnPath } from '../../../src/edge-function/sign-in/return-path.ts'
import {
  edgeConfig,
  edgeEvent,
  edgeHandler,
  NOW,
  ORIGIN,
  OTHER_ORIGIN,
  sessionCookie,
  sessionToken,
} from '../../helpers/edge.ts'

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

describe('return paths', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '//',
    '%2f',
    '%2F',
    '%5c',
    '%252f',
    '%255C',
    '%09',
    '%0d%0a',
    '%00',
    '\t',
    '\n',
    ' ',
    '@',
    ':',
    '?',
    '#',
    'evil.example',
    'https:',
    'javascript:',
    '_guard',
    '%5fguard',
    'logout',
    '%',
    '／',
  )
  const path = fc.oneof(
    fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join('')),
    fc.array(piece, { maxLength: 10 }).map((pieces) => `/${pieces.join('')}`),
    fc.webUrl({ withQueryParameters: true }),
    fc.string(),
  )

  it('R01-R16 stay on the origin, out of the guard and printable, read as they are or decoded twice', () => {
    fc.assert(
      fc.property(path, (candidate) => {
        const chosen = returnPath(candidate, ORIGIN)
        expect(chosen).toMatch(/^\/[!-~]*$/)
        for (const reading of [chosen, decoded(chosen), decoded(decoded(chosen))]) {
          for (const url of [new URL(reading, ORIGIN), new URL(ORIGIN + reading)]) {
            expect(url.origin).toBe(ORIGIN)
            expect(url.pathname.startsWith('/_guard/')).toBe(false)
          }
        }
      }),
      { numRuns: 5000 },
    )
  })

  it('R21 are kept whole when they are what a browser asks for', () => {
    const segment = fc.stringMatching(/^[\w~-]{1,8}$/).filter((text) => text !== '_guard')
    const query = fc.stringMatching(/^([\w=&+./:@-]|%[2-7][0-9A-F]){0,30}$/)
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1 }), query, (segments, search) => {
        const candidate = `/${segments.join('/')}?${search}`
        expect(returnPath(candidate, ORIGIN)).toBe(candidate)
      }),
    )
  })
})

describe('cookies', () => {
  const name = fc.constantFrom(
    'a',
    '',
    '__proto__',
    'constructor',
    '__Host-guard',
    '__Host-guard-tx-abc',
    '__host-guard',
    '__Host-guardian',
  )
  const value = fc.stringMatching(/^[ -:<-~]{0,12}$/)
  const cookie = fc.tuple(name, value).map((pair) => pair.join('='))
  const headers = fc
    .array(fc.array(cookie, { maxLength: 8 }), { maxLength: 4 })
    .map((entries) => entries.map((cookies) => ({ key: 'Cookie', value: cookies.join('; ') })))

  const names = (entry: { value: string }): string[] =>
    entry.value.split(';').map((pair) => pair.split('=')[0]!.trim())
  const isGuards = (cookieName: string): boolean =>
    cookieName === '__Host-guard' || cookieName.startsWith('__Host-guard-tx-')

  it('C18 of the guard never reach the origin, and others all do', () => {
    fc.assert(
      fc.property(headers, (entries) => {
        const kept = withoutGuardCookies(entries) ?? []
        expect(kept.flatMap(names).some(isGuards)).toBe(false)
        const foreign = (list: { value: string }[]): string[] =>
          list
            .flatMap((entry) => entry.value.split(';'))
            .map((pair) => pair.trim())
            .filter((pair) => pair !== '' && !isGuards(pair.split('=')[0]!.trim()))
        expect(foreign(kept)).toEqual(foreign(entries))
      }),
    )
  })

  it('C04 C06 C12 are found by their exact name, all of them, in order', () => {
    fc.assert(
      fc.property(headers, (entries) => {
        const wanted = entries
          .flatMap((entry) => entry.value.split(';'))
          .map((pair) => pair.replace(/^ +/, ''))
          .filter((pair) => pair.startsWith('__Host-guard='))
          .map((pair) => pair.slice('__Host-guard='.length).trim())
        expect(cookieValues(entries, '__Host-guard')).toEqual(wanted)
      }),
    )
  })

  it('C15 L09 of any making are no trouble', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (values) => {
        const header = values.map((text) => ({ key: 'Cookie', value: text }))
        cookieValues(header, '__Host-guard')
        withoutGuardCookies(header)
      }),
    )
  })
})

describe('a session JWT', () => {
  const token = sessionToken()
  const instance = load(edgeConfig(), () => NOW)

  it('J25 holds with none of its bits turned', () => {
    for (let at = 0; at < token.length; at++) {
      for (let bit = 0; bit < 7; bit++) {
        const turned = String.fromCharCode(token.charCodeAt(at) ^ (1 << bit))
        const mutant = token.slice(0, at) + turned + token.slice(at + 1)
        expect(authentic(mutant, instance), mutant).toBeUndefined()
      }
    }
    expect(authentic(token, instance)).toBeDefined()
  })

  it('J26 holds after no cut, insertion, or splice with another one', () => {
    const other = sessionToken({ sub: '00u2', name: 'Eve' })
    const position = fc.nat(token.length)
    const mutant = fc.oneof(
      fc.tuple(position, position).map(([from, to]) => token.slice(0, from) + token.slice(to)),
      fc
        .tuple(position, fc.string({ minLength: 1 }))
        .map(([at, text]) => token.slice(0, at) + text + token.slice(at)),
      fc.tuple(position, position).map(([one, two]) => token.slice(0, one) + other.slice(two)),
      fc
        .tuple(fc.nat(1), fc.nat(1), fc.nat(1))
        .map((picks) =>
          picks.map((pick, part) => [token, other][pick]!.split('.')[part]).join('.'),
        ),
    )
    fc.assert(
      fc.property(mutant, (text) => {
        fc.pre(text !== token && text !== other)
        expect(authentic(text, instance)).toBeUndefined()
      }),
      { numRuns: 3000 },
    )
  })
})

type Answer = Response & { headers: Record<string, { value: string }[]> }

describe('E19 an event', () => {
  const FORBIDDEN =
    /^(connection|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache|x-edge-.*|content-length|host|transfer-encoding|via)$/
  const headerName = fc.constantFrom(
    'cookie',
    'accept',
    'sec-fetch-mode',
    'sec-fetch-dest',
    'sec-fetch-site',
    'purpose',
    'sec-purpose',
    'x-s3-okta-guard',
    'x-requested-with',
    '__proto__',
  )
  const headerValue = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'navigate',
      'document',
      'iframe',
      'same-origin',
      'text/html',
      'prefetch',
      '__Host-guard=a.b.c',
      sessionCookie(),
    ),
  )
  const uri = fc.oneof(
    fc.constantFrom(
      '/',
      '/_guard/me',
      '/_guard/signed-out',
      '/_guard/callback',
      '/_guard/x',
      '//evil',
      '/\\evil',
    ),
    fc.string(),
    fc.string({ unit: 'binary' }).map((text) => `/${text}`),
  )
  const input = fc.record({
    method: fc.oneof(fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS'), fc.string()),
    uri,
    querystring: fc.oneof(
      fc.string(),
      fc.constantFrom('code=1&state=x', 'return_to=//evil&return_to=/'),
    ),
    host: fc.oneof(
      fc.constantFrom('reports.example.com', 'www.example.com', 'd1.cloudfront.net'),
      fc.string(),
    ),
    headers: fc.dictionary(headerName, headerValue),
  })

  it('E06 E07 E08 is passed with a session or gets an answer that CloudFront takes', async () => {
    vi.spyOn(console, 'log').mockReturnValue()
    const handler = edgeHandler(edgeConfig())
    await fc.assert(
      fc.asyncProperty(input, async (given) => {
        const result = (await handler(edgeEvent(given))) as Answer | Request
        if ('uri' in result) {
          expect(given.headers.cookie).toContain('__Host-guard=ey')
          expect([result.uri, result.querystring]).toEqual([given.uri, given.querystring])
          return
        }
        expect(result.status).toMatch(/^(200|302|303|308|400|401|404|405)$/)
        expect(JSON.stringify(result).length).toBeLessThan(40_000)
        if (given.method === 'HEAD') expect(result.body).toBeUndefined()
        for (const [name, entries] of Object.entries(result.headers)) {
          expect(name).toBe(name.toLowerCase())
          expect(name).not.toMatch(FORBIDDEN)
          for (const { value } of entries) expect(value).toMatch(/^[ -~]+$/)
        }
        const location = result.headers.location?.[0]?.value
        if (location) expect([ORIGIN, OTHER_ORIGIN]).toContain(new URL(location).origin)
      }),
      { numRuns: 2000 },
    )
    vi.restoreAllMocks()
  })

  it('of no shape at all gets 503 and never a pass', async () => {
    vi.spyOn(console, 'log').mockReturnValue()
    const handler = edgeHandler(edgeConfig())
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (request) => {
        const event = { Records: [{ cf: { config: {}, request } }] }
        const { status } = (await handler(event as never)) as Response
        expect(status).toMatch(/^(400|503)$/)
      }),
    )
    vi.restoreAllMocks()
  })
})
