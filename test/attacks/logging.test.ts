import { beforeEach, describe, expect, it, vi } from 'vitest'
import { answering } from '../helpers/answering.ts'
import { ask, cookiesSet, edgeEvent, headerOf, jws, KEYS, NAVIGATION } from '../helpers/edge.ts'
import { sessionClaims, sessionCookie, SESSION_HEADER } from '../helpers/edge.ts'
import { signInWorld } from '../helpers/edge-sign-in.ts'
import { configuredFor, rs256, signInAt, startHostileOkta } from '../helpers/hostile-okta.ts'
import type { Breach, HostileOkta, SignedIn } from '../helpers/hostile-okta.ts'
import { BAD_ANSWERS, BAD_ID_TOKENS, BAD_KEY_SETS } from './breaches.ts'
import { expectLegal, refused } from './oracle.ts'
import { expectRefusal } from './refusal.ts'

const world = signInWorld()
let okta: HostileOkta
let written: string[]

beforeEach(async () => {
  okta = await startHostileOkta()
  world.handler = world.instance(configuredFor(okta, world.configured()))
  written = []
  for (const level of ['debug', 'info', 'warn', 'error', 'trace', 'dir'] as const) {
    vi.spyOn(console, level).mockImplementation(
      (...all: unknown[]) => void written.push(all.map(String).join(' ')),
    )
  }
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => Boolean(written.push(String(chunk))))
  }
})

/** All that this sign-in made secret, wherever it went. */
function secretsOf({ authorize, callback, response }: SignedIn): string[] {
  const form = okta.seen.flatMap(({ url, body }) => [
    ...new URLSearchParams(body).values(),
    ...new URLSearchParams(url.split('?', 2)[1] ?? '').values(),
  ])
  const keys = [KEYS.session, KEYS.client, KEYS.okta].map(({ privateJwk }) => privateJwk['d']!)
  const parameters = [...authorize.searchParams, ...new URLSearchParams(callback.querystring)]
  return [
    ...form,
    ...keys,
    KEYS.seal.key,
    ...parameters.map(([, value]) => value),
    ...cookiesSet(response).values(),
    String(callback.cookie).split('=')[1]!,
    ...['CANARY', '00u1', 'ada@example.com'],
  ].filter((value) => value.length > 12 || /CANARY|00u1/.test(value))
}

/** Names that are the protocol's or the configuration's own, and no secret. */
const PUBLIC = /^(https?:\/\/|authorization_code$|invalid_grant$|access_denied$|urn:|openid )/

function expectSilent(visit: SignedIn): void {
  const log = [...world.logged, ...written].join('\n')
  expect(log).not.toBe('')
  for (const secret of secretsOf(visit).filter((value) => !PUBLIC.test(value))) {
    expect(log).not.toContain(secret)
    expect(log).not.toContain(encodeURIComponent(secret))
  }
}

