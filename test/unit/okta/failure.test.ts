import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { createOkta } from '../../../src/okta/index.ts'
import type { OktaCall } from '../../../src/okta/executor.ts'
import type { OktaAdmin } from '../../../src/okta/types.ts'
import { answering, json } from '../../helpers/answering.ts'
import { FIELDS } from './fields.ts'

const CANARY = '00CANARY_token-that-must-not-be-seen'
const DATE = 'Mon, 23 Nov 2026 18:00:00 GMT'
const AT = Date.parse(DATE) / 1000

interface Watched {
  okta: OktaAdmin
  calls: OktaCall[]
  waits: number[]
  seen: Awaited<ReturnType<typeof answering>>['seen']
  url: string
}

async function against(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
  signal?: AbortSignal,
): Promise<Watched> {
  const { url, seen } = await answering(answer)
  const calls: OktaCall[] = []
  const waits: number[] = []
  const okta = await createOkta({
    orgUrl: url,
    credentials: { kind: 'token', token: CANARY, source: 'OKTA_CLIENT_TOKEN' },
    onCall: (call) => calls.push(call),
    onWait: (seconds) => waits.push(seconds),
    sleep: () => Promise.resolve(),
    signal,
  })
  return { okta, calls, waits, seen, url }
}

async function failure(run: Promise<unknown>): Promise<GuardError> {
  const error = await run.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof GuardError)) throw error
  const { message, hint, details, next, cause } = error
  const all = JSON.stringify({ message, hint, details, next, cause, stack: error.stack })
  expect(all).not.toContain('CANARY')
  return error
}

function oktaError(errorCode: string, errorSummary: string, causes: string[] = []): object {
  return { errorCode, errorSummary, errorCauses: causes.map((c) => ({ errorSummary: c })) }
}

describe('what Okta refuses reaches the operator', () => {
  it('an expired token: where it came from and what to do', async () => {
    const { okta } = await against((_, response) =>
      json(response, 401, oktaError('E0000011', 'Invalid token provided')),
    )
    const error = await failure(okta.check())
    expect(error.code).toBe('okta-credentials')
    expect(error.message).toBe(
      'Okta does not take the API token from OKTA_CLIENT_TOKEN: Invalid token provided (E0000011).',
    )
    expect(error.hint).toContain('Security > API > Tokens')
  })

  it('a missing role', async () => {
    const { okta } = await against((request, response) =>
      request.url?.startsWith('/api/v1/groups')
        ? json(response, 403, oktaError('E0000006', 'You do not have permission.'))
        : json(response, 200, []),
    )
    const error = await failure(okta.check())
    expect(error.code).toBe('okta-denied')
    expect(error.message).toBe(
      'Okta does not allow the API token from OKTA_CLIENT_TOKEN to list groups: You do not have permission (E0000006).',
    )
    expect(error.hint).toContain('Application Administrator')
    expect(error.hint).toContain('okta.groups.read')
  })

  it('a feature that was not bought is not taken for a bad token', async () => {
    const { okta } = await against((_, response) =>
      json(response, 401, oktaError('E0000015', 'You do not have permission to the feature')),
    )
    expect((await failure(okta.check())).code).toBe('okta-failed')
  })

  it('every cause of a validation error, and never the token that it quotes', async () => {
    const { okta } = await against((_, response) =>
      json(
        response,
        400,
        oktaError('E0000001', `Api validation failed: ${CANARY}`, ['label: in use', CANARY]),
      ),
    )
    const error = await failure(okta.createApp(FIELDS))
    expect(error.message).toBe(
      'Okta refused to create the app "S3 Okta Guard: reports.example.com": Api validation failed: [secret] (E0000001).',
    )
    expect(error.details).toEqual(['label: in use', '[secret]'])
  })

  it('an outage without JSON is not taken for a wrong address', async () => {
    const { okta } = await against((_, response) => {
      response.writeHead(503).end('<html>')
    })
    const error = await failure(okta.check())
    expect(error).toMatchObject({
      code: 'okta-failed',
      message: 'Okta failed to list apps: HTTP 503 without an explanation.',
    })
  })
})

describe('what is no Okta org', () => {
  it.each([
    [200, 'text/html'],
    [404, 'text/html'],
    [403, 'text/plain'],
  ])('HTTP %s %s', async (status, type) => {
    const { okta, url } = await against((_, response) => {
      response.writeHead(status, { 'content-type': type }).end('<html>welcome</html>')
    })
    for (const run of [okta.check(), okta.findGroups('Staff')]) {
      const error = await failure(run)
      expect(error.code).toBe('okta-not-okta')
      expect(error.message).toContain(`${url} is not an Okta org`)
      expect(error.message).not.toContain('welcome')
    }
  })

  it('a redirect is not followed', async () => {
    const elsewhere = await answering((_, response) => json(response, 200, []))
    const { okta } = await against((_, response) => {
      response.writeHead(302, { location: elsewhere.url }).end()
    })
    expect((await failure(okta.check())).code).toBe('okta-not-okta')
    expect(elsewhere.seen).toEqual([])
  })

  it('a next page on another host never gets the token', async () => {
    const elsewhere = await answering((_, response) => json(response, 200, []))
    const { okta } = await against((_, response) =>
      json(response, 200, [{ label: 'x' }], { link: `<${elsewhere.url}/api>; rel="next"` }),
    )
    const error = await failure(okta.findAppsByLabel('label'))
    expect(error.code).toBe('okta-failed')
    expect(error.message).toContain(elsewhere.url)
    expect(elsewhere.seen).toEqual([])
  })
})

