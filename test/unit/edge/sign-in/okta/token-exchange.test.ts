import { createHash, createPublicKey } from 'node:crypto'
import { compactVerify, decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { idToken, tokenAnswer } from '../../../../helpers/edge-cloud.ts'
import { cookiesSet, jws, KEYS, NOW, ORIGIN, signingKey } from '../../../../helpers/edge.ts'
import { signInWorld } from '../../../../helpers/edge-sign-in.ts'

const world = signInWorld()

describe('the exchange of the code', () => {
  it('O16 sends the code with verifier, redirect URI and client assertion', async () => {
    const begun = await world.begin()
    world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce))
    await world.back(begun)
    const call = world.cloud.requests.find(({ path }) => path === '/oauth2/v1/token')!
    const form = new URLSearchParams(call.body)
    expect(form.get('grant_type')).toBe('authorization_code')
    expect(form.get('code')).toBe('CANARY-code')
    expect(form.get('redirect_uri')).toBe(`${ORIGIN}/_guard/callback`)
    const verifier = form.get('code_verifier')!
    expect(verifier.length).toBeGreaterThanOrEqual(43)
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(begun.challenge)
    const assertion = form.get('client_assertion')!
    await compactVerify(assertion, createPublicKey(KEYS.client.privateKey))
    const claims = decodeJwt(assertion)
    expect(claims).toMatchObject({
      iss: '0oaclient',
      sub: '0oaclient',
      aud: `${world.cloud.url}/oauth2/v1/token`,
    })
    expect(claims.exp! - NOW / 1000).toBeLessThanOrEqual(60)
  })

  it.each([
    ['invalid_grant', { status: 400, body: '{"error":"invalid_grant"}' }, '400'],
    ['invalid_client', { status: 401, body: '{"error":"invalid_client"}' }, '502'],
    ['a server error', { status: 500, body: 'CANARY' }, '503'],
    ['a rate limit', { status: 429, body: '{}' }, '503'],
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<html>CANARY' }, '502'],
    ['no JSON', { body: 'CANARY' }, '502'],
    ['too much', { body: `"${'x'.repeat(300_000)}"` }, '503'],
    ['O19 a redirect', { status: 302, headers: { location: '/elsewhere' } }, '502'],
    ['nothing in time', { hang: true }, '503'],
    ['a byte now and then', { drip: true }, '503'],
    ['half an answer', { cut: true }, '503'],
    ['a status that takes no body', { status: 204 }, '502'],
    ['another that takes none', { status: 205, body: '' }, '502'],
    ['one of a cache', { status: 304 }, '502'],
  ])('O18 survives %s from the token endpoint', async (_, answer, status) => {
    const begun = await world.begin()
    world.cloud.token = answer
    const response = await world.back(begun)
    expect(response.status).toBe(status)
    expect(response.body).toContain('/_guard/login?return_to=')
    expect(response.body).not.toContain('CANARY')
    expect(cookiesSet(response).has('__Host-guard')).toBe(false)
    expect(world.cloud.requests.some(({ path }) => path === '/elsewhere')).toBe(false)
  })

  it('O18 survives an Okta that cannot be reached', async () => {
    const config = world.configured()
    const gone = 'http://127.0.0.1:1/oauth2/v1/token'
    world.handler = world.instance({ ...config, okta: { ...config.okta, tokenEndpoint: gone } })
    expect((await world.back(await world.begin())).status).toBe('503')
    expect(world.lastReason()).toBe('okta-unavailable: ECONNREFUSED')
  })

  it.each([
    ['O20 another token type', { token_type: 'DPoP' }],
    ['O20 no token type', { token_type: undefined }],
    ['O20 no access token', { access_token: undefined }],
    ['no ID token', { id_token: undefined }],
  ])('refuses %s', async (_, changes) => {
    const begun = await world.begin()
    world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce), changes)
    expect((await world.back(begun)).status).toBe('502')
  })

  it.each([
    ['T06 another issuer', { iss: 'https://evil.example' }],
    ['T07 another audience', { aud: 'other' }],
    ['T09 an ID token that is over', { exp: NOW / 1000 - 61 }],
    ['T10 another nonce', { nonce: 'other' }],
    ['T10 no nonce', { nonce: undefined }],
    ['T11 an old iat', { iat: NOW / 1000 - 604_800 }],
    ['T12 no subject', { sub: undefined }],
    ['T22 a wrong at_hash', { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  ])('refuses %s', async (_, changes) => {
    const begun = await world.begin()
    world.cloud.token = tokenAnswer(idToken(world.cloud.url, begun.nonce, changes))
    const response = await world.back(begun)
    expect(response.status).toBe('502')
    expect(cookiesSet(response).has('__Host-guard')).toBe(false)
  })

  it('T01 T02 refuses an ID token that Okta did not sign', async () => {
    const begun = await world.begin()
    const good = idToken(world.cloud.url, begun.nonce)
    const stranger = signingKey('okta-1').privateKey
    const claims = decodeJwt(good)
    const [, payload] = good.split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    for (const bad of [
      jws({ alg: 'RS256', kid: 'okta-1' }, claims, stranger),
      `${none}.${payload}.`,
      good.slice(0, -4),
      'NOT.A.JWT',
    ]) {
      world.cloud.token = tokenAnswer(bad)
      expect((await world.back(begun)).status).toBe('502')
    }
  })

  it('T15 T17 asks for new keys after a rotation, at most once a minute', async () => {
    const next = signingKey('okta-2')
    world.cloud.jwks = { body: JSON.stringify({ keys: [KEYS.okta.publicJwk, next.publicJwk] }) }
    const tryWith = async (kid: string) => {
      const begun = await world.begin()
      const claims = decodeJwt(idToken(world.cloud.url, begun.nonce))
      world.cloud.token = tokenAnswer(jws({ alg: 'RS256', kid }, claims, next.privateKey))
      return (await world.back(begun)).status
    }
    const asked = () => world.cloud.requests.filter(({ path }) => path === '/oauth2/v1/keys').length
    expect(await tryWith('okta-2')).toBe('303')
    expect(await tryWith('okta-2')).toBe('303')
    expect(asked()).toBe(1)
    expect(await tryWith('unknown')).toBe('503')
    expect(asked()).toBe(1)
    world.now += 60_000
    expect(await tryWith('unknown')).toBe('503')
    expect(asked()).toBe(2)
  })

  it.each([
    { status: 500 },
    { drip: true },
    { cut: true },
    { body: '{"keys":['.repeat(20_000) },
    { status: 302, headers: { location: 'https://evil.example/' } },
    { body: '{}' },
    { body: '[]' },
    { body: 'null' },
    { body: '{"keys":[null,1,{"kty":"EC"},{"kty":"RSA","n":"x"}]}' },
  ])('T18 survives a useless key set: %j', async (jwks) => {
    const begun = await world.begin()
    world.cloud.jwks = jwks
    const claims = decodeJwt(idToken(world.cloud.url, begun.nonce))
    world.cloud.token = tokenAnswer(
      jws({ alg: 'RS256', kid: 'new' }, claims, KEYS.client.privateKey),
    )
    expect((await world.back(begun)).status).toMatch(/^50[23]$/)
  })

  it('T26 signs in without e-mail and name', async () => {
    const begun = await world.begin()
    world.cloud.token = tokenAnswer(
      idToken(world.cloud.url, begun.nonce, { email: undefined, name: 7 }),
    )
    expect((await world.back(begun)).status).toBe('303')
  })
})
