import { unzipSync } from 'fflate'
import type { CloudFrontResultResponse } from 'aws-lambda'
import { beforeEach, describe, expect, it } from 'vitest'
import { loadEdgeBuild } from '../../src/edge-package/build.ts'
import { makeEdgeZip } from '../../src/edge-package/zip.ts'
import { createHandler } from '../../src/edge-function/handler.ts'
import { load } from '../../src/edge-function/load.ts'
import * as signIn from '../../src/edge-function/sign-in/index.ts'
import { checkResult } from '../../src/sandbox/cloudfront/result.ts'
import type { EventInput } from '../helpers/edge.ts'
import {
  ask,
  cookiesSet,
  edgeConfig,
  edgeEvent,
  headerOf,
  isPassed,
  KEYS,
  NAVIGATION,
  sessionCookie,
} from '../helpers/edge.ts'
import { signInWorld } from '../helpers/edge-sign-in.ts'
import { configuredFor, signInAt, startHostileOkta } from '../helpers/hostile-okta.ts'
import type { HostileOkta } from '../helpers/hostile-okta.ts'
import { expectLegal, refused } from './oracle.ts'

const world = signInWorld()
let okta: HostileOkta

beforeEach(async () => {
  okta = await startHostileOkta()
  world.handler = world.instance(configuredFor(okta, world.configured()))
})

const PATHS = ['/', '/a', '/_guard/login', '/_guard/callback', '/_guard/logout'].concat([
  '/_guard/signed-out',
  '/_guard/me',
  '/_guard/x',
  '/_guard/',
])