describe('what cannot be reached', () => {
  it('says that nothing listens there', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const orgUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await new Promise((resolve) => server.close(resolve))
    const credentials = { kind: 'token' as const, token: CANARY, source: 'a test' }
    const okta = await createOkta({ orgUrl, credentials })
    expect(await failure(okta.check())).toMatchObject({
      code: 'okta-unreachable',
      message: `${orgUrl} cannot be reached: nothing listens there.`,
    })
  })

  it('says that the connection was dropped', async () => {
    const { okta, url } = await against((request) => request.socket.destroy())
    expect(await failure(okta.check())).toMatchObject({
      code: 'okta-unreachable',
      message: `${url} cannot be reached: the connection was dropped.`,
    })
  })

  it('does not send loopback calls through a proxy', async () => {
    process.env['https_proxy'] = 'http://127.0.0.1:9'
    onTestFinished(() => {
      delete process.env['https_proxy']
    })
    const { okta, seen } = await against((_, response) => json(response, 200, []))
    await okta.check()
    expect(seen).toHaveLength(2)
  })

  it('stops when the operator does', async () => {
    const stop = new AbortController()
    const { okta } = await against(() => stop.abort(), stop.signal)
    expect((await failure(okta.check())).code).toBe('interrupted')
  })
})

describe('rate limits', () => {
  const limited = (reset: number) => ({ 'x-rate-limit-reset': String(reset), date: DATE })
  const summary = oktaError('E0000047', 'API call exceeded rate limit due to too many requests.')

  it("are waited out by Okta's own clock, at most three times", async () => {
    let answers = 0
    const { okta, waits, calls } = await against((_, response) => {
      answers += 1
      if (answers <= 3) json(response, 429, summary, limited(AT + 20))
      else json(response, 200, [])
    })
    await okta.check()
    expect(waits).toEqual([21, 21, 21])
    expect(calls.map(({ status }) => status)).toEqual([429, 429, 429, 200, 200])
  })

  it('end the command with the time at which they end', async () => {
    const { okta, waits, seen } = await against((_, response) =>
      json(response, 429, summary, limited(AT + 20)),
    )
    expect(await failure(okta.check())).toMatchObject({
      code: 'okta-throttled',
      message:
        "Okta's rate limit is used up until 18:00:20 UTC: API call exceeded rate limit due to too many requests (E0000047).",
    })
    expect(waits).toHaveLength(3)
    expect(seen).toHaveLength(4)
  })

  it.each([
    ['further away than a minute', limited(AT + 120)],
    ['without the header', { date: DATE }],
    ['with a header sent twice', { ...limited(AT), 'x-rate-limit-reset': `${AT}, ${AT}` }],
  ])('%s are not waited for', async (_, headers) => {
    const { okta, waits } = await against((_request, response) =>
      json(response, 429, summary, headers),
    )
    expect((await failure(okta.check())).code).toBe('okta-throttled')
    expect(waits).toEqual([])
  })
})

describe('every request', () => {
  it('carries the token given, whatever the environment and the current folder hold', async () => {
    process.env['OKTA_CLIENT_TOKEN'] = 'other'
    process.env['OKTA_CLIENT_AUTHORIZATIONMODE'] = 'PrivateKey'
    onTestFinished(() => {
      delete process.env['OKTA_CLIENT_TOKEN']
      delete process.env['OKTA_CLIENT_AUTHORIZATIONMODE']
    })
    const { okta, seen, calls } = await against((_, response) => json(response, 200, []))
    await okta.check()
    expect(seen[0]?.headers.authorization).toBe(`SSWS ${CANARY}`)
    expect(seen[0]?.headers['user-agent']).toMatch(/^s3-okta-guard /)
    expect(calls).toEqual([
      { method: 'GET', path: '/api/v1/apps?limit=1', status: 200 },
      { method: 'GET', path: '/api/v1/groups?limit=1', status: 200 },
    ])
  })

  it('leaves no listener on the signal of the run', async () => {
    const warnings: string[] = []
    const listen = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', listen)
    onTestFinished(() => void process.off('warning', listen))
    const { okta } = await against((_, response) => {
      response.writeHead(204).end()
    }, new AbortController().signal)
    await Promise.all(Array.from({ length: 30 }, () => okta.unassignGroup('0oa1', '00g1')))
    await new Promise((resolve) => setImmediate(resolve))
    expect(warnings).toEqual([])
  })

  it('asks anew each time: nothing is cached', async () => {
    const { okta, seen } = await against((_, response) => json(response, 200, { id: '0oa1' }))
    await okta.getApp('0oa1')
    await okta.getApp('0oa1')
    expect(seen).toHaveLength(2)
  })

  it.each([
    ['', 'The Okta API token from a test is empty.'],
    ['a\nCANARY', 'The Okta API token from a test is not one word of plain characters.'],
  ])('is not sent with a token that no header can carry', async (token, message) => {
    const orgUrl = 'http://127.0.0.1:9'
    const run = createOkta({ orgUrl, credentials: { kind: 'token', token, source: 'a test' } })
    expect(await failure(run)).toMatchObject({ code: 'okta-credentials', message })
  })
})
