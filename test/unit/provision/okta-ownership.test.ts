import { describe, expect, test } from 'vitest'
import { GuardError } from '../../../src/errors/guard-error.ts'
import type { OktaAdmin } from '../../../src/okta/types.ts'
import type { Documents } from '../../../src/plan/examined.ts'
import type { AdminsApp, Manifest, OwnApp } from '../../../src/plan/manifest.ts'
import type { OktaApp } from '../../../src/plan/observed.ts'
import { desiredApp } from '../../../src/plan/resources/okta-app.ts'
import type { Cloud } from '../../../src/provision/cloud.ts'
import { observeOkta } from '../../../src/provision/observe-okta.ts'
import { findOktaTokens } from '../../../src/provision/okta-tokens.ts'
import { executors } from '../../../src/provision/steps/index.ts'
import { ACCOUNT, ID, metadataOf, settingsOf } from '../plan/world.ts'

const ORG = 'https://acme.okta.com'
const FIELDS = { ...desiredApp(settingsOf(), ACCOUNT, []), jwks: [] }
const OURS: OktaApp = { ...FIELDS, id: 'app-1', clientId: 'client-1', status: 'ACTIVE' }
const THEIRS: OktaApp = { ...OURS, profile: { ...OURS.profile, distribution: 'E9' } }
const BY_HAND: OktaApp = { ...OURS, profile: { ...OURS.profile, managedBy: '' } }

/** An org with these apps; every call that changes something is written down. */
function org(apps: OktaApp[], change: Partial<OktaAdmin> = {}) {
  const calls: string[] = []
  const did = (call: string) => async (id: string) => void calls.push(`${call} ${id}`)
  const okta: Partial<OktaAdmin> = {
    orgUrl: ORG,
    findAppsByLabel: async (label) => apps.filter((app) => app.label.startsWith(label)),
    getApp: async (id) => apps.find((app) => app.id === id),
    assignedGroups: async () => [],
    findGroups: async (name) => [{ id: 'g', name, type: 'OKTA_GROUP' }],
    findUsers: async () => [{ id: 'u1', login: 'ada@example.com', status: 'ACTIVE' }],
    updateApp: async (id) => {
      calls.push(`update ${id}`)
      return apps.find((app) => app.id === id) ?? OURS
    },
    deactivateApp: did('deactivate'),
    deleteApp: did('delete'),
    ...change,
  }
  const web = { metadata: async () => metadataOf() }
  return { calls, cloud: { okta, web } as unknown as Cloud }
}

const OWN: OwnApp = { appId: 'app-1', clientId: 'client-1', orgUrl: ORG }
const ADMINS: AdminsApp = { clientId: '0oaA', orgUrl: ORG, authentication: 'private_key_jwt' }

describe('an app is ours by its profile', () => {
  const look = (apps: OktaApp[], orgUrl = ORG) => {
    const settings = settingsOf({ okta: { ...settingsOf().okta, orgUrl } })
    const documents = { settings, manifest: { okta: { ...OWN, orgUrl } } as Manifest }
    const installed = Promise.resolve(documents as Documents)
    return observeOkta(ID, org(apps).cloud, 'teardown', installed, undefined)
  }

  test('whatever it is called now', async () => {
    expect(await look([OURS])).toMatchObject({ checked: true, app: { id: 'app-1' } })
    const renamed = { ...OURS, label: 'Renamed' }
    expect(await look([renamed])).toMatchObject({ checked: true, app: { id: 'app-1' } })
  })

  test.each([
    ['of another distribution', THEIRS],
    ['that nobody of us made', BY_HAND],
  ])('and not by the id on record: one %s is left alone', async (_whose, app) => {
    expect(await look([app])).toMatchObject({ checked: true, app: undefined })
    expect(await look([{ ...app, label: 'Renamed' }])).toMatchObject({ app: undefined })
  })

  test('and in the org of the credentials alone', async () => {
    const found = await look([OURS], 'https://other.okta.com')
    expect(found).toMatchObject({ checked: false })
    expect(JSON.stringify(found)).toContain('other.okta.com')
  })
})

test('of an app that is its admin’s, teardown asks Okta nothing', async () => {
  const client = { id: '0oaA', authentication: 'private_key_jwt' } as const
  const settings = settingsOf({ okta: { ...settingsOf().okta, client } })
  const installed = Promise.resolve({ settings, manifest: undefined } as unknown as Documents)
  const asked = (): never => {
    throw new Error('Okta was asked')
  }
  const web = { metadata: asked, beginSignIn: asked } as unknown as Cloud['web']
  const found = await observeOkta(ID, { okta: undefined, web }, 'teardown', installed, undefined)
  expect(found).toMatchObject({ checked: false })
})

describe('an app whose creation was not answered', () => {
  const lost = async (): Promise<OktaApp> => {
    throw new GuardError({ code: 'okta-unreachable', message: 'no answer' })
  }
  const create = (cloud: Cloud) =>
    executors['okta.app.create']?.({ fields: FIELDS }, cloud, undefined as never)

  test('is found and used', async () => {
    const { calls, cloud } = org([OURS], { createApp: lost })
    expect(await create(cloud)).toEqual({ appId: 'app-1', clientId: 'client-1' })
    expect(calls).toEqual(['update app-1'])
  })

  test.each([
    ['another distribution has', THEIRS],
    ['somebody has', BY_HAND],
  ])('is not taken for one of that label that %s', async (_whose, app) => {
    const { calls, cloud } = org([app], { createApp: lost })
    await expect(create(cloud)).rejects.toMatchObject({ code: 'okta-unreachable' })
    expect(calls).toEqual([])
  })
})

describe('an app is deleted', () => {
  const remove = (cloud: Cloud) =>
    executors['okta.app.delete']?.({ appId: 'app-1' }, cloud, undefined as never)

  test.each([
    ['after it was switched off', [OURS], ['deactivate app-1', 'delete app-1']],
    ['where a run has switched it off', [{ ...OURS, status: 'INACTIVE' }], ['delete app-1']],
    ['and is gone where it is gone', [], []],
  ])('%s', async (_when, apps, wanted) => {
    const { calls, cloud } = org(apps)
    await remove(cloud)
    expect(calls).toEqual(wanted)
  })
})

describe('whose tokens Okta can end', () => {
  const find = (user: string | undefined, app: OwnApp | AdminsApp) =>
    findOktaTokens(user, app, org([]).cloud)

  test('everybody’s of our own app, and one person’s of any', async () => {
    expect(await find(undefined, OWN)).toMatchObject({ reachable: true, appId: 'app-1' })
    for (const app of [OWN, ADMINS]) {
      expect(await find('ada@example.com', app)).toMatchObject({
        ...{ reachable: true, clientId: app.clientId, users: [{ id: 'u1' }] },
      })
    }
  })

  test('and never everybody’s of an app that is its admin’s, nor any in another org', async () => {
    expect(await find(undefined, ADMINS)).toMatchObject({ reachable: false })
    const elsewhere = 'https://other.okta.com'
    for (const app of [OWN, ADMINS]) {
      for (const user of [undefined, 'ada@example.com']) {
        const found = await find(user, { ...app, orgUrl: elsewhere })
        expect(found).toMatchObject({ reachable: false })
      }
    }
  })
})
