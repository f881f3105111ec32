import { generateKeyPairSync } from 'node:crypto'
import okta from '@okta/okta-sdk-nodejs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startOkta, type SandboxOkta } from '../../../../src/sandbox/okta/index.ts'
import { createOperations } from '../../../../src/sandbox/operations.ts'
import type { Operations } from '../../../../src/sandbox/types.ts'
import { keyPair, webApp } from './helpers.ts'

const clock = { now: () => Date.now() }
let operations: Operations
let org: SandboxOkta
let client: okta.Client

function connect(token: string): okta.Client {
  const config = { orgUrl: org.url, token, cacheMiddleware: null }
  return new okta.Client(config)
}

beforeEach(async () => {
  operations = createOperations(clock)
  org = await startOkta({ clock, operations })
  client = connect(org.token)
})
afterEach(() => org.close())

async function labels(q?: string, limit?: number): Promise<string[]> {
  const apps = await client.applicationApi.listApplications({
    ...(q ? { q } : {}),
    ...(limit ? { limit } : {}),
  })
  const found: string[] = []
  for await (const app of apps) if (app?.label) found.push(app.label)
  return found
}

describe('the Apps API', () => {
  it('creates, finds, reads, replaces, deactivates and deletes an app as the SDK asks', async () => {
    const made = await client.applicationApi.createApplication({ application: webApp('Reports') })
    const id = made.id ?? ''
    expect(made.status).toBe('ACTIVE')
    expect(await labels('Rep')).toEqual(['Reports'])
    const read = (await client.applicationApi.getApplication({
      appId: id,
    })) as okta.OpenIdConnectApplication
    expect(read.credentials?.oauthClient?.client_id).toBe(id)
    expect(read.profile).toEqual({ managedBy: 'test' })
    read.label = 'Renamed'
    await client.applicationApi.replaceApplication({ appId: id, application: read })
    expect(await labels('Renamed')).toEqual(['Renamed'])
    await expect(client.applicationApi.deleteApplication({ appId: id })).rejects.toMatchObject({
      status: 403,
      errorCode: 'E0000056',
    })
    await client.applicationApi.deactivateApplication({ appId: id })
    await client.applicationApi.deleteApplication({ appId: id })
    await expect(client.applicationApi.getApplication({ appId: id })).rejects.toMatchObject({
      status: 404,
      errorCode: 'E0000007',
    })
  })

  it('follows its own paging links', async () => {
    for (const label of ['One', 'Two', 'Three'])
      await client.applicationApi.createApplication({ application: webApp(label) })
    expect(await labels(undefined, 1)).toEqual(['One', 'Two', 'Three'])
    expect(operations.log.filter((op) => op.operation === 'GET /api/v1/apps')).toHaveLength(3)
  })

  it('keeps fields that the SDK does not know', async () => {
    const made = await client.applicationApi.createApplication({ application: webApp('Kept') })
    const app = org.store.apps.get(made.id ?? '')
    app!['notes'] = { admin: 'hands off' }
    app!.settings['signOn'] = { loginUrl: 'https://x.example' }
    await client.applicationApi.replaceApplication({
      appId: made.id ?? '',
      application: webApp('Kept 2'),
    })
    const after = org.store.apps.get(made.id ?? '')
    expect(after).toMatchObject({
      label: 'Kept 2',
      notes: { admin: 'hands off' },
      settings: { signOn: { loginUrl: 'https://x.example' } },
    })
  })

  it.each([
    ['a missing label', { label: '' }, 'label'],
    ['a label of more than 100 characters', { label: 'x'.repeat(101) }, 'label'],
  ])('refuses %s with E0000001 and its cause', async (_what, change, field) => {
    const application = { ...webApp('Bad'), ...change }
    const error = await client.applicationApi
      .createApplication({ application })
      .then(() => undefined)
      .catch((reason: unknown) => reason as okta.OktaApiError)
    expect(error).toMatchObject({ status: 400, errorCode: 'E0000001' })
    expect(error?.errorSummary).toBe(`Api validation failed: ${field}`)
    expect(error?.errorCauses?.length).toBe(1)
  })

  it('refuses private key material', async () => {
    const application = webApp('Leaky')
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      format: 'jwk',
    })
    const body = structuredClone(application) as unknown as {
      settings: { oauthClient: { jwks: { keys: unknown[] } } }
    }
    body.settings.oauthClient.jwks.keys = [{ ...jwk, kid: 'k' }]
    const answer = await fetch(`${org.url}/api/v1/apps`, {
      method: 'POST',
      headers: { authorization: `SSWS ${org.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(answer.status).toBe(400)
    expect(JSON.stringify(await answer.json())).toContain('private key material')
  })

  it('adds, deactivates and deletes client keys', async () => {
    const made = await client.applicationApi.createApplication({ application: webApp('Keys') })
    const appId = made.id ?? ''
    const keys = client.applicationSSOPublicKeysApi
    const added = (await keys.addJwk({
      appId,
      addJwkRequest: keyPair('second').public as never,
    })) as { id?: string }
    const keyId = added.id ?? ''
    expect(org.store.apps.get(appId)?.settings.oauthClient.jwks?.keys).toHaveLength(2)
    await keys.deactivateOAuth2ClientJsonWebKey({ appId, keyId })
    await keys.deletejwk({ appId, keyId })
    expect(org.store.apps.get(appId)?.settings.oauthClient.jwks?.keys).toHaveLength(1)
  })
})

describe('groups', () => {
  it('finds a group by its exact name and by prefix, and Everyone as built in', async () => {
    org.addGroup('Staff')
    org.addGroup('Staff EU')
    const names = async (query: object): Promise<(string | undefined)[]> => {
      const found: (string | undefined)[] = []
      for await (const group of await client.groupApi.listGroups(query))
        found.push(group?.profile?.name)
      return found
    }
    expect(await names({ search: 'profile.name eq "Staff"' })).toEqual(['Staff'])
    expect(await names({ q: 'Staff' })).toEqual(['Staff', 'Staff EU'])
    expect(await names({ search: 'type eq "BUILT_IN"' })).toEqual(['Everyone'])
  })

  it('assigns and unassigns a group', async () => {
    const group = org.addGroup('Staff')
    const made = await client.applicationApi.createApplication({ application: webApp('Groups') })
    const appId = made.id ?? ''
    await client.applicationApi.assignGroupToApplication({ appId, groupId: group.id })
    const assigned: (string | undefined)[] = []
    for await (const one of await client.applicationApi.listApplicationGroupAssignments({ appId }))
      assigned.push(one?.id)
    expect(assigned).toEqual([group.id])
    await client.applicationApi.unassignApplicationFromGroup({ appId, groupId: group.id })
    expect(org.store.appGroups.get(appId)?.size).toBe(0)
  })
})

describe('who may call it', () => {
  it.each([
    ['a wrong token', () => 'nonsense', 401, 'E0000011'],
    ['an expired token', () => org.addToken({ expired: true }), 401, 'E0000011'],
    ['a powerless token', () => org.addToken({ power: 'none' }), 403, 'E0000006'],
    ['a read-only token', () => org.addToken({ power: 'read-only' }), 403, 'E0000006'],
  ])('refuses %s', async (_what, token, status, errorCode) => {
    const other = connect(token())
    const call = other.applicationApi.createApplication({ application: webApp('No') })
    await expect(call).rejects.toMatchObject({ status, errorCode })
    expect(org.store.apps.size).toBe(0)
  })

  it.each([false, true])(
    'lets a service app in with an RSA key and its scopes (DPoP required: %s)',
    async (dpop) => {
      const key = keyPair('service')
      const scopes = ['okta.apps.manage', 'okta.groups.read']
      const clientId = org.addServiceApp({ keys: [key.public], scopes, dpop })
      const config = {
        orgUrl: org.url,
        authorizationMode: 'PrivateKey',
        clientId,
        scopes,
        privateKey: key.private,
        keyId: 'service',
        cacheMiddleware: null,
      }
      const service = new okta.Client(config)
      const made = await service.applicationApi.createApplication({ application: webApp('Svc') })
      expect(made.label).toBe('Svc')
      await expect(service.userApi.getUser({ userId: 'x' })).rejects.toMatchObject({ status: 403 })
    },
  )

  it('answers 429 with the rate-limit headers when told to, and the SDK waits and retries', async () => {
    operations.arm({
      at: { operation: 'GET /api/v1/apps', nth: 1 },
      kind: {
        status: 429,
        body: '{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit"}',
        headers: { 'x-rate-limit-reset': String(Math.floor(Date.now() / 1000)) },
      },
    })
    expect(await labels()).toEqual([])
    expect(operations.log.map((op) => op.status)).toEqual([429, 200])
  })
})
