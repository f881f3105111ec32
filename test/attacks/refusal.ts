import type { CloudFrontResultResponse } from 'aws-lambda'
import { expect } from 'vitest'
import { cookiesSet } from '../helpers/edge.ts'
import { expectLegal } from './oracle.ts'

/** What every refused sign-in has in common: a legal answer, no session, nothing secret in it. */
export function expectRefusal(response: CloudFrontResultResponse, status: string | RegExp): void {
  expect(response.status).toMatch(typeof status === 'string' ? new RegExp(`^${status}$`) : status)
  expectLegal(response)
  expect(cookiesSet(response).get('__Host-guard') ?? '', 'no session').toBe('')
  expect(
    cookiesSet(response).get('__Secure-guard-refresh') ?? '',
    'nothing kept for a refresh',
  ).toBe('')
  expect(JSON.stringify(response)).not.toMatch(/CANARY|eyJ/)
}
