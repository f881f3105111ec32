import { expect, test } from 'vitest'
import type { ClientAuthentication } from '../../../src/access/settings.ts'
import { checkClient } from '../../../src/checks/okta/okta-client.ts'
import type { Manifest } from '../../../src/plan/manifest.ts'
import type { AuthorizeAnswer, ClientObserved, Observed } from '../../../src/plan/observed.ts'
import { emptyWorld, settingsOf } from '../plan/world.ts'

const URIS = ['https://a.example.com/_guard/callback', 'https://b.example.com/_guard/callback']
const TAKEN: AuthorizeAnswer = { kind: 'taken' }
const REFUSED: AuthorizeAnswer = { kind: 'refused', error: 'invalid_scope' }
const UNCLEAR: AuthorizeAnswer = { kind: 'unclear', detail: 'HTTP 429' }

function findings(
  answers: AuthorizeAnswer[],
  {
    pkceRequired = true,
    state = 'installed',
    authentication = 'private_key_jwt',
    tried = true,
  }: {
    pkceRequired?: boolean | undefined
    state?: string
    authentication?: ClientAuthentication
    tried?: boolean
  } = {},
) {
  const settings = settingsOf()
  const client = { id: '0oaAdmins', authentication }
  const begun = answers.map((answer, at) => ({ redirectUri: URIS[at] ?? '', answer }))
  const seen: ClientObserved = { metadata: undefined, begun, pkceRequired }
  const app = {
    ...{ clientId: client.id, orgUrl: settings.okta.orgUrl, authentication },
    ...(tried && { tried: { digest: 'd', kid: 'k' } }),
  }
  const observed: Observed = {
    ...emptyWorld(),
    manifest: { state, okta: app } as unknown as Manifest,
    okta: { checked: false, reason: '', client: seen },
  }
  return checkClient({ ...settings, okta: { ...settings.okta, client } }, observed)
}

const codes = (...given: Parameters<typeof findings>): string[] =>
  findings(...given).map(({ severity, code, subject }) => `${severity} ${code} ${subject}`)

const UNCHECKED = 'info okta-not-checked 0oaAdmins'

test('an app that takes sign-ins leaves what its admin alone sees', () => {
  expect(codes([TAKEN, TAKEN])).toEqual([UNCHECKED])
  const [said] = findings([TAKEN])
  expect(said?.message).toMatch(/sign-out redirect URIs, .*assignments/)
  expect(said?.message).toContain('the key was tried')
  expect(findings([TAKEN], { authentication: 'client_secret' })[0]?.message).toContain(
    'the secret was tried',
  )
  expect(findings([TAKEN], { tried: false })[0]?.message).not.toContain('tried')
})

test('every host where nobody can sign in is named, with what Okta says', () => {
  expect(codes([TAKEN, REFUSED])).toEqual([`broken okta-client ${URIS[1]}`, UNCHECKED])
  const [said] = findings([REFUSED])
  expect(said?.message).toContain('Nobody can sign in at a.example.com')
  expect(said?.message).toContain('invalid_scope')
  expect(said?.next).toContain('--dry-run')
})

test('an answer that says nothing is no finding', () => {
  expect(codes([UNCLEAR, UNCLEAR], { pkceRequired: undefined })).toEqual([UNCHECKED])
})

test('before it is installed, what is missing is no fault', () => {
  expect(codes([REFUSED], { state: 'installing' })).toEqual([UNCHECKED])
})

test('an app that does without PKCE is worth knowing', () => {
  expect(codes([TAKEN], { pkceRequired: false })).toEqual(['info okta-client-pkce ', UNCHECKED])
})

test('nothing is said where the guard has its own app', () => {
  expect(checkClient(settingsOf(), emptyWorld())).toEqual([])
})
