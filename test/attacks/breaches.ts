import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { Answer } from '../helpers/edge-cloud.ts'
import type { Breach } from '../helpers/hostile-okta.ts'
import { hs256, rs256 } from '../helpers/hostile-okta.ts'
import { KEYS, NOW, signingKey } from '../helpers/edge.ts'

/** Another key under the name of Okta's, and one that is nobody's. */
const FORGED = signingKey('okta-1')
export const NEXT = signingKey('okta-2')
const ELLIPTIC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const PEM = createPublicKey(KEYS.okta.privateKey).export({ type: 'spki', format: 'pem' })
const SECONDS = NOW / 1000
const NEW = { header: { kid: 'okta-2' }, signature: rs256(NEXT.privateKey) }

/** The published keys are these. */
export function publishes(...keys: unknown[]): Pick<Breach, 'jwks'> {
  return { jwks: { body: JSON.stringify({ keys }) } }
}

const claims = (changes: Record<string, unknown>): Breach => ({ claims: changes })
const response = (changes: Record<string, unknown>): Breach => ({ response: changes })

/** ID tokens that no relying party may take. OpenID Connect Core 1.0, section 3.1.3.7. */
export const BAD_ID_TOKENS: [name: string, breach: Breach][] = [
  ['T01 a signature by another key of the same name', { signature: rs256(FORGED.privateKey) }],
  ['T01 a signature cut short', { idToken: (right) => right.slice(0, -4) }],
  ['T01 a signature of something else', { signature: () => rs256(KEYS.okta.privateKey)('a.b') }],
  ['T01 five parts', { idToken: (right) => `${right}.a.b` }],
  ['T01 no string', { idToken: () => ({ sub: '00u1' }) }],
  ['T02 alg none', { header: { alg: 'none' }, signature: () => '' }],
  ['T02 alg none with a good signature', { header: { alg: 'none' } }],
  ['T02 no alg', { header: { alg: undefined } }],
  ['T04 ES256', { header: { alg: 'ES256' }, signature: es256 }],
  ['T04 RS512', { header: { alg: 'RS512' } }],
  ['T05 HS256 with the public key as secret', { header: { alg: 'HS256' }, signature: hs256(PEM) }],
  ['T05 HS256 with the client id', { header: { alg: 'HS256' }, signature: hs256('0oaclient') }],
  ['T05 HS256 with the modulus', hmacWith(KEYS.okta.publicJwk.n)],
  ['T01 a key of its own in the header', withOwnKey()],
  ['T01 crit', { header: { crit: ['exp'] } }],
  ['T06 another issuer', claims({ iss: 'https://evil.example' })],
  ['T06 an issuer with a slash more', { idToken: (right) => resigned(right, slashed) }],
  ['T06 another authorization server of the org', { idToken: (right) => resigned(right, custom) }],
  ['T06 no issuer', claims({ iss: undefined })],
  ['T07 another audience', claims({ aud: 'other' })],
  ['T07 no audience', claims({ aud: undefined })],
  ['T07 an empty audience', claims({ aud: [] })],
  ['T07 others as audience', claims({ aud: ['other', 'another'] })],
  ['T07 an audience that is no string', claims({ aud: { 0: '0oaclient' } })],
  ['T07 an audience that begins like ours', claims({ aud: '0oaclient2' })],
  ['T08 us and others without azp', claims({ aud: ['0oaclient', 'other'] })],
  ['T08 us and others, azp another', claims({ aud: ['0oaclient', 'other'], azp: 'other' })],
  ['T08 azp another', claims({ azp: 'other' })],
  ['T09 exp past', claims({ exp: SECONDS - 61 })],
  ['T09 no exp', claims({ exp: undefined })],
  ['T09 exp as text', claims({ exp: String(SECONDS + 3600) })],
  ['T10 another nonce', claims({ nonce: 'other' })],
  ['T10 no nonce', claims({ nonce: undefined })],
  ['T11 no iat', claims({ iat: undefined })],
  ['T11 iat a week old', claims({ iat: SECONDS - 604_800 })],
  ['T11 iat to come', claims({ iat: SECONDS + 600 })],
  ['T12 no subject', claims({ sub: undefined })],
  ['T12 an empty subject', claims({ sub: '' })],
  ['T12 a subject of 256 characters', claims({ sub: 'x'.repeat(256) })],
  ['T12 a subject beyond ASCII', claims({ sub: 'аda' })],
  ['T12 a subject that is a number', claims({ sub: 1 })],
  ['T14 no kid among several keys', { header: { kid: undefined } }],
  ['T22 a wrong at_hash', claims({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' })],
  ['T22 at_hash of no string', claims({ at_hash: null })],
  ['T29 exp ten minutes past', claims({ exp: SECONDS - 600 })],
  ['T29 nbf in ten minutes', claims({ nbf: SECONDS + 600 })],
  ['T15 a kid that nobody publishes', NEW],
]

/** Answers of the token endpoint that are none. */
export const BAD_ANSWERS: [name: string, breach: Breach, status: string][] = [
  ['O18 400 invalid_grant', { token: { status: 400, body: '{"error":"invalid_grant"}' } }, '400'],
  ['O18 400 of a kind unknown', { token: { status: 400, body: '{"error":"CANARY-e"}' } }, '502'],
  ['O18 401', { token: { status: 401, body: '{"error":"invalid_client"}' } }, '502'],
  ['O18 403 with no body', { token: { status: 403, body: '' } }, '502'],
  ['O18 429', { token: { status: 429, body: '{"error":"CANARY"}' } }, '503'],
  ['O18 500', { token: { status: 500, body: 'CANARY at Server.java:1' } }, '503'],
  ['O18 nothing', { token: { body: '' } }, '502'],
  ['O18 null', { token: { body: 'null' } }, '502'],
  ['O18 a list', { token: { body: '[]' } }, '502'],
  ['O18 HTML', { token: { headers: { 'content-type': 'text/html' }, body: '<b>CANARY' } }, '502'],
  ['O18 HTML that says it is JSON', { token: { body: '<html>CANARY</html>' } }, '502'],
  ['O18 1 MB', { token: { body: `{"a":"${'x'.repeat(1 << 20)}"}` } }, '503'],
  ['L10 JSON nested 100,000 deep', { token: { body: '['.repeat(100_000) } }, '502'],
  ['O18 half an answer', { token: { cut: true } }, '503'],
  ['O19 a redirect', { token: redirect('/CANARY-elsewhere') }, '502'],
  ['O19 a redirect that keeps the method', { token: redirect('/CANARY-elsewhere', 307) }, '502'],
  ['O20 another token type', response({ token_type: 'DPoP' }), '502'],
  ['O20 no token type', response({ token_type: undefined }), '502'],
  ['O20 no access token', response({ access_token: undefined }), '502'],
  ['O20 no ID token', response({ id_token: undefined }), '502'],
]

/** What a refresh may come back with. RFC 6749, section 6; OpenID Connect Core 1.0, section 12.2. */
export const GOOD_REFRESHES: [name: string, breach: Breach][] = [
  ['F03 a right answer', {}],
  ['F09 no ID token', response({ id_token: undefined })],
  ['F09 no new refresh token', response({ refresh_token: undefined })],
  ['F09 neither', response({ id_token: undefined, refresh_token: undefined })],
  ['F08 T28 no auth_time', claims({ auth_time: undefined })],
  ['F08 us and others, azp us', claims({ aud: ['0oaclient', 'other'], azp: '0oaclient' })],
  ['F08 a list of us alone', claims({ aud: ['0oaclient'] })],
  ['O20 a token type in capitals', response({ token_type: 'BEARER' })],
  ['T15 a key rotated just before signing', { ...NEW, ...publishes(NEXT.publicJwk) }],
]

/** ID tokens that end the session that they are to renew: OpenID Connect Core 1.0, section 12.2. */
export const ENDING_REFRESHES: [name: string, breach: Breach][] = [
  ['F06 another issuer', claims({ iss: 'https://evil.example' })],
  ['F06 an issuer with a slash more', { idToken: (right) => resigned(right, slashed) }],
  ['F07 another subject', claims({ sub: '00u2' })],
  ['F07 a subject in another case', claims({ sub: '00U1' })],
  ['F08 another audience', claims({ aud: 'other' })],
  ['F08 others as audience', claims({ aud: ['other', 'another'] })],
  ['F08 azp another', claims({ azp: 'other' })],
  ['F08 another nonce', claims({ nonce: 'other' })],
  ['F08 T28 another auth_time', claims({ auth_time: 1 })],
]

/** ID tokens that say nothing at a refresh but that something is broken. */
export const BAD_REFRESH_TOKENS: [name: string, breach: Breach][] = [
  ['T01 a signature by another key of the same name', { signature: rs256(FORGED.privateKey) }],
  ['T01 a signature cut short', { idToken: (right) => right.slice(0, -4) }],
  ['T01 no string', { idToken: () => ({ sub: '00u1' }) }],
  ['T01 no JWT', { idToken: () => 'CANARY' }],
  ['T02 alg none', { header: { alg: 'none' }, signature: () => '' }],
  ['T04 ES256', { header: { alg: 'ES256' }, signature: es256 }],
  ['T05 HS256 with the public key as secret', { header: { alg: 'HS256' }, signature: hs256(PEM) }],
  ['T01 a key of its own in the header', withOwnKey()],
  ['T12 no subject', claims({ sub: undefined })],
  ['T14 no kid among several keys', { header: { kid: undefined } }],
  ['T15 a kid that nobody publishes', NEW],
  ['T22 a wrong at_hash', claims({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' })],
  ['T28 auth_time as text', claims({ auth_time: String(SECONDS) })],
  ['T09 exp past', claims({ exp: SECONDS - 61 })],
  ['T11 no iat', claims({ iat: undefined })],
]

/** Answers to a refresh that say nothing about the session. */
export const UNAVAILABLE: [name: string, breach: Breach][] = BAD_ANSWERS.filter(
  ([, breach]) => !/invalid_grant/.test(breach.token?.body ?? '') && !isWithoutIdToken(breach),
).map(([name, breach]) => [`F10 ${name}`, breach])

/** Published keys of no use to a token whose key is not known yet. */
export const BAD_KEY_SETS: [name: string, breach: Breach][] = (
  [
    ['500', { jwks: { status: 500, body: 'CANARY' } }],
    ['429', { jwks: { status: 429, body: '' } }],
    ['HTML', { jwks: { headers: { 'content-type': 'text/html' }, body: '<b>CANARY' } }],
    ['nothing', { jwks: { body: '' } }],
    ['null', { jwks: { body: 'null' } }],
    ['{}', { jwks: { body: '{}' } }],
    ['1 MB', { jwks: { body: `{"keys":"${'x'.repeat(1 << 20)}"}` } }],
    ['half an answer', { jwks: { cut: true } }],
    ['a redirect', { jwks: redirect('/CANARY-elsewhere') }],
    ['a key to encrypt with', publishes({ ...NEXT.publicJwk, use: 'enc' })],
    ['a key of another alg', publishes({ ...NEXT.publicJwk, alg: 'RS512' })],
    ['a key without modulus', publishes({ kty: 'RSA', kid: 'okta-2', e: 'AQAB' })],
    ['a secret as key', publishes({ kty: 'oct', kid: 'okta-2', k: 'AAAA' })],
    ['a curve of that name', publishes({ kty: 'EC', kid: 'okta-2', crv: 'P-256', x: 'A', y: 'A' })],
    ['keys of other names', publishes(FORGED.publicJwk, { ...NEXT.publicJwk, kid: 'okta-3' })],
    ['numbers and nothing', publishes(null, 1, 'x', [])],
  ] satisfies [string, Breach][]
).map(([name, breach]) => [`T18 ${name}`, { ...NEW, ...breach }])

/** A key set in which the key of the token is among others; it is found, and only it is used. */
export const GOOD_KEY_SETS: [name: string, breach: Breach][] = (
  [
    ['T15 rotated just before signing', publishes(KEYS.okta.publicJwk, NEXT.publicJwk)],
    ['T18 keys of many kinds', publishes({ kty: 'EC' }, null, NEXT.publicJwk, { kty: 'oct' })],
    [
      'T18 two keys of that name',
      publishes({ ...FORGED.publicJwk, kid: 'okta-2' }, NEXT.publicJwk),
    ],
    ['T18 a private key published', publishes({ ...NEXT.publicJwk, d: NEXT.privateJwk.d })],
  ] satisfies [string, Breach][]
).map(([name, breach]) => [name, { ...NEW, ...breach }])

/** At a refresh it may be missing. */
function isWithoutIdToken({ response: changes = {} }: Breach): boolean {
  return 'id_token' in changes
}

function redirect(location: string, status = 302): Answer {
  return { status, headers: { location }, body: '' }
}

function es256(input: string): string {
  const key = { key: ELLIPTIC, dsaEncoding: 'ieee-p1363' } as const
  return sign('sha256', Buffer.from(input), key).toString('base64url')
}

function hmacWith(modulus: string): Breach {
  return { header: { alg: 'HS256' }, signature: hs256(Buffer.from(modulus, 'base64url')) }
}

/** RFC 7515, section 4.1.3: nobody asked for it. */
function withOwnKey(): Breach {
  const { publicJwk, privateKey } = FORGED
  const header = { kid: undefined, jwk: publicJwk, jku: 'http://127.0.0.1:1/CANARY-jku' }
  return { header, signature: rs256(privateKey) }
}

const slashed = (issuer: string): string => `${issuer}/`
const custom = (issuer: string): string => `${issuer}/oauth2/default`

function resigned(right: string, change: (issuer: string) => string): string {
  const [header = '', payload = ''] = right.split('.')
  const read = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss: string }
  const changed = JSON.stringify({ ...read, iss: change(read.iss) })
  const input = `${header}.${Buffer.from(changed).toString('base64url')}`
  return `${input}.${rs256(KEYS.okta.privateKey)(input)}`
}
