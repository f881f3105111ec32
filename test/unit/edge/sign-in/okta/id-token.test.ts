import { describe, expect, it } from 'vitest'
import {
  checkSignature,
  findBadClaim,
} from '../../../../../src/edge-function/sign-in/okta/id-token.ts'
import type { Claims } from '../../../../../src/edge-function/sign-in/okta/id-token.ts'
import { jws, KEYS, signingKey } from '../../../../helpers/edge.ts'

const expected = {
  issuer: 'https://acme.okta.example',
  clientId: 'client',
  nonces: ['nonce'],
  accessToken: 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y',
  now: 1000,
}
const claims = {
  iss: expected.issuer,
  aud: 'client',
  sub: '00u1',
  nonce: 'nonce',
  iat: 1000,
  exp: 2000,
}

describe('the claims of an ID token', () => {
  it.each<[string, Claims]>([
    ['T03 as Okta makes them', {}],
    ['T07 an audience in a list', { aud: ['client'] }],
    ['T08 more audiences, and we the authorized party', { aud: ['client', 'api'], azp: 'client' }],
    ['T22 the right at_hash', { at_hash: '77QmUPtjPfzWtF2AnpK9RQ' }],
    ['T29 a clock 59 seconds off', { iat: 1059, exp: 1059 + 1 }],
    ['T29 just over', { exp: 941 }],
  ])('hold with %s', (_, changes) => {
    expect(findBadClaim({ ...claims, ...changes }, expected)).toBeUndefined()
  })

  it.each<[string, Claims]>([
    ['T06 iss', { iss: `${expected.issuer}/` }],
    ['T06 iss', { iss: 'http://acme.okta.example' }],
    ['T06 iss', { iss: `${expected.issuer}/oauth2/default` }],
    ['T07 aud', { aud: undefined }],
    ['T07 aud', { aud: [] }],
    ['T07 aud', { aud: ['api'] }],
    ['T07 aud', { aud: 7 }],
    ['T07 aud', { aud: ['client', 7], azp: 'client' }],
    ['T08 azp', { aud: ['client', 'api'] }],
    ['T08 azp', { azp: 'api' }],
    ['T09 exp', { exp: undefined }],
    ['T09 exp', { exp: '2000' }],
    ['T09 exp', { exp: 940 }],
    ['T10 nonce', { nonce: 'other' }],
    ['T10 nonce', { nonce: undefined }],
    ['T11 iat', { iat: undefined }],
    ['T11 iat', { iat: 1061 }],
    ['T11 iat', { iat: 399 }],
    ['T12 sub', { sub: undefined }],
    ['T12 sub', { sub: '' }],
    ['T12 sub', { sub: 'x'.repeat(256) }],
    ['T12 sub', { sub: 'ü' }],
    ['T12 sub', { sub: 7 }],
    ['T22 at_hash', { at_hash: '77QmUPtjPfzWtF2AnpK9RR' }],
    ['T29 nbf', { nbf: 1061 }],
  ])('%s is found in %j', (name, changes) => {
    expect(findBadClaim({ ...claims, ...changes }, expected)).toBe(name.split(' ')[1])
  })
})

describe('the signature of an ID token', () => {
  const key = (kid: string, of = KEYS.okta) => ({ kid, key: of.privateKey })
  const other = signingKey('other')
  const token = (header: unknown) => jws(header, claims, KEYS.okta.privateKey)

  it('T03 T13 is good under the key that it names, or under the only one', () => {
    expect(checkSignature(token({ alg: 'RS256', kid: 'a' }), [key('b', other), key('a')])).toBe(
      'good',
    )
    expect(checkSignature(token({ alg: 'RS256' }), [key('a')])).toBe('good')
  })

  it('T14 is bad without a kid among several keys', () => {
    expect(checkSignature(token({ alg: 'RS256' }), [key('a'), key('b', other)])).toBe('bad')
  })

  it('T15 is of an unknown key otherwise', () => {
    expect(checkSignature(token({ alg: 'RS256', kid: 'new' }), [key('a')])).toBe('unknown-key')
  })

  it.each([
    { alg: 'none', kid: 'a' },
    { alg: 'HS256', kid: 'a' },
    { alg: 'RS512', kid: 'a' },
    { alg: ['RS256'], kid: 'a' },
    { alg: 'RS256', kid: 'a', crit: ['b64'], b64: false },
    null,
    'text',
  ])('T02 T04 T05 is bad under the header %j', (header) => {
    expect(checkSignature(token(header), [key('a')])).toBe('bad')
  })

  it('T01 is bad when another key made it, or when it is written otherwise', () => {
    const good = token({ alg: 'RS256', kid: 'a' })
    expect(checkSignature(good, [key('a', other)])).toBe('bad')
    for (const bad of ['', '..', 'a.b', `${good}.x`, `${good}=`, good.slice(0, -4)]) {
      expect(checkSignature(bad, [key('a')])).toBe('bad')
    }
  })
})
