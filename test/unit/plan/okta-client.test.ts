import { expect, test } from 'vitest'
import type { OktaClientSettings, Settings } from '../../../src/access/settings.ts'
import { GuardError } from '../../../src/errors/guard-error.ts'
import type { PlanContext } from '../../../src/plan/context.ts'
import { factsOf } from '../../../src/plan/keys/facts.ts'
import type { AdminsApp, InstalledApp, Manifest } from '../../../src/plan/manifest.ts'
import type { Observed } from '../../../src/plan/observed.ts'
import { refuseOtherApp } from '../../../src/plan/refusals/other-app.ts'
import { planClient, serverOf } from '../../../src/plan/resources/okta-client.ts'
import { emptyWorld, ID, INPUT, metadataOf, settingsOf } from './world.ts'

const KEY: OktaClientSettings = { id: '0oaAdmins', authentication: 'private_key_jwt' }
const SECRET: OktaClientSettings = { ...KEY, authentication: 'client_secret' }
const OWN = { appId: '0oa1', clientId: '0oa1', orgUrl: 'https://acme.okta.com' }

const withClient = (client: OktaClientSettings | undefined, change: Partial<Settings> = {}) => {
  const settings = settingsOf(change)
  return { ...settings, okta: { ...settings.okta, ...(client && { client }) } }
}

type Entry = Partial<Manifest['keys']['client'][number]>

function worldWith(okta: InstalledApp | undefined, entry: Entry = {}, change = {}): Observed {
  const current = { kid: 'k1', state: 'current', createdAt: INPUT.now, ...entry }
  const keys = { session: [], client: [current], seal: [] }
  const manifest = { state: 'installed', function: {}, keys, ...(okta && { okta }), ...change }
  return {
    ...emptyWorld(),
    okta: { checked: false, reason: 'it is its admin’s' },
    manifest: manifest as unknown as Manifest,
  }
}

function planned(settings: Settings, observed: Observed, isMade = false) {
  const context = { ...INPUT, distribution: ID, settings, reasonForMissing: 'missing' }
  return planClient(settings.okta.client!, observed, context as PlanContext, {
    client: [],
    isMade,
  })
}

/** As the manifest has it after Okta took it. */
const taken = (settings: Settings): AdminsApp =>
  planned(settings, worldWith(undefined)).installed as AdminsApp

const asks = (...given: Parameters<typeof planned>): string[] =>
  planned(...given).steps.map(({ reason }) => reason)

test('Okta is asked once, and not again', () => {
  const settings = withClient(KEY)
  expect(asks(settings, emptyWorld())).toEqual(['missing'])
  expect(asks(settings, worldWith(undefined))).toEqual(['missing'])
  expect(taken(settings).tried).toMatchObject({ kid: 'k1' })
  expect(asks(settings, worldWith(taken(settings)))).toEqual([])
})

const ORG = settingsOf().okta
test.each<[string, Settings]>([
  ['another host', withClient(KEY, { hosts: ['reports.example.com', 'www.example.com'] })],
  ['the same hosts in another order', withClient(KEY, { hosts: ['www.example.com'] })],
  [
    'a scope for groups',
    withClient(KEY, {
      access: { public: [], rules: [{ paths: ['/*'], allow: { groups: ['A'] } }] },
    }),
  ],
  ['another server', withClient(KEY, { okta: { ...ORG, authorizationServer: 'aus1' } })],
  ['another org', withClient(KEY, { okta: { ...ORG, orgUrl: 'https://b.okta.com' } })],
  ['another app', withClient({ ...KEY, id: '0oaOthers' })],
  ['another authentication', withClient(SECRET)],
])('Okta is asked again for %s', (_what, settings) => {
  expect(asks(settings, worldWith(taken(withClient(KEY))))).toEqual(['settings'])
})