describe('the request as CloudFront gives it', () => {
  it.each([
    ['/a%2Fb%2fc', ''],
    ['/a%5Cb%5c/%25%2e%2E', 'x=%2F&x=%2f'],
    ['//a/./b/../c', 'a=1&a=2'],
    ['/a+b', 'q=a+b&&=&'],
    ['/%zz%', '?'],
    ['/', 'http://evil.example/'],
  ])('E01 E02 goes to the origin byte for byte: %s?%s', async (uri, querystring) => {
    const input = { uri, querystring, cookie: sessionCookie() }
    const passed = await world.handler(edgeEvent(input))
    expect(passed).toMatchObject({ uri, querystring, method: 'GET' })
    const response = await refused(world.handler, { uri, querystring, headers: NAVIGATION }, [
      '302',
    ])
    const back = new URL(headerOf(response, 'location')!).searchParams.getAll('return_to')
    expect(back).toEqual([querystring ? `${uri}?${querystring}` : uri])
  })

  it.each([
    '/_guard%2Flogin',
    '/%5Fguard/login',
    '/_GUARD/login',
    '/_guard//login',
    '/x/_guard/me',
  ])('E01 %s is compared raw, and is none of the guard’s own', async (uri) => {
    expect(await isPassed(world.handler, { uri, cookie: sessionCookie() })).toBe(
      !uri.startsWith('/_guard/'),
    )
    await refused(world.handler, { uri, headers: NAVIGATION }, ['302', '404'])
  })

  it.each(['/é', '/\xff\xfe', '/\ud800', '/\u202e', '/a\u0000b', '/\u0085', '/%ff%fe', '/%c0%ae'])(
    'E03 %j is no trouble',
    async (uri) => {
      for (const querystring of ['', uri.slice(1)]) {
        await refused(world.handler, { uri, querystring, headers: NAVIGATION })
        await refused(world.handler, { uri: '/_guard/login', querystring: `return_to=${uri}` })
        await refused(world.handler, { uri: '/_guard/callback', querystring: `state=${uri}` })
      }
    },
  )

  it.each(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'get', ''])(
    'E04 E07 E13 %j without a session never passes, whatever it is conditional on',
    async (method) => {
      const headers = { 'if-none-match': '*', 'if-modified-since': 'x', range: 'bytes=0-' }
      for (const uri of PATHS) {
        for (const more of [{}, NAVIGATION]) {
          const input = { method, uri, headers: { ...headers, ...more } }
          await refused(world.handler, input, ['200', '302', '400', '401', '404', '405'])
        }
      }
    },
  )

  it('E16 a WebSocket handshake without a session is 401, and passes with one', async () => {
    const headers = { 'sec-fetch-mode': 'websocket', 'sec-websocket-version': '13' }
    await refused(world.handler, { headers }, ['401'])
    expect(await isPassed(world.handler, { headers, cookie: sessionCookie() })).toBe(true)
  })

  it('E17 over http gets addresses and cookies for https alone', async () => {
    const headers = { ...NAVIGATION, 'cloudfront-forwarded-proto': 'http' }
    for (const uri of ['/', '/_guard/login']) {
      const response = await refused(world.handler, { uri, headers }, ['302'])
      const { protocol, searchParams } = new URL(headerOf(response, 'location')!)
      if (uri === '/') expect(protocol).toBe('https:')
      else expect(searchParams.get('redirect_uri')).toMatch(/^https:/)
      for (const { value } of response.headers!['set-cookie'] ?? []) expect(value).toMatch(/Secure/)
    }
  })

  it('E18 has no test hook: members that CloudFront does not send change nothing', async () => {
    const event = edgeEvent({ headers: NAVIGATION })
    const { cf } = event.Records[0]!
    Object.assign(cf.config, { test: true, ...edgeConfig(), bypass: true, session: { sub: 'x' } })
    Object.assign(cf.request, { session: { sub: 'x' }, origin: {}, body: { data: 'x' } })
    Object.assign(event, { test: true, sessionKeys: [] })
    const response = await refused(world.handler, event, ['302'])
    expect(response).toEqual(await ask(world.handler, { headers: NAVIGATION }))
  })

  it.each<[string, unknown]>([
    ['no headers', undefined],
    ['headers that are null', null],
    ['no host', {}],
    ['an empty host list', { host: [] }],
    ['a host of nothing', { host: [null] }],
    ['a host without value', { host: [{ key: 'Host' }] }],
    ['a cookie list of nothing', { cookie: [null] }],
    ['a cookie that is text', { cookie: 'x' }],
    ['a cookie without value', { cookie: [{ key: 'Cookie' }] }],
    ['a cookie that is a number', { cookie: [{ value: 1 }] }],
  ])('E19 E24 with %s is answered and not passed', async (_, changes) => {
    for (const uri of PATHS) {
      const event = edgeEvent({ uri, headers: NAVIGATION })
      const { request } = (event as Spoilable).Records[0]!.cf
      const isObject = typeof changes === 'object' && changes !== null
      const whole = isObject && Object.keys(changes).length > 0
      request.headers = whole ? Object.assign({}, request.headers, changes) : changes
      await refused(world.handler, event, ['308', '400', '503'])
    }
  })

  it.each([undefined, null, 0, '', [], {}, { Records: [] }, { Records: [{}] }, { Records: null }])(
    'E24 an event like %j is 503 and not passed',
    async (event) => {
      const result = (await world.handler(event as never)) as CloudFrontResultResponse
      expect(result.status).toBe('503')
      expectLegal(result)
    },
  )
})

