import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createOkta } from '../../../src/okta/index.ts'
import type { OktaAdmin } from '../../../src/okta/types.ts'
import { startOkta } from '../../../src/sandbox/okta/index.ts'
import type { SandboxOkta } from '../../../src/sandbox/okta/index.ts'
import { createOperations } from '../../../src/sandbox/operations.ts'
import { FIELDS, KEY } from './fields.ts'

const clock = { now: () => Date.now() }
let org: SandboxOkta
let okta: OktaAdmin

beforeEach(async () => {
  org = await startOkta({ clock, operations: createOperations(clock) })
  okta = await withToken(org.token)
})
afterEach(() => org.close())

function withToken(token: string): Promise<OktaAdmin> {
  return createOkta({ orgUrl: org.url, credentials: { kind: 'token', token, source: 'a test' } })
}

describe('the management API through the SDK', () => {
  it('makes an app, finds it by how its label begins and by its id', async () => {
    const app = await okta.createApp(FIELDS)
    expect(app).toMatchObject({ ...FIELDS, status: 'ACTIVE', clientId: app.id })
    const other = await okta.createApp({ ...FIELDS, label: `${FIELDS.label}.au` })
    await okta.createApp({ ...FIELDS, label: `Another ${FIELDS.label}` })
    expect(await okta.findAppsByLabel(FIELDS.label)).toEqual([app, other])
    expect(await okta.getApp(app.id)).toEqual(app)
    expect(await okta.getApp('0oanobody')).toBeUndefined()
  })

  it('finds an app on the second page', async () => {
    for (let n = 0; n < 201; n += 1) {
      org.store.apps.set(`0oa${n}`, {
        ...structuredClone([...org.store.apps.values()][0]),
        id: `0oa${n}`,
        name: 'oidc_client',
        label: `${FIELDS.label} ${n}`,
        status: 'ACTIVE',
        signOnMode: 'OPENID_CONNECT',
        created: '',
        lastUpdated: '',
        credentials: { oauthClient: { client_id: `0oa${n}` } },
        settings: { oauthClient: {} },
      })
    }
    const app = await okta.createApp(FIELDS)
    const found = await okta.findAppsByLabel(FIELDS.label)
    expect(found).toHaveLength(202)
    expect(found).toContainEqual(app)
  })

  it('changes an app and leaves alone what the SDK does not know', async () => {
    const { id } = await okta.createApp(FIELDS)
    const stored = org.store.apps.get(id)
    if (!stored) throw new Error('not stored')
    stored['futureField'] = { kept: [true] }
    stored.settings.oauthClient['logo_uri'] = 'https://acme.com/logo.png'
    const wanted = { ...FIELDS, redirectUris: ['https://b.example/_guard/callback'] }
    expect(await okta.updateApp(id, wanted)).toMatchObject(wanted)
    expect(await okta.getApp(id)).toMatchObject(wanted)
    const after = org.store.apps.get(id)
    expect(after?.['futureField']).toEqual({ kept: [true] })
    expect(after?.settings.oauthClient['logo_uri']).toBe('https://acme.com/logo.png')
  })

  it('deactivates, activates and deletes; deleting twice is no error', async () => {
    const { id } = await okta.createApp(FIELDS)
    await okta.deactivateApp(id)
    expect((await okta.getApp(id))?.status).toBe('INACTIVE')
    await okta.activateApp(id)
    expect((await okta.getApp(id))?.status).toBe('ACTIVE')
    await expect(okta.deleteApp(id)).rejects.toMatchObject({ code: 'okta-denied' })
    await okta.revokeAppTokens(id)
    await okta.deactivateApp(id)
    await okta.deleteApp(id)
    await okta.deleteApp(id)
    await okta.revokeAppTokens(id)
    expect(await okta.getApp(id)).toBeUndefined()
  })

  it('finds groups by exact name, quotes and all, and takes Everyone only where it is built in', async () => {
    const quoted = org.addGroup('The "A" \\ team')
    org.addGroup('staff')
    const staff = org.addGroup('Staff')
    org.addGroup('Staff abroad')
    const view = ({ id, name, type }: { id: string; name: string; type: string }) => ({
      id,
      name,
      type,
    })
    expect(await okta.findGroups('Staff')).toEqual([view(staff)])
    expect(await okta.findGroups('The "A" \\ team')).toEqual([view(quoted)])
    expect(await okta.findGroups('Nobody')).toEqual([])
    org.addGroup('Everyone')
    expect(await okta.everyone()).toEqual(view(org.store.everyone))
    expect(await okta.listGroups(2)).toHaveLength(2)
    for (let n = 0; n < 250; n += 1) org.addGroup(`g${n}`)
    expect(await okta.listGroups(230)).toHaveLength(230)
  })

  it('finds people by address, login or id, whatever their status', async () => {
    const password = 'ferry-harbor-1'
    const ada = org.addUser({
      login: 'ada@acme.example',
      email: 'ada.byron@acme.com',
      password,
      name: 'Ada',
    })
    const twin = org.addUser({
      login: 'a2@acme.example',
      email: 'ada.byron@acme.com',
      password,
      name: 'A',
    })
    org.suspendUser(twin.login)
    const view = ({ id, login, status }: typeof ada) => ({ id, login, status })
    expect(await okta.findUsers('ADA@acme.example')).toEqual([view(ada)])
    expect(await okta.findUsers('ada.byron@acme.com')).toEqual([view(ada), view(twin)])
    expect(await okta.findUsers(ada.id)).toEqual([view(ada)])
    expect(await okta.findUsers('ada')).toEqual([view(ada)])
    expect(await okta.findUsers('00unobody')).toEqual([])
    expect(await okta.findUsers('no"body\\@acme.com')).toEqual([])
  })

  it("ends one user's refresh tokens for one app; nobody there is no error", async () => {
    const { id, clientId } = await okta.createApp(FIELDS)
    const ended: string[] = []
    org.store.onUserTokensRevoked.push((userId, client) => ended.push(`${userId} ${client}`))
    const ada = org.addUser({ login: 'ada@acme.example', password: 'ferry-1', name: 'Ada' })
    await okta.revokeUserTokens(ada.id, clientId)
    await okta.revokeUserTokens('00unobody', clientId)
    await okta.revokeUserTokens(ada.id, '0oanobody')
    expect(ended).toEqual([`${ada.id} ${id}`])
  })

  it('assigns and unassigns groups; twice is no error', async () => {
    const { id } = await okta.createApp(FIELDS)
    const staff = org.addGroup('Staff')
    expect(await okta.assignedGroups(id)).toEqual([])
    await okta.assignGroup(id, staff.id)
    await okta.assignGroup(id, staff.id)
    expect(await okta.assignedGroups(id)).toEqual([
      { id: staff.id, name: 'Staff', type: 'OKTA_GROUP' },
    ])
    await okta.unassignGroup(id, staff.id)
    await okta.unassignGroup(id, staff.id)
    expect(await okta.assignedGroups(id)).toEqual([])
  })

  it('tells a dead token and a powerless one apart before anything is made', async () => {
    const dead = await withToken(org.addToken({ expired: true }))
    await expect(dead.check()).rejects.toMatchObject({
      code: 'okta-credentials',
      message: 'Okta does not take the API token from a test: Invalid token provided (E0000011).',
    })
    const powerless = await withToken(org.addToken({ power: 'none' }))
    await expect(powerless.check()).rejects.toMatchObject({ code: 'okta-denied' })
    const reader = await withToken(org.addToken({ power: 'read-only' }))
    await reader.check()
    await expect(reader.createApp(FIELDS)).rejects.toMatchObject({
      code: 'okta-denied',
      message: `Okta does not allow the API token from a test to create the app "${FIELDS.label}": You do not have permission to perform the requested action (E0000006).`,
    })
  })

  it("passes on Okta's causes", async () => {
    await expect(okta.createApp({ ...FIELDS, redirectUris: [] })).rejects.toMatchObject({
      code: 'okta-failed',
      message: expect.stringMatching(/^Okta refused to create the app .*E0000001/) as string,
      details: [expect.stringContaining('redirect_uris') as string],
    })
  })
})