test.each<[string, Partial<Settings>]>([
  ['who may sign in', { allow: { groups: ['Others'] } }],
  ['the life of a session', { session: { tokenMinutes: 5, maxHours: 1, graceMinutes: 0 } }],
  ['the behaviors', { behaviors: ['default'] }],
])('%s is nothing that Okta is asked about', (_what, change) => {
  expect(asks(withClient(KEY, change), worldWith(taken(withClient(KEY))))).toEqual([])
})

test('a key that is made anew is tried, one that was rotated has been', () => {
  const settings = withClient(KEY)
  const app = taken(settings)
  expect(asks(settings, worldWith(app), true)).toEqual(['missing'])
  expect(asks(settings, worldWith(app, { kid: 'k2' }))).toEqual(['settings'])
  expect(asks(settings, worldWith(app, { kid: 'k2', promotedAt: INPUT.now }))).toEqual([])
  expect(planned(settings, emptyWorld(), true).installed.tried).toMatchObject({
    kid: { ref: 'keys.client.kid' },
  })
})

test('what Okta says of its endpoints wins over what is baked in', () => {
  const baked = { ...metadataOf(), issuer: 'https://baked.okta.com' }
  const observed = worldWith(undefined, {}, { metadata: baked })
  expect(serverOf(observed)?.issuer).toBe('https://baked.okta.com')
  const client = { metadata: metadataOf(), begun: [], pkceRequired: undefined }
  const asked = { ...observed, okta: { checked: false as const, reason: '', client } }
  expect(serverOf(asked)?.issuer).toBe('https://acme.okta.com')
  expect(serverOf(worldWith(undefined))).toBeUndefined()
})

test('only the admin knows which keys the app accepts', () => {
  const settings = withClient(KEY)
  expect(factsOf({ ...worldWith(undefined), settings }, ID).client.accepted).toBe('admins')
  const own = { ...worldWith(OWN), settings: settingsOf() }
  expect(factsOf(own, ID).client.accepted).toBeUndefined()
  expect(factsOf({ ...own, okta: emptyWorld().okta }, ID).client.accepted).toEqual([])
})

const admins = ({ id, authentication }: OktaClientSettings): AdminsApp => ({
  clientId: id,
  orgUrl: 'https://acme.okta.com',
  authentication,
})
const OTHER = { ...KEY, id: '0oaOthers' }
const BEGUN = { state: 'installing', function: undefined }

const APPS: [string, OktaClientSettings | undefined, InstalledApp | undefined, object, boolean][] =
  [
    ['its own, as installed', undefined, OWN, {}, true],
    ['its own, before it is made', undefined, undefined, BEGUN, true],
    ['an admin’s, as installed', KEY, admins(KEY), {}, true],
    ['an admin’s in the place of its own', KEY, OWN, {}, false],
    ['its own in the place of an admin’s', undefined, admins(KEY), {}, false],
    ['another of an admin', OTHER, admins(KEY), {}, false],
    ['another authentication', SECRET, admins(KEY), {}, false],
    ['another of an admin, where nothing works yet', OTHER, admins(KEY), BEGUN, true],
    ['another authentication, where nothing works yet', SECRET, admins(KEY), BEGUN, true],
    [
      'another, where a run died that changed it',
      OTHER,
      admins(KEY),
      { state: 'installing' },
      false,
    ],
    ['an admin’s, where its own may have been made', KEY, undefined, BEGUN, false],
    ['its own, where an admin’s was begun', undefined, admins(KEY), BEGUN, false],
    ['another, while it is torn down', OTHER, admins(KEY), { state: 'tearing-down' }, false],
  ]

test.each(APPS)('the app is %s', (_what, wanted, installed, change, isFine) => {
  const refusal = (): void => refuseOtherApp(withClient(wanted), worldWith(installed, {}, change))
  if (isFine) return expect(refusal).not.toThrow()
  expect(refusal).toThrow(GuardError)
  expect(refusal).toThrow(expect.objectContaining({ code: 'okta-app-other' }) as Error)
})

test('where nothing is installed, every app is fine', () => {
  expect(() => refuseOtherApp(withClient(KEY), emptyWorld())).not.toThrow()
})
