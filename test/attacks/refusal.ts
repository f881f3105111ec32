import type { CloudFrontResultResponse } from 'aws-lambda'
import { expect } from 'vitest'
import { checkResult } from '../../src/sandbox/cloudfront/result.ts'
import { cookiesSet, headerOf } from '../helpers/edge.ts'

/** What every refusal has in common: legal, never stored, ours, no session, nothing secret. */
export function expectRefusal(response: CloudFrontResultResponse, status: string | RegExp): void {
  expect(response.status).toMatch(typeof status === 'string' ? new RegExp(`^${status}$`) : status)
  expectLegal(response)
  expect(cookiesSet(response).get('__Host-guard') ?? '', 'no session').toBe('')
  expect(cookiesSet(response).get('__Secure-guard-hint') ?? '', 'no ID token kept').toBe('')
  expect(JSON.stringify(response)).not.toMatch(/CANARY|eyJ/)
}

/** CloudFront takes it, nobody stores it, and the command line knows it for the guard's. */
export function expectLegal(response: CloudFrontResultResponse): void {
  const sent = { clientIp: '203.0.113.7', method: 'GET', uri: '/', querystring: '', headers: {} }
  expect(checkResult(response, sent)).toMatchObject({ kind: 'response' })
  expect(headerOf(response, 'cache-control')).toBe('no-store')
  expect(headerOf(response, 'x-s3-okta-guard')).toMatch(/^[a-z-]+$/)
}