describe('a service app', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const scopes = ['okta.apps.manage', 'okta.groups.read']
  const publicJwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'k1', kty: 'RSA' }
  const forms = {
    'PKCS#8 PEM': rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    'PKCS#1 PEM': rsa.privateKey.export({ format: 'pem', type: 'pkcs1' }).toString(),
    'PEM on one line': rsa.privateKey
      .export({ format: 'pem', type: 'pkcs8' })
      .toString()
      .replaceAll('\n', '\\n'),
    JWK: JSON.stringify(rsa.privateKey.export({ format: 'jwk' })),
  }

  function app(clientId: string, privateKey: string, wanted = scopes): Promise<OktaAdmin> {
    return createOkta({
      orgUrl: org.url,
      credentials: {
        kind: 'service-app',
        clientId,
        privateKey,
        keyId: 'k1',
        scopes: wanted,
        source: 'a test',
      },
    })
  }

  it.each(Object.entries(forms))(
    'works with its key as %s, with and without DPoP',
    async (_, key) => {
      for (const dpop of [false, true]) {
        const clientId = org.addServiceApp({ keys: [publicJwk], scopes, dpop })
        const admin = await app(clientId, key)
        await admin.check()
        const made = await admin.createApp({ ...FIELDS, label: `${FIELDS.label} ${dpop}` })
        expect(await admin.updateApp(made.id, FIELDS)).toMatchObject({ jwks: [KEY] })
      }
    },
  )

  it('shows invalid_client and invalid_scope as the token endpoint said them', async () => {
    const stranger = await app('0oaNobody', forms.JWK)
    await expect(stranger.check()).rejects.toMatchObject({
      code: 'okta-credentials',
      message: expect.stringMatching(
        /^Okta gives the service app 0oaNobody from a test no access token: invalid_client/,
      ) as string,
    })
    const clientId = org.addServiceApp({ keys: [publicJwk], scopes: ['okta.groups.read'] })
    const unscoped = await app(clientId, forms.JWK)
    await expect(unscoped.check()).rejects.toMatchObject({
      code: 'okta-denied',
      message: expect.stringContaining('invalid_scope') as string,
    })
  })

  it('refuses an EC key, and what is no key, before any request', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    for (const key of [pem, JSON.stringify(privateKey.export({ format: 'jwk' }))]) {
      await expect(app('0oa1', key)).rejects.toMatchObject({
        code: 'okta-credentials',
        message:
          'The private key of the Okta service app from a test is of kind EC; only RSA keys work.',
      })
    }
    for (const key of ['CANARY', '{"kty":"CANARY"', '{"kty":"RSA","n":"CANARY"}']) {
      const error: unknown = await app('0oa1', key).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({
        message: 'The private key of the Okta service app from a test cannot be read.',
      })
      expect(`${(error as Error).stack}${JSON.stringify(error)}`).not.toContain('CANARY')
    }
  })
})

describe('the roles behind the credentials', () => {
  it('are those of the owner of the token', async () => {
    expect(await okta.roles()).toEqual(['SUPER_ADMIN'])
    org.store.tokens.set('00reads', { power: 'read-only', expired: false })
    expect(await (await withToken('00reads')).roles()).toEqual(['READ_ONLY_ADMIN'])
  })

  it('are not known where Okta does not show them', async () => {
    org.store.tokens.set('00none', { power: 'none', expired: false })
    expect(await (await withToken('00none')).roles()).toBeUndefined()
  })
})
