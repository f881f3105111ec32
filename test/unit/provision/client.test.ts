import { expect, test } from 'vitest'
import type { AuthorizeAnswer } from '../../../src/plan/observed.ts'
import { adminSheet } from '../../../src/plan/okta/admin-sheet.ts'
import { askClient, clientIncomplete, problemWords } from '../../../src/provision/client.ts'
import type { Cloud } from '../../../src/provision/cloud.ts'
import { answering, json } from '../../helpers/answering.ts'
import { settingsOf } from '../plan/world.ts'

const HOSTS = ['a.example.com', 'b.example.com']
const REDIRECTS = HOSTS.map((host) => `https://${host}/_guard/callback`)
const TAKEN: AuthorizeAnswer = { kind: 'taken' }

/** What is wrong, where the token endpoint and the sign-ins answer like this. */
async function problems(
  token: (grant: string) => string,
  begun: AuthorizeAnswer[] = [TAKEN, TAKEN],
): Promise<string[]> {
  const okta = await answering((_request, response, body) => {
    const error = token(new URLSearchParams(body).get('grant_type') ?? '')
    json(response, error === 'invalid_client' ? 401 : 400, { error })
  })
  const cloud = {
    aws: { serverTime: () => undefined },
    signal: new AbortController().signal,
    web: {
      beginSignIn: ({ redirectUri }: { redirectUri: string }) =>
        Promise.resolve(begun[REDIRECTS.indexOf(redirectUri)]),
    },
  } as unknown as Cloud
  const server = {
    issuer: okta.url,
    authorizationEndpoint: `${okta.url}/authorize`,
    tokenEndpoint: `${okta.url}/token`,
  }
  const request = { clientId: '0oaAdmins', redirectUris: REDIRECTS, scope: 'openid groups' }
  return askClient(request, server, { kid: 'k1', key: 'CANARY' }, cloud)
}

const ALLOWED = (): string => 'invalid_grant'
const REFUSED_SCOPE: AuthorizeAnswer = { kind: 'refused', error: 'invalid_scope' }
const UNCLEAR: AuthorizeAnswer = { kind: 'unclear', detail: 'HTTP 429' }

test.each<[string, Parameters<typeof problems>, string[]]>([
  ['nothing', [ALLOWED], []],
  [
    'a scope at one host',
    [ALLOWED, [TAKEN, REFUSED_SCOPE]],
    [`sign-in at ${REDIRECTS[1]}: invalid_scope`],
  ],
  [
    'an answer',
    [ALLOWED, [UNCLEAR, TAKEN]],
    [`sign-in at ${REDIRECTS[0]}: Okta did not say (HTTP 429)`],
  ],
  [
    'the grant type for refresh tokens',
    [(grant) => (grant === 'refresh_token' ? 'unauthorized_client' : 'invalid_grant')],
    ['token endpoint: the app does not have the grant type refresh_token'],
  ],
  [
    'both grant types',
    [() => 'unauthorized_client'],
    ['refresh_token', 'authorization_code'].map(
      (grant) => `token endpoint: the app does not have the grant type ${grant}`,
    ),
  ],
  [
    'the secret',
    [() => 'invalid_client'],
    ['token endpoint: the client secret is not taken (invalid_client)'],
  ],
  [
    'the secret, and a redirect URI',
    [() => 'invalid_client', [REFUSED_SCOPE, TAKEN]],
    [
      `sign-in at ${REDIRECTS[0]}: invalid_scope`,
      'token endpoint: the client secret is not taken (invalid_client)',
    ],
  ],
])('what the app lacks is told: %s', async (_what, given, lines) => {
  const found = await problems(...given)
  expect(found).toEqual(lines)
  expect(found.join('')).not.toContain('CANARY')
})

test('no word is said of what is taken', () => {
  expect(problemWords(TAKEN)).toBeUndefined()
})

test('the error holds what is wrong, then everything that is to be entered', () => {
  const client = { id: '0oaAdmins', authentication: 'client_secret' } as const
  const sheet = adminSheet(settingsOf({ hosts: HOSTS }), client, [])
  const { details, hint, code } = clientIncomplete(['the one thing'], sheet)
  expect([code, details[0], details[1]]).toEqual(['okta-client-incomplete', 'the one thing', ''])
  for (const uri of REDIRECTS) expect(details.join('\n')).toContain(uri)
  expect(hint).toContain('run the same command again')
})