describe('the answer to CloudFront', () => {
  it('E06 E07 E08 E09 E10 E14 is legal and never stored, on each way through the function', async () => {
    const answers: [EventInput, CloudFrontResultResponse][] = []
    for (const uri of PATHS) {
      for (const cookie of ['', sessionCookie(), sessionCookie({ exp: 1, iat: 0, start: 0 })]) {
        for (const headers of [{}, NAVIGATION, { ...NAVIGATION, 'sec-fetch-dest': 'iframe' }]) {
          const input = { uri, cookie, headers: { ...headers, via: '2.0 x', te: 'x' } }
          const event = edgeEvent(input)
          const sent = structuredClone(event.Records[0]!.cf.request)
          const result = await world.handler(event)
          expect(checkResult(result, sent as never).kind).not.toBe('invalid')
          if ('status' in Object(result)) answers.push([input, result as CloudFrontResultResponse])
        }
      }
    }
    okta.breach = { token: { status: 500, body: '' } }
    const { response, callback } = await signInAt(world.handler, okta)
    answers.push([callback, response])
    okta.breach = {}
    const good = await signInAt(world.handler, okta)
    answers.push([good.callback, good.response])
    for (const [, answer] of answers) expectLegal(answer)
    const statuses = new Set(answers.map(([, { status }]) => status))
    expect([...statuses].sort()).toEqual(['200', '302', '303', '400', '401', '404', '503'])
  })

  it('E05 E06 sets less than 8 KB of cookies, however many were sent and however long', async () => {
    const jar = new Map<string, string>()
    const sent = (): string => [...jar].map((pair) => pair.join('=')).join('; ')
    for (let tab = 0; tab < 30; tab++) {
      const querystring = `return_to=/${'x'.repeat(500)}`
      const { response } = await world.begin({ querystring, cookie: sent() })
      expectLegal(response)
      for (const [name, value] of cookiesSet(response)) {
        if (value) jar.set(name, value)
        else jar.delete(name)
      }
      expect(sent().length).toBeLessThan(5.5 * 1024)
    }
    const junk = Array.from({ length: 180 }, (_, i) => `__Host-guard-tx-${i}=${'y'.repeat(60)}`)
    const input = { uri: '/_guard/login', headers: NAVIGATION, cookie: junk.join('; ') }
    await refused(world.handler, input, ['302'])
  })

  it('E11 is made for each viewer anew: one who passed opens the way for nobody else', async () => {
    const input = { uri: '/report', headers: NAVIGATION }
    for (let i = 0; i < 3; i++) {
      expect(await isPassed(world.handler, { ...input, cookie: sessionCookie() })).toBe(true)
      await refused(world.handler, input, ['302'])
      await refused(world.handler, { ...input, cookie: '__Host-guard=' }, ['302'])
    }
  })
})

describe('a fault in the function', () => {
  const configured = () => load(world.configured(), () => world.now)
  const broken = (): never => {
    throw new Error('CANARY')
  }

  it('E24 of any kind is 503, and never a pass', async () => {
    const bad = new Map<string, never>()
    bad.get = broken
    const handlers = [
      createHandler(broken, () => signIn),
      createHandler(broken, broken),
      createHandler(configured, broken),
      createHandler(
        () => ({ ...configured(), origins: bad }),
        () => signIn,
      ),
      createHandler(
        () => ({ ...configured(), verified: bad }),
        () => signIn,
      ),
      createHandler(
        () => ({ ...configured(), sessionKeys: bad }),
        () => signIn,
      ),
      createHandler(configured, () => ({ ...signIn, answer: broken })),
      createHandler(configured, () => ({ answer: broken, failure: broken })),
      createHandler(configured, () => ({ ...signIn, answer: () => Promise.reject(new Error()) })),
    ]
    for (const [index, handler] of handlers.entries()) {
      const uri = index === 2 || index > 5 ? '/_guard/login' : '/'
      await refused(handler, { uri, cookie: sessionCookie(), headers: NAVIGATION }, ['503'])
    }
  })
})

describe('the zip', () => {
  it('E25 L12 is three files, small, with nothing secret and nothing of ours but them', async () => {
    const { bytes } = makeEdgeZip(await loadEdgeBuild(), world.configured())
    expect(bytes.length).toBeLessThan(25 * 1024)
    const files = unzipSync(bytes)
    expect(Object.keys(files).sort()).toEqual(['config.json', 'index.js', 'sign-in.js'])
    const text = Object.values(files)
      .map((file) => Buffer.from(file).toString())
      .join('\n')
    expect(text).not.toMatch(/sourceMappingURL|sourcesContent|PRIVATE KEY|BEGIN /)
    for (const { d } of [KEYS.session, KEYS.client, KEYS.okta].map(
      ({ privateJwk }) => privateJwk,
    )) {
      expect(text).not.toContain(d)
    }
    expect(text).not.toContain(KEYS.seal.key)
    expect(Buffer.from(files['config.json']!).toString()).not.toMatch(/"(d|p|q|dp|dq|qi|k)":/)
  })

  it('O21 has no word in it that would relax TLS', async () => {
    const { scripts } = await loadEdgeBuild()
    for (const script of Object.values(scripts)) {
      expect(Buffer.from(script).toString()).not.toMatch(
        /rejectUnauthorized|NODE_TLS|checkServerIdentity|secureContext/,
      )
    }
  })
})

/** An event to be spoiled. */
interface Spoilable {
  Records: { cf: { config: object; request: { headers: unknown } } }[]
}
