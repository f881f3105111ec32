import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ADA, type OrgWorld, startOrg } from './world.ts'

let world: OrgWorld
let userId: string

interface Named {
  id: string
  status: string
  profile: { login?: string; name?: string }
}

async function list(path: string): Promise<Named[]> {
  return (await (await world.api('GET', path)).json()) as Named[]
}

beforeEach(async () => {
  world = await startOrg()
  world.org.addUser({ login: 'ben@x.example', password: 'pw-ben', name: 'Ben' })
  const search = encodeURIComponent(`profile.login eq "${ADA.login}"`)
  const [ada, ...others] = await list(`/users?search=${search}`)
  expect(others).toEqual([])
  userId = ada?.id ?? ''
})
afterEach(() => world.close())

describe('an administrator', () => {
  it('finds people by login, id and the beginning of a name', async () => {
    for (const path of [`/users/${ADA.login}`, `/users/${userId}`])
      expect(await (await world.api('GET', path)).json()).toMatchObject({ id: userId })
    const logins = (await list('/users?q=be')).map(({ profile }) => profile.login)
    expect(logins).toEqual(['ben@x.example'])
    expect((await world.api('GET', '/users?search=nonsense')).status).toBe(400)
    expect((await world.api('GET', '/users/nobody')).status).toBe(404)
  })

  it('moves people between groups', async () => {
    const { id } = world.org.addGroup('Crew')
    expect((await world.api('PUT', `/groups/${id}/users/${userId}`)).status).toBe(204)
    expect((await list(`/groups/${id}/users`)).map((user) => user.id)).toEqual([userId])
    const names = (await list(`/users/${userId}/groups`)).map(({ profile }) => profile.name)
    expect(names).toEqual(['Everyone', 'Staff', 'Crew'])
    expect((await world.api('DELETE', `/groups/${id}/users/${userId}`)).status).toBe(204)
    expect(await list(`/groups/${id}/users`)).toEqual([])
    expect((await world.api('PUT', `/groups/nothing/users/${userId}`)).status).toBe(404)
  })

  it('cannot take anybody out of Everyone', async () => {
    const { id } = world.org.store.everyone
    expect(await list(`/groups/${id}/users`)).toHaveLength(2)
    expect((await world.api('DELETE', `/groups/${id}/users/${userId}`)).status).toBe(403)
  })

  it.each([
    ['suspend', 'unsuspend', 'SUSPENDED'],
    ['deactivate', 'activate', 'DEPROVISIONED'],
  ])('can %s and %s a user, who cannot sign in meanwhile', async (away, back, status) => {
    await world.signIn()
    expect((await world.api('POST', `/users/${userId}/lifecycle/${away}`)).status).toBe(200)
    expect(await (await world.api('GET', `/users/${userId}`)).json()).toMatchObject({ status })
    await expect(world.authorize(), 'the Okta session has ended as well').rejects.toThrow('401')
    expect((await world.api('POST', `/users/${userId}/lifecycle/${away}`)).status).toBe(400)
    expect((await world.api('POST', `/users/${userId}/lifecycle/${back}`)).status).toBe(200)
    expect((await world.authorize()).get('code')).toBeTruthy()
  })

  it('ends sessions without ending what apps were given', async () => {
    const { refresh_token } = await world.signIn()
    world.org.setPassword(ADA.login, 'another')
    expect((await world.api('DELETE', `/users/${userId}/sessions`)).status).toBe(204)
    await expect(world.authorize()).rejects.toThrow('401')
    expect((await world.refresh(refresh_token)).access_token).toBeTruthy()
  })

  it('deactivates a user before deleting one', async () => {
    await world.api('DELETE', `/users/${userId}`)
    expect(world.org.store.users.get(userId)?.status).toBe('DEPROVISIONED')
    await world.api('DELETE', `/users/${userId}`)
    expect(world.org.store.users.has(userId)).toBe(false)
  })
})

describe('what an app says about refresh tokens', () => {
  async function replace(change: Record<string, unknown>): Promise<Response> {
    const path = `/apps/${world.appId}`
    const app = (await (await world.api('GET', path)).json()) as {
      settings: { oauthClient: Record<string, unknown> }
    }
    Object.assign(app.settings.oauthClient, change)
    return world.api('PUT', path, app)
  }

  it.each([
    { rotation_type: 'ROTATE', leeway: 0 },
    { rotation_type: 'ROTATE', leeway: 60 },
    { rotation_type: 'STATIC' },
  ])('keeps %j', async (refresh_token) => {
    expect((await replace({ refresh_token })).status).toBe(200)
    const app = await (await world.api('GET', `/apps/${world.appId}`)).json()
    expect(app).toMatchObject({ settings: { oauthClient: { refresh_token } } })
  })

  it.each([
    [{ refresh_token: { rotation_type: 'ROTATE', leeway: 61 } }, 'leeway'],
    [{ refresh_token: { rotation_type: 'ROTATE', leeway: -1 } }, 'leeway'],
    [{ refresh_token: { rotation_type: 'ROTATE', leeway: '30' } }, 'leeway'],
    [{ refresh_token: { rotation_type: 'SOMETIMES' } }, 'rotation_type'],
    [{ grant_types: ['refresh_token'] }, 'grant_types'],
  ])('refuses %j', async (change, field) => {
    const answer = await replace(change)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      errorCode: 'E0000001',
      errorSummary: `Api validation failed: ${field}`,
    })
  })

  it('counts from the next refresh on', async () => {
    const { refresh_token } = await world.signIn()
    await replace({ refresh_token: { rotation_type: 'ROTATE', leeway: 0 } })
    expect((await world.refresh(refresh_token)).refresh_token).not.toBe(refresh_token)
  })
})
