import { describe, expect, it } from 'vitest'
import { headerOf, edgeConfig, edgeHandler, NAVIGATION, ORIGIN } from '../helpers/edge.ts'
import type { EventInput } from '../helpers/edge.ts'
import { refused, STRANGERS, watchLog } from './oracle.ts'

watchLog()
const handler = edgeHandler(edgeConfig())

/** What each kind of stranger gets; the same for all of them. */
async function asStrangers(input: EventInput, statuses: string[]) {
  const headers = { ...NAVIGATION, ...input.headers }
  const answers = []
  for (const [, cookie] of STRANGERS) {
    const given = { ...input, headers, ...(cookie !== undefined && { cookie }) }
    answers.push(await refused(handler, given, statuses))
  }
  const [first] = answers
  for (const answer of answers) expect(answer).toEqual(first)
  return first!
}

/** Sent to sign in, and from there to exactly this address. */
async function expectLogin(input: EventInput): Promise<void> {
  const response = await asStrangers(input, ['302'])
  const target = [input.uri ?? '/', input.querystring].filter(Boolean).join('?')
  expect(headerOf(response, 'location')).toBe(
    `${ORIGIN}/_guard/login?return_to=${encodeURIComponent(target)}`,
  )
}

const PUBLIC_LOOKING = [
  '/_guard/signed-out',
  '/_guard/login',
  '/public',
  '/public/x',
  '/favicon.ico',
]

