import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { GuardError } from '../../../src/errors/guard-error.ts'
import { createWeb } from '../../../src/web/index.ts'
import { answering, json } from '../../helpers/answering.ts'
import type { Answering } from '../../helpers/answering.ts'

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const { n, e } = publicKey.export({ format: 'jwk' })
const RSA = { kty: 'RSA', kid: 'k1', alg: 'RS256', use: 'sig', n, e }

interface Org {
  /** Changes to the discovery document. */
  discovery?: Record<string, unknown>
  keys?: unknown
  base?: string
}

async function org({ discovery = {}, keys = [RSA], base = '' }: Org = {}): Promise<Answering> {
  const server: Answering = await answering((request, response) => {
    const at = server.url + base
    const v1 = base === '' ? `${at}/oauth2/v1` : `${at}/v1`
    const path = request.url?.split('?')[0]
    if (path === `${base}/.well-known/openid-configuration`) {
      json(response, 200, {
        issuer: at,
        authorization_endpoint: `${v1}/authorize`,
        token_endpoint: `${v1}/token`,
        end_session_endpoint: `${v1}/logout`,
        revocation_endpoint: `${v1}/revoke`,
        userinfo_endpoint: `${v1}/userinfo`,
        jwks_uri: `${v1}/keys`,
        ...discovery,
      })
    } else if (request.url === v1.slice(server.url.length) + '/keys') json(response, 200, { keys })
    else json(response, 404, { errorCode: 'E0000007', errorSummary: 'Not found' })
  })
  return server
}

async function refusal(orgUrl: string, authorizationServer = 'org'): Promise<GuardError> {
  const error: unknown = await createWeb()
    .metadata({ orgUrl, authorizationServer })
    .catch((thrown: unknown) => thrown)
  if (error instanceof GuardError) return error
  throw new Error(`not refused: ${JSON.stringify(error)}`)
}

