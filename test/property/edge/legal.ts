import assert from 'node:assert/strict'
import type { CloudFrontRequest, CloudFrontRequestResult } from 'aws-lambda'
import { checkResult } from '../../../src/sandbox/cloudfront/result.ts'
import type { Response } from '../../../src/edge-function/types.ts'

const MAX_COOKIES = 8 * 1024

/** What CloudFront takes for an answer, judged by the sandbox's model of it; and the guard's own marks. */
export function assertLegal(result: CloudFrontRequestResult, sent: CloudFrontRequest): void {
  const verdict = checkResult(result, sent as Parameters<typeof checkResult>[1])
  // A request that came with such characters goes on with them: CloudFront gave them to us.
  const isAsItCame = 'uri' in Object(result) && /[#\s]/.test(sent.uri + sent.querystring)
  if (!isAsItCame) assert.notEqual(verdict.kind, 'invalid', JSON.stringify(verdict))
  if (isAnswer(result)) assertAnswer(result, sent.method)
}

export function isAnswer(result: CloudFrontRequestResult): result is Response {
  return 'status' in Object(result)
}

function assertAnswer({ status, headers = {}, body }: Response, method: string): void {
  assert.match(status, /^\d{3}$/)
  assert.equal(headers['cache-control']?.[0]?.value, 'no-store')
  assert.match(headers['x-s3-okta-guard']?.[0]?.value ?? '', /^[a-z-]+$/)
  for (const [name, entries] of Object.entries(headers)) {
    assert.match(name, /^[a-z0-9-]+$/)
    for (const { value } of entries) assert.match(value, /^[ -~]+$/, `visible ASCII in ${name}`)
  }
  const cookies = (headers['set-cookie'] ?? []).map(({ value }) => value)
  assert.ok(cookies.join('').length < MAX_COOKIES, 'the cookies fit into a request')
  assert.ok(
    cookies.every((text) => text.length <= 4096),
    'each fits into a browser',
  )
  if (method === 'HEAD' || status.startsWith('3') || status === '204') {
    assert.equal(body, undefined, 'no body')
  }
}

/** The session that an answer gives, `''` where it takes one away. */
export function sessionGiven({ headers = {} }: Response): string | undefined {
  const found = (headers['set-cookie'] ?? []).find(({ value }) => value.startsWith('__Host-guard='))
  return found?.value.slice('__Host-guard='.length).split(';')[0]
}
