import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createWeb } from '../../../src/web/index.ts'
import { classify } from '../../../src/web/stranger.ts'
import { answering } from '../../helpers/answering.ts'

const CLOUDFRONT = { server: 'CloudFront', 'x-cache': 'Error from cloudfront' }

describe('what a stranger was answered', () => {
  it.each([
    [302, { 'x-s3-okta-guard': 'login' }, { kind: 'guarded', status: 302, marker: 'login' }],
    [
      400,
      { 'x-s3-okta-guard': 'bad-request' },
      { kind: 'guarded', status: 400, marker: 'bad-request' },
    ],
    [
      503,
      { 'x-s3-okta-guard': 'error' },
      { kind: 'broken', status: 503, detail: 'the guard answered with its error page' },
    ],
    [
      503,
      { server: 'CloudFront', 'x-cache': 'LambdaExecutionError from cloudfront' },
      { kind: 'broken', status: 503, detail: 'LambdaExecutionError from cloudfront' },
    ],
    [
      502,
      { server: 'CloudFront', 'x-cache': 'LambdaValidationError from cloudfront' },
      { kind: 'broken', status: 502, detail: 'LambdaValidationError from cloudfront' },
    ],
    [
      502,
      { server: 'CloudFront' },
      { kind: 'broken', status: 502, detail: 'CloudFront answered 502' },
    ],
    [200, { 'x-cache': 'Miss from cloudfront' }, { kind: 'open', status: 200 }],
    [304, {}, { kind: 'open', status: 304 }],
    [302, { location: 'https://login.example' }, { kind: 'open', status: 302 }],
    [200, { 'x-cache': 'LambdaGeneratedResponse from cloudfront' }, { kind: 'open', status: 200 }],
    [
      301,
      {
        server: 'CloudFront',
        'x-cache': 'Redirect from cloudfront',
        location: 'https://a.example/',
      },
      { kind: 'unreachable', detail: 'CloudFront sends http on to https' },
    ],
    [403, CLOUDFRONT, { kind: 'unreachable', detail: 'CloudFront itself answered 403' }],
  ])('HTTP %s %j', (status, headers, answer) => {
    expect(classify(status, headers)).toEqual(answer)
  })

  it("takes S3's own refusal for open: the function did not run", () => {
    const s3 = { server: 'AmazonS3', 'x-cache': 'Error from cloudfront' }
    expect(classify(403, s3)).toEqual({ kind: 'open', status: 403 })
    expect(classify(404, s3)).toEqual({ kind: 'open', status: 404 })
    expect(classify(503, s3)).toEqual({ kind: 'open', status: 503 })
    const request = { ...CLOUDFRONT, 'x-amz-request-id': '0A49' }
    expect(classify(403, request)).toEqual({ kind: 'open', status: 403 })
  })
})

describe('the request of a stranger', () => {
  it('asks for the origin at the address given, without cookies, as a browser navigates', async () => {
    const { host, seen } = await answering((_, response) => {
      response.writeHead(302, { 'x-s3-okta-guard': 'login', location: '/elsewhere' }).end()
    })
    const answer = await createWeb().askAsStranger({
      origin: 'http://localhost:8080',
      connect: host,
      path: '/a%20b/?q=%2F',
    })
    expect(answer).toEqual({ kind: 'guarded', status: 302, marker: 'login' })
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/a%20b/?q=%2F' })
    expect(seen[0]?.headers).toMatchObject({
      host: 'localhost:8080',
      accept: 'text/html,application/xhtml+xml',
      'sec-fetch-mode': 'navigate',
    })
    expect(seen[0]?.headers).not.toHaveProperty('cookie')
  })

  it('reads the head only: a body that never ends is no hindrance', async () => {
    const { host } = await answering((_, response) => {
      response.writeHead(200)
      response.write('secret')
    })
    expect(
      await createWeb().askAsStranger({ origin: 'http://localhost', connect: host, path: '/' }),
    ).toEqual({ kind: 'open', status: 200 })
  })

  it('speaks TLS for an https origin, to the host that it was given', async () => {
    const { host } = await answering((_, response) => response.writeHead(200).end())
    const answer = await createWeb().askAsStranger({
      origin: 'https://reports.example.com',
      connect: host,
      path: '/',
    })
    expect(answer).toEqual({ kind: 'unreachable', detail: `${host}: it does not speak TLS there` })
  })

  it('names the origin in the TLS handshake, not the address that it connects to', async () => {
    const names: string[] = []
    const server = createServer({
      SNICallback: (name, done) => {
        names.push(name)
        done(new Error('no certificate here'))
      },
    })
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const connect = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const question = { origin: 'https://reports.example.com', connect, path: '/' }
    expect((await createWeb().askAsStranger(question)).kind).toBe('unreachable')
    expect(names).toEqual(['reports.example.com'])
  })

  it('is answered with what went wrong, never with an exception', async () => {
    const silent = await answering(() => undefined)
    const question = { origin: 'http://localhost', connect: silent.host, path: '/' }
    expect(await createWeb({ timeoutMs: 20 }).askAsStranger(question)).toEqual({
      kind: 'unreachable',
      detail: `${silent.host}: it did not answer in time`,
    })
    expect(await createWeb({ signal: AbortSignal.abort() }).askAsStranger(question)).toEqual({
      kind: 'unreachable',
      detail: `${silent.host}: stopped`,
    })
    const odd = await createWeb().askAsStranger({ ...question, path: '/a b' })
    expect(odd.kind).toBe('unreachable')
  })
})