describe('discovery', () => {
  it('reads the org authorization server, with the client ID', async () => {
    const { url, seen } = await org()
    const found = await createWeb().metadata({
      orgUrl: url,
      authorizationServer: 'org',
      clientId: '0oa1&x',
    })
    expect(found).toEqual({
      issuer: url,
      authorizationEndpoint: `${url}/oauth2/v1/authorize`,
      tokenEndpoint: `${url}/oauth2/v1/token`,
      endSessionEndpoint: `${url}/oauth2/v1/logout`,
      revocationEndpoint: `${url}/oauth2/v1/revoke`,
      userinfoEndpoint: `${url}/oauth2/v1/userinfo`,
      jwksUri: `${url}/oauth2/v1/keys`,
      issParameterSupported: false,
      keys: [RSA],
    })
    expect(seen[0]?.url).toBe('/.well-known/openid-configuration?client_id=0oa1%26x')
  })

  it('reads a custom authorization server', async () => {
    const { url } = await org({
      base: '/oauth2/aus1',
      discovery: { authorization_response_iss_parameter_supported: true },
    })
    expect(await createWeb().metadata({ orgUrl: url, authorizationServer: 'aus1' })).toMatchObject({
      issuer: `${url}/oauth2/aus1`,
      tokenEndpoint: `${url}/oauth2/aus1/v1/token`,
      issParameterSupported: true,
    })
  })

  it.each([
    ['a trailing slash', (url: string) => `${url}/`],
    ['another case', (url: string) => url.toUpperCase()],
    ['another issuer', () => 'https://evil.example'],
    ['none', () => undefined],
  ])('O22 T21 refuses an issuer with %s', async (_, issuer) => {
    const server: Answering = await answering((_request, response) =>
      json(response, 200, {
        issuer: issuer(server.url),
        authorization_endpoint: `${server.url}/oauth2/v1/authorize`,
      }),
    )
    expect(await refusal(server.url)).toMatchObject({
      code: 'okta-url-invalid',
      message: `${server.url} calls itself "${issuer(server.url) ?? ''}", not "${server.url}".`,
    })
  })

  it.each([
    'token_endpoint',
    'jwks_uri',
    'end_session_endpoint',
    'revocation_endpoint',
    'userinfo_endpoint',
  ])('refuses a %s on another host, by plain http or missing', async (name) => {
    for (const value of ['https://evil.example/v1/x', 'http://acme.okta.com/x', undefined]) {
      const { url } = await org({ discovery: { [name]: value } })
      const error = await refusal(url)
      expect(error.code).toBe('okta-failed')
      expect(error.message).toContain(name)
    }
  })

  it('tells an org without that authorization server from a host without an org', async () => {
    const { url } = await org()
    expect(await refusal(url, 'nope')).toMatchObject({
      code: 'okta-url-invalid',
      message: `${url} has no authorization server "nope": Not found (E0000007).`,
    })
    const empty = await org({ base: '/oauth2/aus1' })
    expect(await refusal(empty.url)).toMatchObject({
      code: 'okta-not-okta',
      message: `There is no Okta org at ${empty.url}: Not found (E0000007).`,
    })
  })

  it.each([200, 404])('names what answers HTML with HTTP %s', async (status) => {
    const { url } = await answering((_, response) => {
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html>hello')
    })
    expect(await refusal(url)).toMatchObject({
      code: 'okta-not-okta',
      message: `${url} is not an Okta org: it answered HTTP ${status} with something other than JSON.`,
      hint: 'Give the address at which people sign in, for example https://acme.okta.com.',
    })
  })

  it('names another OpenID provider', async () => {
    const server: Answering = await answering((_, response) =>
      json(response, 200, { issuer: server.url, authorization_endpoint: `${server.url}/auth` }),
    )
    expect(await refusal(server.url)).toMatchObject({
      code: 'okta-not-okta',
      message: `${server.url} is an OpenID provider, but not an Okta org.`,
    })
    for (const body of [[1], {}, { authorization_endpoint: 'v1/authorize' }]) {
      const odd = await answering((_, response) => json(response, 200, body))
      expect((await refusal(odd.url)).code).toBe('okta-not-okta')
    }
  })

  it('follows no redirect', async () => {
    const elsewhere = await org()
    const { url } = await answering((request, response) => {
      response.writeHead(302, { location: elsewhere.url + (request.url ?? '') }).end()
    })
    expect(await refusal(url)).toMatchObject({
      code: 'okta-not-okta',
      message: `${url} sends on to ${elsewhere.url}, as no Okta org does.`,
    })
    expect(elsewhere.seen).toEqual([])
  })

  it('stops at 256 KB', async () => {
    const { url } = await answering((_, response) => json(response, 200, ['x'.repeat(300_000)]))
    const error = await refusal(url)
    expect(error.code).toBe('okta-not-okta')
    expect(error.message).toContain('more than 256 KB')
  })

  it('does not take an outage or a rate limit for a wrong address', async () => {
    for (const [status, code] of [
      [503, 'okta-failed'],
      [429, 'okta-throttled'],
    ] as const) {
      const { url } = await answering((_, response) => response.writeHead(status).end())
      expect((await refusal(url)).code).toBe(code)
    }
  })

  it('gives up in time, and when the operator stops it', async () => {
    const { url } = await answering(() => undefined)
    const input = { orgUrl: url, authorizationServer: 'org' }
    await expect(createWeb({ timeoutMs: 20 }).metadata(input)).rejects.toMatchObject({
      code: 'okta-unreachable',
      message: `${url} cannot be reached: it did not answer in time.`,
    })
    await expect(createWeb({ signal: AbortSignal.abort() }).metadata(input)).rejects.toMatchObject({
      code: 'interrupted',
    })
  })
})

describe('the keys of the authorization server', () => {
  it('are taken only where they are RSA, for signatures and RS256', async () => {
    const bare = { kty: 'RSA', kid: 'bare', n, e }
    const { url } = await org({
      keys: [
        { ...RSA, x5c: ['dropped'], d: 'dropped' },
        bare,
        { ...RSA, kid: 'enc', use: 'enc' },
        { ...RSA, kid: 'hs', alg: 'HS256' },
        { kty: 'EC', kid: 'ec', crv: 'P-256', x: 'x', y: 'y' },
        { kty: 'oct', kid: 'oct', k: 'x' },
        { ...RSA, kid: undefined },
        { ...RSA, kid: 'short', n: 'AQAB' },
        { ...RSA, kid: 'odd', n: '***' },
        null,
      ],
    })
    const input = { orgUrl: url, authorizationServer: 'org' }
    expect((await createWeb().metadata(input)).keys).toEqual([RSA, bare])
  })

  it.each([
    ['none that fits', [{ ...RSA, use: 'enc' }], 'lists no RSA key for RS256 signatures'],
    ['no list', 'x', 'without a list of keys'],
    ['21 of them', Array.from({ length: 21 }, (_, i) => ({ ...RSA, kid: `k${i}` })), '21 keys'],
    ['two of one kid', [RSA, RSA], 'two keys with one key ID'],
  ])('are refused: %s', async (_, keys, message) => {
    const { url } = await org({ keys })
    const error = await refusal(url)
    expect(error.code).toBe('okta-failed')
    expect(error.message).toContain(message)
  })
})
