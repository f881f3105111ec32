import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ADA, claimsOf, type OrgWorld, REFUSED, startOrg } from './world.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

let world: OrgWorld
afterEach(() => world.close())

describe('a refresh token', () => {
  beforeEach(async () => {
    world = await startOrg()
  })

  it('comes with offline_access, without a question, at the form and in a known browser', async () => {
    expect((await world.signIn()).refresh_token).toBeTruthy()
    const again = await world.signIn()
    expect(again.refresh_token).toBeTruthy()
    expect(again.scope?.split(' ')).toContain('offline_access')
  })

  it('does not come where offline_access was not asked for', async () => {
    expect((await world.signIn('openid email')).refresh_token).toBeUndefined()
  })

  it('outlives the Okta session of the browser, by sign-out and by time', async () => {
    const { refresh_token } = await world.signIn()
    await world.agent.request(`${world.org.url}/login/signout`)
    world.org.endSessions(ADA.login)
    world.clock.advance(3 * DAY)
    expect((await world.refresh(refresh_token)).id_token).toBeTruthy()
  })

  it('is the same one after every refresh, however often and at the same time', async () => {
    const { refresh_token } = await world.signIn()
    for (const time of [0, DAY]) {
      world.clock.advance(time)
      const all = await Promise.all([1, 2, 3].map(() => world.refresh(refresh_token)))
      expect(all.map((one) => one.refresh_token)).toEqual(Array(3).fill(refresh_token))
    }
  })

  it('ends 90 days after the sign-in', async () => {
    const { refresh_token } = await world.signIn()
    world.clock.advance(90 * DAY - MINUTE)
    await world.refresh(refresh_token)
    world.clock.advance(2 * MINUTE)
    await expect(world.refresh(refresh_token)).rejects.toMatchObject(REFUSED)
  })

  it('gives an ID token of this time with the sign-in that it stands for', async () => {
    const first = await world.signIn()
    world.clock.advance(20 * MINUTE)
    const second = await world.refresh(first.refresh_token)
    const [before, after] = [claimsOf(first), claimsOf(second)]
    expect(before.auth_time).toBeTypeOf('number')
    for (const claim of ['iss', 'aud', 'sub', 'auth_time'] as const)
      expect(after[claim], claim).toEqual(before[claim])
    expect(after.iat).toBeGreaterThanOrEqual(before.iat + 20 * 60)
    expect(after.exp - after.iat).toBe(3600)
    expect(after.jti).not.toBe(before.jti)
    expect(after['email']).toBe(ADA.login)
    const digest = createHash('sha256').update(second.access_token).digest()
    expect(after['at_hash']).toBe(digest.subarray(0, 16).toString('base64url'))
  })

  it('gives no ID token for a scope without openid, and nothing beyond what was granted', async () => {
    const { refresh_token } = await world.signIn('openid offline_access')
    expect((await world.refresh(refresh_token, 'offline_access')).id_token).toBeUndefined()
    await expect(world.refresh(refresh_token, 'openid email')).rejects.toMatchObject({
      error: 'access_denied',
      error_description: expect.stringContaining('Denied scopes: email') as string,
    })
  })

  it('is refused in the words of Okta where it never was one', async () => {
    await expect(world.refresh('made-up')).rejects.toMatchObject(REFUSED)
  })

  it.each<[string, () => unknown]>([
    ['suspended', () => world.org.suspendUser(ADA.login)],
    ['deactivated', () => world.org.deactivateUser(ADA.login)],
    ['deleted', () => world.org.deleteUser(ADA.login)],
    ['taken out of the group of the app', () => world.org.removeFromGroup(ADA.login, 'Staff')],
    [
      'cleared of all tokens',
      () => world.api('DELETE', `/users/${ADA.login}/sessions?oauthTokens=true`),
    ],
    ['left without the app', () => world.api('DELETE', `/apps/${world.appId}/tokens`)],
  ])('is refused once the user is %s', async (_what, act) => {
    const { refresh_token } = await world.signIn()
    await Promise.resolve(act())
    await expect(world.refresh(refresh_token)).rejects.toMatchObject(REFUSED)
  })

  it('does not come back with a user who was suspended', async () => {
    const { refresh_token } = await world.signIn()
    world.org.suspendUser(ADA.login)
    world.org.unsuspendUser(ADA.login)
    await expect(world.refresh(refresh_token)).rejects.toMatchObject(REFUSED)
  })

  it('is refused of an app that is no longer active', async () => {
    const { refresh_token } = await world.signIn()
    await world.api('POST', `/apps/${world.appId}/lifecycle/deactivate`)
    await expect(world.refresh(refresh_token)).rejects.toMatchObject({ error: 'invalid_client' })
  })
})

it('gives none to an app that may not refresh', async () => {
  world = await startOrg({ grant_types: ['authorization_code'] })
  expect((await world.signIn()).refresh_token).toBeUndefined()
})

describe('a rotating refresh token', () => {
  beforeEach(async () => {
    world = await startOrg({ refresh_token: { rotation_type: 'ROTATE', leeway: 30 } })
  })

  it('is another one after each refresh', async () => {
    const first = await world.signIn()
    const second = await world.refresh(first.refresh_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    world.clock.advance(DAY)
    expect((await world.refresh(second.refresh_token)).refresh_token).toBeTruthy()
  })

  it('is taken again within the leeway, which is counted from its first use', async () => {
    const { refresh_token } = await world.signIn()
    await world.refresh(refresh_token)
    world.clock.advance(29_000)
    const again = await world.refresh(refresh_token)
    world.clock.advance(2000)
    await expect(world.refresh(refresh_token)).rejects.toMatchObject(REFUSED)
    await expect(world.refresh(again.refresh_token)).rejects.toMatchObject(REFUSED)
  })

  it('takes the whole family along when it is used after the leeway', async () => {
    const first = await world.signIn()
    const second = await world.refresh(first.refresh_token)
    world.clock.advance(31_000)
    await expect(world.refresh(first.refresh_token)).rejects.toMatchObject(REFUSED)
    await expect(world.refresh(second.refresh_token)).rejects.toMatchObject(REFUSED)
    for (const { access_token } of [first, second])
      expect((await world.userinfo(access_token)).status).toBe(401)
  })

  it('leaves the other sign-ins of the user alone', async () => {
    const [one, other] = [await world.signIn(), await world.signIn()]
    await world.refresh(one.refresh_token)
    world.clock.advance(31_000)
    await expect(world.refresh(one.refresh_token)).rejects.toMatchObject(REFUSED)
    expect((await world.refresh(other.refresh_token)).refresh_token).toBeTruthy()
  })

  it('ends 90 days after the sign-in, however often it was renewed', async () => {
    let { refresh_token } = await world.signIn()
    for (let days = 0; days < 80; days += 40) {
      world.clock.advance(40 * DAY)
      refresh_token = (await world.refresh(refresh_token)).refresh_token
    }
    world.clock.advance(10 * DAY + MINUTE)
    await expect(world.refresh(refresh_token)).rejects.toMatchObject(REFUSED)
  })
})

it('has no leeway where the app has none', async () => {
  world = await startOrg({ refresh_token: { rotation_type: 'ROTATE', leeway: 0 } })
  const { refresh_token } = await world.signIn()
  await world.refresh(refresh_token)
  await expect(world.refresh(refresh_token)).rejects.toMatchObject(REFUSED)
})
