import { expect, test } from 'vitest'
import { beginSignIn, read } from '../../../src/web/begin-sign-in.ts'
import { answering } from '../../helpers/answering.ts'

const redirectUri = 'https://reports.example.com/_guard/callback'
const back = (query: string): string => `${redirectUri}?${query}`

const UNKNOWN = 'the client id or the redirect URI is not known (HTTP 400)'
const TAKEN = { kind: 'taken' }
const refused = (error: string) => ({ kind: 'refused', error })
const unclear = (detail: string) => ({ kind: 'unclear', detail })
const NO_WAY_BACK = unclear('HTTP 302, and no way back to the site')
const NO_ERROR = unclear('it sent no error that is known')

test.each([
  ['nobody is signed in', 302, back('error=login_required&state=s'), TAKEN],
  ['the same as a 303', 303, back('error=login_required'), TAKEN],
  ['a question would have to be asked', 302, back('error=interaction_required'), TAKEN],
  ['an account is to be chosen', 302, back('error=account_selection_required'), TAKEN],
  ['consent is to be asked for', 302, back('error=consent_required'), refused('consent_required')],
  ['a scope that is not there', 302, back('error=invalid_scope'), refused('invalid_scope')],
  [
    'the grant is not the app’s',
    302,
    back('error=unauthorized_client'),
    refused('unauthorized_client'),
  ],
  ['a page in place of a redirect', 400, null, refused(UNKNOWN)],
  ['a code, though nobody is signed in', 302, back('code=c'), NO_ERROR],
  ['an error that is none', 302, back('error=%3Cscript%3E'), NO_ERROR],
  ['another path of the site', 302, `${redirectUri}/x?error=login_required`, NO_WAY_BACK],
  [
    'another host',
    302,
    'https://evil.example.com/_guard/callback?error=login_required',
    NO_WAY_BACK,
  ],
  ['another scheme', 302, back('error=login_required').replace('https', 'http'), NO_WAY_BACK],
  ['the sign-in page', 302, 'https://acme.okta.com/login', NO_WAY_BACK],
  ['a redirect to nowhere', 302, null, NO_WAY_BACK],
  ['a relative redirect', 302, '/_guard/callback?error=login_required', NO_WAY_BACK],
  ['a page', 200, null, unclear('HTTP 200, and no way back to the site')],
  [
    'a page with a location',
    200,
    back('error=login_required'),
    unclear('HTTP 200, and no way back to the site'),
  ],
  ['too many requests', 429, null, unclear('HTTP 429')],
  ['an outage', 503, null, unclear('HTTP 503')],
  ['an outage with a location', 500, back('error=login_required'), unclear('HTTP 500')],
])('%s', (_what, status, location, answer) => {
  expect(read({ redirectUri }, status, location)).toEqual(answer)
})

test('asks for a sign-in that must not ask anything, and follows nothing', async () => {
  const asked: URL[] = []
  const okta = await answering((request, response) => {
    const url = new URL(request.url ?? '', 'http://okta')
    asked.push(url)
    const to = new URL(url.searchParams.get('redirect_uri') ?? '')
    to.searchParams.set('error', 'login_required')
    response.writeHead(302, { location: to.href }).end()
  })
  const question = {
    endpoint: `${okta.url}/oauth2/v1/authorize`,
    clientId: '0oa1',
    redirectUri: `${okta.url}/_guard/callback`,
    scope: 'openid groups',
  }
  const { signal } = new AbortController()
  expect(await beginSignIn(question, signal)).toEqual(TAKEN)
  expect(await beginSignIn({ ...question, pkce: false }, signal)).toEqual(TAKEN)
  expect(asked.map(({ pathname }) => pathname)).toEqual(Array(2).fill('/oauth2/v1/authorize'))
  const [first, second] = asked.map(({ searchParams }) => Object.fromEntries(searchParams))
  expect(first).toMatchObject({
    client_id: '0oa1',
    redirect_uri: question.redirectUri,
    response_type: 'code',
    scope: 'openid groups',
    prompt: 'none',
    code_challenge_method: 'S256',
  })
  expect(first?.['code_challenge']).toMatch(/^[\w-]{43}$/)
  expect(second).not.toHaveProperty('code_challenge')
  expect(second?.['state']).not.toBe(first?.['state'])
})

test('a server that is not there says nothing of the app', async () => {
  const question = {
    ...{ endpoint: 'http://127.0.0.1:1/authorize', clientId: '0oa1', redirectUri },
    scope: 'openid',
  }
  const answer = await beginSignIn(question, new AbortController().signal)
  expect(answer.kind).toBe('unclear')
})
