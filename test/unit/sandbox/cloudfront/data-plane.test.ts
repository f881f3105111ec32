import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { request as httpRequest } from 'node:http'
import { strToU8, zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type SandboxCloudFront,
  startCloudFront,
} from '../../../../src/sandbox/cloudfront/index.ts'
import type { ViewerRequestEvent } from '../../../../src/sandbox/cloudfront/event.ts'
import { bucketOf } from '../../../../src/sandbox/site/bucket.ts'
import type { EdgeDistribution, EdgeSource, EdgeVersion } from '../../../../src/sandbox/types.ts'

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

let distribution: EdgeDistribution
let code: string
let timeout: number
let cloudfront: SandboxCloudFront

const folders = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('s3-okta-guard-sandbox-'))

function version(arn: string): EdgeVersion {
  return {
    arn,
    functionName: 'fn',
    version: arn.slice(-1),
    // The same code is the same zip, whatever the time.
    zip: zipSync({ 'index.js': strToU8(code) }, { mtime: '2026-01-01' }),
    handler: 'index.handler',
    timeout,
    credentials: { accessKeyId: 'AKIDROLE', secretAccessKey: 's', sessionToken: 't' },
  }
}

const bucket = bucketOf({
  'index.html': '<h1>home</h1>',
  'error.html': '<h1>custom</h1>',
  'a b.txt': 'spaced',
})

beforeEach(async () => {
  code = 'exports.handler = async (event) => event.Records[0].cf.request'
  timeout = 5
  distribution = {
    id: 'E1',
    domainName: 'set below',
    enabled: true,
    aliases: ['reports.example.com'],
    defaultRootObject: 'index.html',
    origins: [{ id: 's3', domainName: 'b.s3.us-east-1.amazonaws.com', originPath: '' }],
    behaviors: [
      {
        pathPattern: '*',
        targetOriginId: 's3',
        allowedMethods: ['GET', 'HEAD'],
        viewerProtocolPolicy: 'redirect-to-https',
        viewerRequest: 'arn:1',
      },
    ],
    customErrorResponses: [],
  }
  const source: EdgeSource = {
    deployed: (host) =>
      host === distribution.domainName || distribution.aliases.includes(host)
        ? distribution
        : undefined,
    version,
    object: (_domain, key) => bucket.get(key),
    snapshot: () => ({ deployed: source.deployed, version }),
  }
  cloudfront = await startCloudFront({ source })
  distribution.domainName = cloudfront.domainName
})
afterEach(() => cloudfront.close())

function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string | string[]> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const message = httpRequest(
      {
        host: '127.0.0.1',
        port: cloudfront.port,
        path,
        method: options.method ?? 'GET',
        headers: { host: cloudfront.domainName, ...options.headers },
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => (body += part))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        )
      },
    )
    message.on('error', reject)
    message.end()
  })
}

describe('the event', () => {
  it('carries the raw uri and query, cookies in order and Lambda environment only', async () => {
    code = `exports.handler = async (event) => ({ status: '200', body: JSON.stringify({
      event, env: Object.keys(process.env).sort() }) })`
    const answer = await ask('/a%2Fb/%7e?x=%20+&&y', {
      headers: { 'X-Mixed': 'V', cookie: ['a=1', 'b=2'], connection: 'close' },
    })
    const { event, env } = JSON.parse(answer.body) as { event: ViewerRequestEvent; env: string[] }
    const { config, request } = event.Records[0].cf
    expect(config).toMatchObject({
      distributionId: 'E1',
      distributionDomainName: cloudfront.domainName,
      eventType: 'viewer-request',
      requestId: answer.headers['x-amz-cf-id'],
    })
    expect(request).toMatchObject({ uri: '/a%2Fb/%7e', querystring: 'x=%20+&&y', method: 'GET' })
    expect(request.headers['x-mixed']).toEqual([{ key: 'X-Mixed', value: 'V' }])
    expect(request.headers['cookie']?.map((one) => one.value).join('; ')).toBe('a=1; b=2')
    expect(request.headers).not.toHaveProperty('connection')
    expect(env.filter((name) => !name.startsWith('AWS_'))).toEqual(
      expect.not.arrayContaining(['PATH', 'HOME', 'NODE_OPTIONS']),
    )
    expect(env).toEqual(expect.arrayContaining(['AWS_ACCESS_KEY_ID', 'AWS_SESSION_TOKEN']))
    expect(answer.headers['x-cache']).toBe('LambdaGeneratedResponse from cloudfront')
  })
})

