import { describe, expect, it } from 'vitest'
import type { EdgeRequest } from '../../../../src/sandbox/cloudfront/event.ts'
import { checkResult } from '../../../../src/sandbox/cloudfront/result.ts'

const sent: EdgeRequest = {
  clientIp: '127.0.0.1',
  method: 'GET',
  uri: '/a%20b',
  querystring: 'x=1',
  headers: { host: [{ key: 'Host', value: 'localhost' }] },
}

describe('what CloudFront takes from a function', () => {
  it('takes the request as it came, and one with another uri', () => {
    expect(checkResult(structuredClone(sent), sent)).toMatchObject({ kind: 'request' })
    expect(checkResult({ ...sent, uri: '/b' }, sent)).toMatchObject({ request: { uri: '/b' } })
  })

  it('takes a response with several cookies', () => {
    const headers = { 'set-cookie': [{ value: 'a=1' }, { key: 'Set-Cookie', value: 'b=2' }] }
    const result = checkResult({ status: '302', headers, body: 'x' }, sent)
    expect(result).toMatchObject({ kind: 'response', response: { status: 302, headers } })
  })

  it.each([
    ['nothing', null],
    ['a number as status', { status: 302 }],
    ['an impossible status', { status: '99' }],
    ['a disallowed header', { status: '200', headers: { connection: [{ value: 'close' }] } }],
    ['x-amz-cf-*', { status: '200', headers: { 'x-amz-cf-id': [{ value: 'x' }] } }],
    ['a read-only header', { status: '200', headers: { 'content-length': [{ value: '1' }] } }],
    ['an upper-case name', { status: '200', headers: { Location: [{ value: '/' }] } }],
    ['a header that is no array', { status: '200', headers: { location: '/' } }],
    ['a line break in a value', { status: '200', headers: { location: [{ value: '/\r\nx: y' }] } }],
    ['another key', { status: '200', headers: { location: [{ key: 'Other', value: '/' }] } }],
    ['204 with a body', { status: '204', body: 'x' }],
    ['more than 40 KB', { status: '200', body: 'x'.repeat(41_000) }],
    ['a changed host', { ...sent, headers: { host: [{ value: 'evil' }] } }],
    ['another method', { ...sent, method: 'POST' }],
    ['a relative uri', { ...sent, uri: 'b' }],
    ['an added disallowed header', { ...sent, headers: { ...sent.headers, te: [], upgrade: [] } }],
  ])('turns %s into a 502', (_what, result) => {
    expect(checkResult(result, sent).kind).toBe('invalid')
  })
})
