import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MARKER_HEADER } from '../../src/access/names.ts'
import { createUserAgent } from '../../src/sandbox/user-agent.ts'
import { type GuardedSite, PEOPLE, startGuardedSite } from '../helpers/sandbox.ts'

const SECRET = 'only for people of the house'
const files = { 'index.html': SECRET, 'private/a.html': SECRET, 'secret.css': SECRET }
const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE']

let guarded: GuardedSite
beforeAll(async () => {
  guarded = await startGuardedSite({
    site: {
      files,
      defaultRootObject: 'index.html',
      defaultBehavior: { allowedMethods: methods },
      // The usual mapping of a single-page application: what is refused becomes its start page.
      customErrorResponses: [401, 403, 404].map((errorCode) => ({
        errorCode,
        responsePagePath: '/index.html',
        responseCode: '200',
      })),
    },
  })
})
afterAll(() => guarded?.close())

interface Answer {
  status: number
  marker: string | undefined
  body: string
}

/** The path goes out byte for byte: a URL parser would resolve its dot segments. */
function ask(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  const { host, port } = new URL(guarded.site.url)
  return new Promise((resolve, reject) => {
    const options = { hostname: '127.0.0.1', port, path, method, headers: { host, ...headers } }
    const outgoing = request({ ...options, agent: false }, (response) => {
      let body = ''
      response.on('data', (chunk) => (body += chunk))
      response.on('end', () => {
        const marker = response.headers[MARKER_HEADER] as string | undefined
        resolve({ status: response.statusCode!, marker, body })
      })
    })
    outgoing.on('error', reject).end()
  })
}

async function expectNothing(path: string, method?: string, headers?: Record<string, string>) {
  const before = guarded.sandbox.cloudfront.forwarded.length
  const answer = await ask(path, method, headers)
  expect(answer.marker, `${method} ${path}`).toBeDefined()
  expect(answer.status).toBeLessThan(500)
  expect([200, 206, 304]).not.toContain(answer.status)
  expect(answer.body).not.toContain(SECRET)
  expect(guarded.sandbox.cloudfront.forwarded).toHaveLength(before)
}

describe('a stranger at a site whose errors become its start page', () => {
  it.each(methods)('P09 P10 P12 P19 gets nothing of it by %s', async (method) => {
    for (const path of ['/', '/index.html', '/private/a.html', '/missing']) {
      await expectNothing(path, method)
      await expectNothing(path, method, { 'sec-fetch-mode': 'navigate' })
    }
  })

  it.each([
    '//index.html',
    '/./index.html',
    '/_guard/../index.html',
    '/_guard/%2e%2e/index.html',
    '/private/../index.html',
    '/_guard/signed-out/../../index.html',
    '/index.html?x=/_guard/signed-out',
    '/secret.css',
  ])('P01 P05 P06 P14 gets nothing of it at %s', async (path) => {
    await expectNothing(path)
  })

  it('P13 gets no part of it and no 304', async () => {
    await expectNothing('/index.html', 'GET', { range: 'bytes=0-3' })
    await expectNothing('/index.html', 'GET', { 'if-none-match': '*' })
  })

  it('P19 is one whom a signed-in user is not', async () => {
    const { login, password } = PEOPLE.ada
    const page = await createUserAgent().signIn(`${guarded.site.url}/`, login, password)
    expect(page.text).toBe(SECRET)
  })
})