describe('without a function', () => {
  beforeEach(() => {
    distribution.behaviors[0]!.viewerRequest = undefined
  })

  it.each([
    ['/', 200, '<h1>home</h1>'],
    ['/index.html?x=1', 200, '<h1>home</h1>'],
    ['/a%20b.txt', 200, 'spaced'],
  ])('serves %s', async (path, status, body) => {
    expect(await ask(path)).toMatchObject({ status, body })
  })

  it('answers for an alias and refuses a host that it does not know', async () => {
    expect((await ask('/', { headers: { host: 'reports.example.com' } })).status).toBe(200)
    const unknown = await ask('/', { headers: { host: 'other.example.com' } })
    expect(unknown).toMatchObject({ status: 403, headers: { server: 'CloudFront' } })
  })

  it('answers a missing object with 403, as S3 does without ListBucket', async () => {
    const answer = await ask('/missing')
    expect(answer).toMatchObject({ status: 403, headers: { server: 'AmazonS3' } })
    expect(answer.body).toContain('<Code>AccessDenied</Code>')
  })

  it('puts the custom error page in its place', async () => {
    distribution.customErrorResponses = [
      { errorCode: 403, responsePagePath: '/error.html', responseCode: '404' },
    ]
    expect(await ask('/missing')).toMatchObject({ status: 404, body: '<h1>custom</h1>' })
  })

  it('answers HEAD, ranges and If-None-Match', async () => {
    const head = await ask('/', { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': '13' } })
    const range = await ask('/', { headers: { range: 'bytes=4-7' } })
    expect(range).toMatchObject({
      status: 206,
      body: 'home',
      headers: { 'content-range': 'bytes 4-7/13' },
    })
    const etag = String(head.headers['etag'])
    expect((await ask('/', { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await ask('/', { headers: { range: 'bytes=99-' } })).status).toBe(416)
  })

  it('refuses a method that the behavior does not allow', async () => {
    expect(await ask('/', { method: 'POST' })).toMatchObject({ status: 403 })
  })

  it.each([
    ['a URL over 8,192 bytes', `/${'u'.repeat(8192)}`, {}, 414],
    ['a request over 20,480 bytes', '/', { 'x-big': 'b'.repeat(20_480) }, 494],
  ])('refuses %s', async (_what, path, headers, status) => {
    expect((await ask(path, { headers })).status).toBe(status)
  })

  it('serves nothing of a disabled distribution', async () => {
    distribution.enabled = false
    expect((await ask('/')).status).toBe(403)
  })
})

describe('with a function', () => {
  it.each([
    [
      'throws',
      `exports.handler = async () => { throw new Error('x') }`,
      503,
      'LambdaExecutionError',
    ],
    ['does not load', `syntax error`, 503, 'LambdaExecutionError'],
    ['exits', `exports.handler = async () => process.exit(1)`, 503, 'LambdaExecutionError'],
    ['returns rubbish', `exports.handler = async () => 42`, 502, 'LambdaValidationError'],
    [
      'calls back with nothing',
      `exports.handler = (e, c, done) => done(null)`,
      502,
      'LambdaValidationError',
    ],
  ])('answers as CloudFront when it %s', async (_what, source, status, cache) => {
    code = source
    const answer = await ask('/')
    expect(answer.status).toBe(status)
    expect(answer.headers['x-cache']).toBe(`${cache} from cloudfront`)
    expect(answer.body).not.toContain('home')
  })

  it('kills a function that is too slow, and goes on with a new instance', async () => {
    timeout = 0.3
    code = `exports.handler = (e) => e.Records[0].cf.request.uri === '/slow'
      ? new Promise(() => setInterval(() => {}, 1000)) : e.Records[0].cf.request && Promise.resolve(e.Records[0].cf.request)`
    expect((await ask('/slow')).status).toBe(503)
    expect(cloudfront.logs.some((line) => line.includes('Task timed out'))).toBe(true)
    expect((await ask('/')).status).toBe(200)
    expect(cloudfront.coldStarts).toBe(2)
  })

  it('gives one instance one request at a time, and keeps it warm', async () => {
    code = `let busy = 0
      exports.handler = async (event) => { busy += 1
        await new Promise((resolve) => setTimeout(resolve, 30))
        const now = busy; busy -= 1
        return { status: '200', body: String(now) } }`
    const all = await Promise.all(Array.from({ length: 8 }, () => ask('/')))
    expect(all.map((one) => one.body)).toEqual(Array(8).fill('1'))
    const before = cloudfront.coldStarts
    await ask('/')
    expect(cloudfront.coldStarts).toBe(before)
  })

  it('collects what the function writes', async () => {
    code = `exports.handler = async (e) => { console.log('hello'); return e.Records[0].cf.request }`
    await ask('/')
    await expect.poll(() => cloudfront.logs).toContain('hello')
  })

  it('fetches a custom error page without the function', async () => {
    code = `exports.handler = async (e) => { if (e.Records[0].cf.request.uri === '/error.html')
      throw new Error('never'); return { ...e.Records[0].cf.request, uri: '/missing' } }`
    distribution.customErrorResponses = [
      { errorCode: 403, responsePagePath: '/error.html', responseCode: '' },
    ]
    expect(await ask('/')).toMatchObject({ status: 403, body: '<h1>custom</h1>' })
  })

  it('remembers what it forwarded to the origin', async () => {
    await ask('/?q=%20')
    expect(cloudfront.forwarded.at(-1)).toMatchObject({ uri: '/', querystring: 'q=%20' })
  })
})

it('leaves no process and no folder behind', async () => {
  await ask('/')
  const mine = folders()
  expect(mine.length).toBeGreaterThan(0)
  await cloudfront.close()
  const left = folders().filter((name) => mine.includes(name))
  expect(left.length).toBeLessThan(mine.length)
})