describe('the log', () => {
  const failures: [string, Breach][] = [
    ['a good one', {}],
    ...BAD_ID_TOKENS,
    ...BAD_ANSWERS.map(([name, breach]): [string, Breach] => [name, breach]),
    ...BAD_KEY_SETS,
    ['an error with a description', { callback: (to) => become(to, 'access_denied') }],
    ['an error that is a canary', { callback: (to) => become(to, 'CANARY_error') }],
    [
      'a state of another',
      { callback: (to) => to.set('state', 'CANARYxx.CANARYxxxxxxxxxxxxxxxx') },
    ],
    ['a profile of 4 KB', { claims: { name: 'CANARY'.repeat(700), email: 'CANARY@x' } }],
  ]

  it.each(failures)('L04 holds no secret after %s', async (_, breach) => {
    okta.breach = breach
    expectSilent(await signInAt(world.handler, okta))
  })

  const ring = (key: unknown): string => JSON.stringify({ version: 1, keys: [{ kid: 'a', key }] })

  it.each<[string, string, string]>([
    ['session', 'no JSON', 'CANARY {'],
    ['session', 'a key that is none', ring({ kty: 'RSA', d: 'CANARY', n: 'CANARY', e: 'AQAB' })],
    ['client', 'a key that is none', ring({ kty: 'RSA', d: 'CANARY', n: 'CANARY', e: 'AQAB' })],
    ['client', 'a key of another kind', ring({ kty: 'oct', k: 'CANARY' })],
    ['seal', 'a key too short', ring('CANARY')],
    ['seal', 'nothing', ''],
  ])('L03 L04 and the page hold no secret when the %s ring holds %s', async (name, _, value) => {
    const begun = await world.begin()
    const querystring = await okta.enter(begun.url.href)
    const parameter = `/test/keys/${name}`
    const before = world.cloud.parameters[parameter]!
    try {
      world.cloud.parameters[parameter] = value
      const cold = world.instance(configuredFor(okta, world.configured()))
      const callback = { uri: '/_guard/callback', querystring, cookie: begun.cookie }
      const response = await ask(cold, callback)
      expectRefusal(response, '503')
      expect(response.body).not.toMatch(/\/test\/|keys\/|ring|JSON|SSM|seal-1|session-1|\.ts|\bat /)
      expectSilent({ authorize: begun.url, callback, response })
    } finally {
      world.cloud.parameters[parameter] = before
    }
  })

  it.each([
    ['an error that quotes', { status: 400, body: '{"__type":"X","message":"CANARY arn:aws"}' }],
    ['a type that is no name', { status: 400, body: '{"__type":"CANARY CANARY"}' }],
    ['HTML', { status: 200, body: '<b>CANARY' }],
    ['too much', { status: 200, body: `"${'CANARY'.repeat(60_000)}"` }],
    ['nothing to be read', { status: 200, body: '['.repeat(100_000) }],
    ['a redirect', { status: 302, headers: { location: '/CANARY' }, body: '' }],
  ])('L03 L04 L10 L12 and the page hold no secret when SSM answers with %s', async (_, ssm) => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'CANARY-aws-secret')
    vi.stubEnv('AWS_SESSION_TOKEN', 'CANARY-aws-token')
    try {
      world.cloud.ssm = ssm
      const input = { uri: '/_guard/login', headers: NAVIGATION }
      const response = await refused(world.handler, input, ['503'])
      expect(JSON.stringify(response)).not.toMatch(/CANARY|\/test\/keys|arn:|SSM|GetParameters/)
      const log = [...world.logged, ...written].join('\n')
      expect(log).toContain('"keys"')
      expect(log).not.toMatch(/CANARY|arn:|\/test\/keys/)
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it.each(['/\r\nX: 1', '/\u001b[31mred', '/\u2028{"what":"sign-in"}', `/"},{"a":"`, '/\0'])(
    'L05 is one line of JSON for each event, whatever the path is: %j',
    async (uri) => {
      const event = edgeEvent({ uri })
      Object.assign(event.Records[0]!.cf.config, { requestId: uri })
      Object.assign(event.Records[0]!.cf.request, { headers: null })
      await refused(world.handler, event, ['503', '400'])
      for (const line of world.logged) {
        expect(line).not.toMatch(/[^\P{Cc}]/u)
        expect(JSON.parse(line)).toMatchObject({ what: 'error' })
      }
      expect(written).toEqual([])
    },
  )
})

describe('the pages', () => {
  const MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(1)>\'&'
  const frame = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
  const callback = '/_guard/callback'

  it.each([
    ['/', frame],
    ['/_guard/login', frame],
    ['/_guard/nothing', NAVIGATION],
    [callback, NAVIGATION],
    ['/_guard/logout', { ...NAVIGATION, 'sec-fetch-site': 'cross-site' }],
    ['/_guard/signed-out', NAVIGATION],
  ])(
    'L01 L02 of %s show nothing of the request but escaped, under a strict policy',
    async (uri, headers) => {
      const query = encodeURIComponent(MARKUP)
      const raw = MARKUP.replaceAll(' ', '+')
      for (const value of [query, raw]) {
        const querystring = ['error', 'error_description', 'return_to', 'token', 'state', 'x']
          .map((name) => `${name}=/${value}`)
          .join('&')
        const response = await ask(world.handler, { uri, querystring, headers })
        expectLegal(response)
        expect(response.body).not.toMatch(/<(script|img)|alert\(1\)>|onerror=/i)
        const policy = headerOf(response, 'content-security-policy')!
        expect(policy).toMatch(/^default-src 'none';/)
        expect(policy).toMatch(/frame-ancestors '(none|self)'/)
        expect(policy).not.toMatch(/unsafe|script-src|\*/)
        expect(headerOf(response, 'x-content-type-options')).toBe('nosniff')
        expect(headerOf(response, 'referrer-policy')).toBe('no-referrer')
        expect(headerOf(response, 'strict-transport-security')).toMatch(/^max-age=\d{8}/)
        expect(headerOf(response, 'content-type')).toBe('text/html; charset=utf-8')
      }
    },
  )

  it.each(BAD_ANSWERS)('L03 tell nothing of what is inside after %s', async (_, breach) => {
    okta.breach = breach
    const { response } = await signInAt(world.handler, okta)
    expect(response.body).not.toMatch(
      /okta-1|session-1|client-1|seal-1|\/test\/|invalid_|OAUTH_|Error|\bat |node:|E2TEST|0oaclient/,
    )
  })
})

describe('a flood', () => {
  it('L07 L08 of strangers and of bad cookies asks nobody anything', async () => {
    const cookies = [
      '',
      '__Host-guard=a.b.c',
      `__Host-guard=${jws({ ...SESSION_HEADER, kid: 'x' }, sessionClaims())}`,
      `${sessionCookie()}x`,
      '__Host-guard-tx-AAAAAAAA=seal-9.AAAA; __Host-guard-tx-tried=seal-9.AAAA',
    ]
    for (let i = 0; i < 20; i++) {
      for (const cookie of cookies) {
        for (const uri of [`/${i}`, '/_guard/me', '/_guard/x', '/_guard/signed-out']) {
          await refused(world.handler, { uri, cookie, headers: NAVIGATION }, [
            '200',
            '302',
            '401',
            '404',
          ])
        }
        const querystring = `code=${i}&state=AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA`
        if (!cookie.includes('tx-AAAAAAAA')) {
          await refused(world.handler, { uri: '/_guard/callback', querystring, cookie }, ['400'])
        }
      }
    }
    expect(world.cloud.requests).toEqual([])
    expect(okta.seen).toEqual([])
  })

  it('L07 L08 of callbacks with junk under a known name asks SSM once, and Okta nothing', async () => {
    for (let i = 0; i < 50; i++) {
      const cookie = `__Host-guard-tx-AAAAAAAA=seal-${i}.AAAA`
      const querystring = `code=${i}&state=AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA`
      await refused(world.handler, { uri: '/_guard/callback', querystring, cookie }, ['400'])
    }
    expect(world.asked('/')).toBe(1)
    expect(okta.seen).toEqual([])
  })

  const LONG = 20_000
  const long = (unit: string): string => unit.repeat(LONG / unit.length)

  // A pattern that backtracks would not end before the test runner's own limit.
  it.each(
    [
      ' ',
      ';',
      '=',
      '; ',
      ' ;',
      '__Host-guard',
      '__Host-guard=',
      '__Host-guard-tx-',
      '%',
      '%25',
    ].concat([
      '%2',
      '/',
      '..',
      '/../',
      '\\',
      '+',
      'a ',
      'text/html',
      '-',
      '.',
      'é',
      '"',
      '\t',
      '&',
    ]),
  )('L06 L09 of %j, 20 KB of it, comes to an end everywhere', async (unit) => {
    const value = long(unit)
    const names = ['accept', 'sec-fetch-mode', 'purpose', 'sec-purpose', 'host', 'x-requested-with']
    for (const name of names) {
      await refused(world.handler, { headers: { ...NAVIGATION, [name]: value } })
    }
    const ways = ['/', '/_guard/login', '/_guard/callback', '/_guard/logout', '/_guard/me']
    const statuses = ['200', '302', '400', '401', '404']
    for (const uri of ways) {
      const headers = NAVIGATION
      await refused(world.handler, { uri, headers, cookie: value }, statuses)
      await refused(world.handler, { uri, headers, cookie: `__Host-guard=${value}` }, statuses)
      for (const querystring of [value, `return_to=/${value}`, `state=${value}&token=${value}`]) {
        await refused(world.handler, { uri, headers, querystring }, statuses)
      }
      await refused(world.handler, { uri: uri + value, headers }, statuses)
    }
  })

  it('L11 of addresses in tokens and parameters leads nowhere', async () => {
    const evil = await answering((_, response) => response.end('{}'))
    const header = { ...SESSION_HEADER, jku: evil.url, x5u: evil.url }
    const cookie = `__Host-guard=${jws(header, sessionClaims({ iss: evil.url }))}`
    await refused(world.handler, { cookie, headers: NAVIGATION }, ['302'])
    const querystring = `iss=${evil.url}&request_uri=${evil.url}`
    await refused(world.handler, { uri: '/_guard/login', querystring, headers: NAVIGATION }, [
      '400',
    ])
    okta.breach = { callback: (to) => to.set('iss', evil.url) }
    expectRefusal((await signInAt(world.handler, okta)).response, '400')
    okta.breach = {
      header: { kid: 'new', jku: evil.url, x5u: evil.url },
      claims: { iss: evil.url, jwks_uri: evil.url },
      signature: rs256(KEYS.okta.privateKey),
    }
    expectRefusal((await signInAt(world.handler, okta)).response, '502')
    expect(evil.seen).toEqual([])
  })
})

function become(parameters: URLSearchParams, error: string): void {
  parameters.delete('code')
  parameters.set('error', error)
  parameters.set('error_description', 'CANARY <b>')
  parameters.set('error_uri', 'https://CANARY.example/')
}
