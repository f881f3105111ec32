import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startSandbox, type Sandbox } from '../../../src/sandbox/index.ts'
import { createWeb } from '../../../src/web/index.ts'

describe('a bucket of the sandbox, asked as a stranger', () => {
  const REST = 'https://sandbox-site-1.s3.us-east-1.amazonaws.com'
  const PATH_STYLE = 'https://s3.us-east-1.amazonaws.com/sandbox-site-1'
  const WEBSITE = 'http://sandbox-site-1.s3-website-us-east-1.amazonaws.com'
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox()
    sandbox.createSite({ files: { 'index.html': 'secret', 'a&b.html': 'secret too' } })
  })
  afterAll(() => sandbox.close())
  const ask = (address: string) => createWeb({ s3: sandbox.aws.url }).askBucket(address)

  test('is private as it is made: nothing is told, not even what is missing', async () => {
    for (const path of ['/index.html', '/missing.html', '/?list-type=2']) {
      expect(await ask(REST + path)).toEqual({ kind: 'closed', status: 403 })
    }
    expect(await ask(`${PATH_STYLE}/index.html`)).toEqual({ kind: 'closed', status: 403 })
    expect(await ask(`${WEBSITE}/`)).toEqual({ kind: 'none' })
    expect(await ask('https://nobody.s3.us-east-1.amazonaws.com/x')).toEqual({ kind: 'none' })
  })

  test('is open where it was opened, endpoint by endpoint', async () => {
    sandbox.aws.openBucket('sandbox-site-1', { read: true })
    expect(await ask(`${REST}/index.html`)).toEqual({ kind: 'open', keys: [] })
    expect(await ask(`${PATH_STYLE}/index.html`)).toEqual({ kind: 'open', keys: [] })
    expect(await ask(`${REST}/?list-type=2`)).toEqual({ kind: 'closed', status: 403 })
    expect(await ask(`${WEBSITE}/`)).toEqual({ kind: 'none' })
    sandbox.aws.openBucket('sandbox-site-1', { list: true, website: true })
    expect(await ask(`${REST}/missing.html`)).toEqual({ kind: 'missing' })
    const list = await ask(`${REST}/?list-type=2`)
    expect(list).toEqual({ kind: 'open', keys: ['index.html', 'a&b.html'] })
    expect(await ask(`${WEBSITE}/`)).toEqual({ kind: 'closed', status: 403 })
    sandbox.aws.openBucket('sandbox-site-1', { read: true, website: true })
    expect(await ask(`${WEBSITE}/`)).toMatchObject({ kind: 'open' })
  })

  test('is asked without credentials and without a change', () => {
    const calls = sandbox.operations.log.filter(({ service }) => service === 's3')
    expect(new Set(calls.map(({ operation }) => operation))).toEqual(
      new Set(['GetObject', 'ListObjectsV2']),
    )
    expect(calls.some(({ mutating }) => mutating)).toBe(false)
  })
})

describe('an answer that is not what it seems', () => {
  async function answering(
    handler: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<(address: string) => Promise<unknown>> {
    const server = createServer(handler)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const s3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const web = createWeb({ s3, timeoutMs: 300 })
    return (address) => web.askBucket(address)
  }
  const ADDRESS = 'https://site.s3.us-east-1.amazonaws.com/index.html'

  test('the sign-in page of a network is no open bucket', async () => {
    const ask = await answering((_, response) => response.end('<html>Welcome to the hotel</html>'))
    expect(await ask(ADDRESS)).toEqual({
      kind: 'unreachable',
      detail: 'something other than S3 answered HTTP 200',
    })
  })

  test('the bucket is in another region', async () => {
    const ask = await answering((_, response) =>
      response
        .writeHead(301, { 'x-amz-request-id': '1', 'x-amz-bucket-region': 'eu-west-1' })
        .end(),
    )
    expect(await ask(ADDRESS)).toEqual({ kind: 'elsewhere', region: 'eu-west-1' })
  })

  test('S3 has no time, or never answers', async () => {
    const busy = await answering((_, response) =>
      response.writeHead(503, { 'x-amz-request-id': '1' }).end(),
    )
    expect(await busy(ADDRESS)).toMatchObject({ kind: 'unreachable' })
    const silent = await answering(() => undefined)
    expect(await silent(ADDRESS)).toEqual({
      kind: 'unreachable',
      detail: 'it did not answer in time',
    })
  })

  test('what is asked for is S3’s own host, without a credential', async () => {
    const seen: IncomingMessage[] = []
    const ask = await answering((request, response) => {
      seen.push(request)
      response.writeHead(403, { 'x-amz-request-id': '1' }).end()
    })
    await ask(`${ADDRESS}?x=1`)
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/index.html?x=1' })
    expect(seen[0]?.headers).toEqual({
      accept: '*/*',
      connection: 'close',
      host: 'site.s3.us-east-1.amazonaws.com',
      'user-agent': 's3-okta-guard',
    })
  })
})