describe('a stranger', () => {
  it.each(PUBLIC_LOOKING)('P01 gains nothing from %s in the query', async (path) => {
    for (const querystring of [`x=${path}`, path, `x=1&y=${path}?z=${path}`, `?${path}`]) {
      await expectLogin({ uri: '/private', querystring })
    }
  })

  it.each(['/foo/secret#/bar', '/foo/secret%23/bar', '/secret#/_guard/me', '/secret%23/_guard/me'])(
    'P02 gains nothing from a fragment: %s',
    async (uri) => {
      await expectLogin({ uri })
    },
  )

  it.each([
    'x-forwarded-uri',
    'x-original-url',
    'x-original-uri',
    'x-rewrite-url',
    'x-forwarded-path',
    'x-forwarded-prefix',
    'x-http-method-override',
    'x-envoy-original-path',
  ])('P03 gains nothing from the header %s', async (name) => {
    for (const value of [...PUBLIC_LOOKING, 'OPTIONS']) {
      await expectLogin({ uri: '/private', headers: { [name]: value } })
    }
  })

  it.each([
    'GoogleHC/1.0',
    'ELB-HealthChecker/2.0',
    'kube-probe/1.30',
    'Amazon-Route53-Health-Check-Service',
    'Amazon CloudFront',
    '',
  ])('P04 gains nothing from the User-Agent "%s"', async (value) => {
    for (const uri of ['/', '/health', '/private']) {
      await expectLogin({ uri, headers: { 'user-agent': value } })
    }
  })

  it.each([
    '/public/../private',
    '/public/%2e%2e/private',
    '/public/%2E%2E%2Fprivate',
    '/public/..;/private',
    '/public/..%5cprivate',
    '/public/..\\private',
    '/x/../_guard/me',
    '/x/..%2f_guard/signed-out',
  ])('P05 signs in for %s', async (uri) => {
    await expectLogin({ uri })
  })

  it('P05 stays in the guard with a dot segment behind its prefix', async () => {
    for (const uri of [
      '/_guard/../private',
      '/_guard/%2e%2e/private',
      '/_guard/signed-out/../../x',
    ]) {
      await asStrangers({ uri }, ['404'])
    }
  })

  it.each([
    '//private',
    '/./private',
    '/private/',
    '/PRIVATE',
    '/private%00.css',
    '/private%20',
    '/private.',
    '/private;x=.css',
    '//_guard/me',
    '/./_guard/me',
    '/_GUARD/me',
    '/%5Fguard/me',
    '/_guard%2Fme',
  ])('P06 signs in for %s', async (uri) => {
    await expectLogin({ uri })
  })

  it.each(['/publicX', '/public', '/_guard', '/_guardX', '/_guardian/login', '/x/_guard/login'])(
    'P07 signs in for %s, which only begins or ends like something open',
    async (uri) => {
      await expectLogin({ uri })
    },
  )

  it.each([
    '/_guard/callbackEVIL',
    '/_guard/callback/../x',
    '/_guard/callback/',
    '/_guard/callback%20',
    '/_guard/callback;x',
    '/_guard/CALLBACK',
    '/_guard//callback',
    '/_guard/login.html',
    '/_guard/me/x',
    '/_callback',
  ])('P08 finds no handler at %s', async (uri) => {
    const input = { uri, querystring: 'code=CANARY-code&state=AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA' }
    if (uri.startsWith('/_guard/')) await asStrangers(input, ['404'])
    else await expectLogin(input)
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'get', ''])(
    'P09 P10 gets 401 for the method "%s"',
    async (method) => {
      for (const uri of ['/', '/private', '/index.html', '/api/data.json']) {
        const headers = { origin: 'https://evil.example', 'access-control-request-method': 'PUT' }
        const response = await asStrangers({ method, uri, headers }, ['401'])
        expect(response.headers).not.toHaveProperty('access-control-allow-origin')
        expect(response.headers).not.toHaveProperty('location')
      }
    },
  )

  it('P11 gets neither a form nor what was posted', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const querystring = 'code=CANARY-code'
    for (const uri of ['/_guard/login', '/_guard/callback', '/_guard/logout', '/_guard/me']) {
      const response = await asStrangers({ method: 'POST', uri, querystring, headers }, ['405'])
      expect(response.body).not.toMatch(/<form|<input|<script|CANARY/)
      expect(headerOf(response, 'allow')).toMatch(/^GET(, HEAD)?$/)
    }
    const response = await asStrangers({ method: 'POST', uri: '/a', querystring, headers }, ['401'])
    expect(response.body).not.toContain('CANARY')
  })

  it('P12 gets the same for HEAD as for GET', async () => {
    for (const uri of ['/', '/private', '/_guard/x', '/_guard/signed-out', '/_guard/me']) {
      const statuses = ['200', '302', '401', '404']
      const { body: _, ...got } = await asStrangers({ uri }, statuses)
      expect(await asStrangers({ uri, method: 'HEAD' }, statuses)).toEqual(got)
    }
  })

  it.each([
    { range: 'bytes=0-99' },
    { range: 'bytes=0-', 'if-range': '"x"' },
    { 'if-none-match': '*' },
    { 'if-none-match': '"d41d8cd98f00b204e9800998ecf8427e"' },
    { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
    { 'cache-control': 'only-if-cached' },
  ])('P13 gets no part of a page and no 304 for %j', async (headers) => {
    await expectLogin({ uri: '/private', headers })
  })

  it.each([
    '/secret.css',
    '/secret.js.map',
    '/.well-known/security.txt',
    '/.well-known/acme-challenge/x',
    '/favicon.ico',
    '/robots.txt',
    '/sitemap.xml',
    '/manifest.webmanifest',
    '/sw.js',
  ])('P14 signs in for %s', async (uri) => {
    await expectLogin({ uri })
  })

  it.each([
    'debug',
    'metrics',
    'ping',
    'health',
    'status',
    'version',
    'auth',
    'userinfo',
    'config.json',
  ])('P15 finds no /%s', async (name) => {
    await expectLogin({ uri: `/${name}` })
    const response = await asStrangers({ uri: `/_guard/${name}` }, ['404'])
    expect(response.body).not.toMatch(/E2TEST|0oaclient|keys\/session/)
  })

  it.each(['/', '/index.html', '/403.html', '/404.html', '/error.html'])(
    'P19 signs in for %s first',
    async (uri) => {
      await expectLogin({ uri })
    },
  )
})
