import { expect, test } from 'vitest'
import type { PublicRsaJwk } from '../../../src/access/jwk.ts'
import type { OktaClientSettings, Settings } from '../../../src/access/settings.ts'
import { adminSheet, clientRequest, sheetLines } from '../../../src/plan/okta/admin-sheet.ts'
import { desiredApp } from '../../../src/plan/resources/okta-app.ts'
import { ACCOUNT, settingsOf } from './world.ts'

const KEY: OktaClientSettings = { id: '0oaAdmins', authentication: 'private_key_jwt' }
const SECRET: OktaClientSettings = { id: '0oaAdmins', authentication: 'client_secret' }
const JWK: PublicRsaJwk = { kty: 'RSA', kid: 'k1', alg: 'RS256', use: 'sig', n: 'n', e: 'AQAB' }
const HOSTS = ['reports.example.com', 'www.example.com']

function valuesOf(settings: Settings, client = KEY, jwks = [JWK]): Record<string, string[]> {
  const { entries } = adminSheet(settings, client, jwks)
  return Object.fromEntries(entries.map(({ field, values }) => [field, values]))
}

test('says every field of the app, and the key', () => {
  expect(adminSheet(settingsOf({ hosts: HOSTS }), KEY, [JWK])).toEqual({
    clientId: '0oaAdmins',
    entries: [
      { field: 'Application type', values: ['OIDC - OpenID Connect, Web Application'] },
      {
        field: 'Client authentication',
        values: ['Public key / Private key, keys saved in Okta'],
      },
      { field: 'Proof Key for Code Exchange (PKCE)', values: ['required'] },
      { field: 'Grant types', values: ['Authorization Code', 'Refresh Token'] },
      { field: 'Refresh token', values: ['Use persistent token'] },
      {
        field: 'Sign-in redirect URIs',
        values: [
          'https://reports.example.com/_guard/callback',
          'https://www.example.com/_guard/callback',
        ],
      },
      {
        field: 'Sign-out redirect URIs',
        values: [
          'https://reports.example.com/_guard/signed-out',
          'https://www.example.com/_guard/signed-out',
        ],
      },
      { field: 'Initiate login URI', values: ['https://reports.example.com/_guard/login'] },
      { field: 'Assignments', values: ['Readers'] },
    ],
    jwks: [JWK],
  })
})

test('asks of an Okta admin what the guard would enter itself', () => {
  const settings = settingsOf({ hosts: HOSTS })
  const own = desiredApp(settings, ACCOUNT, [JWK])
  const values = valuesOf(settings)
  expect(values['Sign-in redirect URIs']).toEqual(own.redirectUris)
  expect(values['Sign-out redirect URIs']).toEqual(own.postLogoutRedirectUris)
  expect(values['Initiate login URI']).toEqual([own.initiateLoginUri])
  expect(values['Grant types']).toHaveLength(own.grantTypes.length)
  expect(own.pkceRequired).toBe(true)
})

test('with a client secret there is no key to enter', () => {
  const sheet = adminSheet(settingsOf(), SECRET, [JWK])
  expect(sheet.jwks).toEqual([])
  expect(valuesOf(settingsOf(), SECRET)['Client authentication']).toEqual(['Client secret'])
  expect(valuesOf(settingsOf(), SECRET, [])).not.toHaveProperty('Public key')
})

test('says that a key is still to come where there is none', () => {
  expect(valuesOf(settingsOf(), KEY, [])['Public key']?.[0]).toMatch(
    /shown by the first run without --dry-run/,
  )
})

test('says how refresh tokens rotate', () => {
  const { okta } = settingsOf()
  const refreshToken = { rotation: 'ROTATE', leewaySeconds: 45 } as const
  expect(valuesOf(settingsOf({ okta: { ...okta, refreshToken } }))['Refresh token']).toEqual([
    'Rotate token after every use, grace period 45 seconds',
  ])
})

test('everyone is a group too', () => {
  expect(valuesOf(settingsOf({ allow: { everyone: true } }))['Assignments']).toEqual(['Everyone'])
})

const ACCESS: Settings['access'] = {
  public: [],
  rules: [{ paths: ['/a/*'], allow: { groups: ['R+D', 'Crew'] } }],
}

test('access rules by group need a claim, and at the org server a scope', () => {
  const settings = settingsOf({ access: ACCESS })
  expect(valuesOf(settings)['Groups claim']?.[0]).toContain(String.raw`Matches regex ^(R\+D|Crew)$`)
  expect(clientRequest(settings, KEY).scope).toBe('openid profile email offline_access groups')
  expect(clientRequest(settingsOf(), KEY).scope).toBe('openid profile email offline_access')
})

test('a custom authorization server needs a policy, and knows no scope groups', () => {
  const { okta } = settingsOf()
  const settings = settingsOf({
    okta: { ...okta, authorizationServer: 'aus9' },
    access: ACCESS,
  })
  expect(valuesOf(settings)['Access policy']?.[0]).toMatch(/aus9.*refresh tokens/)
  expect(valuesOf(settings)['Groups claim']?.[0]).toContain('Authorization Servers > aus9')
  expect(clientRequest(settings, KEY).scope).toBe('openid profile email offline_access')
  expect(valuesOf(settingsOf())).not.toHaveProperty('Access policy')
})

test('what Okta is asked is what its admin is told', () => {
  const settings = settingsOf({ hosts: [...HOSTS, 'localhost:8080'] })
  const { redirectUris, clientId } = clientRequest(settings, KEY)
  expect(clientId).toBe('0oaAdmins')
  expect(redirectUris).toEqual(valuesOf(settings)['Sign-in redirect URIs'])
  expect(redirectUris.at(-1)).toBe('http://localhost:8080/_guard/callback')
})

test('every value and every key has a line of its own', () => {
  const sheet = adminSheet(settingsOf({ hosts: HOSTS }), KEY, [JWK])
  const lines = sheetLines(sheet)
  expect(lines[0]).toBe('Client ID: 0oaAdmins')
  for (const { values } of sheet.entries) {
    for (const value of values) expect(lines.some((line) => line.endsWith(value))).toBe(true)
  }
  expect(lines.at(-1)?.replace(/^[^{]*/, '')).toBe(JSON.stringify(JWK))
})
