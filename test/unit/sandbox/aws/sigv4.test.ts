import { describe, expect, it } from 'vitest'

import { readAuthorization, signatureProblem } from '../../../../src/sandbox/aws/sigv4.ts'
import type { Call } from '../../../../src/sandbox/aws/types.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'

/** `get-vanilla-query-order-key-case` of AWS's own Signature Version 4 test suite. */
function vanilla(change: Partial<Call> = {}): Call {
  return {
    method: 'GET',
    path: '/',
    query: new URLSearchParams('Param2=value2&Param1=value1'),
    headers: {
      host: 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    },
    body: new Uint8Array(),
    ...change,
  }
}

function problem(call: Call, secret = SECRET): string | undefined {
  const authorization = readAuthorization(call.headers.authorization)
  if (!authorization) throw new Error('no authorization')
  return signatureProblem(call, authorization, secret)
}

describe('the signature check', () => {
  it('takes the vector of the SigV4 test suite', () => {
    expect(problem(vanilla())).toBeUndefined()
  })

  it.each<[string, Call]>([
    ['another method', vanilla({ method: 'POST' })],
    ['another path', vanilla({ path: '/x' })],
    ['another query', vanilla({ query: new URLSearchParams('Param1=value1') })],
    ['another body', vanilla({ body: new TextEncoder().encode('x') })],
    ['another host', vanilla({ headers: { ...vanilla().headers, host: 'example.com' } })],
  ])('refuses %s', (_what, call) => {
    expect(problem(call)).toMatch(/does not match/)
  })

  it('refuses another secret', () => {
    expect(problem(vanilla(), `${SECRET}x`)).toMatch(/does not match/)
  })

  it('refuses a header of AWS that was not signed', () => {
    const headers = { ...vanilla().headers, 'x-amz-security-token': 'token' }
    expect(problem(vanilla({ headers }))).toMatch(/'x-amz-security-token' must be/)
  })

  it('refuses a scope of another day', () => {
    const headers = { ...vanilla().headers, 'x-amz-date': '20150831T123600Z' }
    expect(problem(vanilla({ headers }))).toMatch(/Credential scope/)
  })

  it.each([undefined, '', 'Bearer x', 'AWS4-HMAC-SHA256 Credential=A/B/C, Signature=00'])(
    'reads nothing out of %s',
    (header) => {
      expect(readAuthorization(header)).toBeUndefined()
    },
  )
})
