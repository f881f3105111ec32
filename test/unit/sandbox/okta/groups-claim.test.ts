import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyPair } from './helpers.ts'
import { ADA, claimsOf, type OrgWorld, startOrg } from './world.ts'

const SCOPE = 'openid email groups offline_access'

let world: OrgWorld
beforeEach(async () => {
  world = await startOrg()
  for (const group of ['Crew', 'Crew Island', 'Board']) world.org.addToGroup(ADA.login, group)
})
afterEach(() => world.close())

async function groups(scope = SCOPE): Promise<{ idToken: unknown; userinfo: unknown }> {
  const tokens = await world.signIn(scope)
  const userinfo = (await (await world.userinfo(tokens.access_token)).json()) as {
    groups?: unknown
  }
  return { idToken: claimsOf(tokens)['groups'], userinfo: userinfo.groups }
}

const everyGroup = { filter: { type: 'REGEX', value: '.*' } } as const

describe('the groups claim', () => {
  it('is not there until an administrator sets it, and its scope is no error', async () => {
    expect(await groups()).toEqual({ idToken: undefined, userinfo: undefined })
  })

  it.each([
    ['STARTS_WITH', 'Crew', ['Crew', 'Crew Island']],
    ['EQUALS', 'Crew', ['Crew']],
    ['CONTAINS', 'oar', ['Board']],
    ['REGEX', 'Crew.*|Board', ['Crew', 'Crew Island', 'Board']],
    ['REGEX', 'rew', []],
    ['EQUALS', 'Everyone', ['Everyone']],
  ] as const)('filters by %s %s', async (type, value, expected) => {
    world.org.setGroupsClaim(world.appId, { filter: { type, value } })
    expect(await groups()).toEqual({ idToken: expected, userinfo: expected })
  })

  it('needs its scope', async () => {
    world.org.setGroupsClaim(world.appId, everyGroup)
    expect(await groups('openid email')).toEqual({ idToken: undefined, userinfo: undefined })
  })

  it('is in userinfo alone where the ID token is thin', async () => {
    world.org.setGroupsClaim(world.appId, { ...everyGroup, thin: true })
    const { idToken, userinfo } = await groups()
    expect(idToken).toBeUndefined()
    expect(userinfo).toContain('Crew')
  })

  it('follows the directory at each refresh', async () => {
    world.org.setGroupsClaim(world.appId, { filter: { type: 'STARTS_WITH', value: 'Crew' } })
    const { refresh_token } = await world.signIn(SCOPE)
    world.org.removeFromGroup(ADA.login, 'Crew')
    world.org.addToGroup(ADA.login, 'Crew Harbor')
    const renewed = claimsOf(await world.refresh(refresh_token))['groups']
    expect(renewed).toEqual(['Crew Island', 'Crew Harbor'])
  })

  it('fails the token request at more than 100 groups, at sign-in and at refresh', async () => {
    world.org.setGroupsClaim(world.appId, { filter: { type: 'STARTS_WITH', value: 'g-' } })
    for (let index = 0; index < 100; index += 1) world.org.addToGroup(ADA.login, `g-${index}`)
    const tokens = await world.signIn(SCOPE)
    expect(claimsOf(tokens)['groups']).toHaveLength(100)
    world.org.addToGroup(ADA.login, 'g-101')
    const tooMany = {
      status: 400,
      error_description: expect.stringContaining('matched too many groups') as string,
    }
    await expect(world.refresh(tokens.refresh_token)).rejects.toMatchObject(tooMany)
    await expect(world.signIn(SCOPE)).rejects.toMatchObject(tooMany)
    expect((await world.signIn('openid offline_access')).id_token).toBeTruthy()
  })
})

describe('as a setting', () => {
  const path = (): string => `/internal/apps/${world.appId}/settings/oauth/idToken`
  const filter = { groupFilterType: 'STARTS_WITH', value: 'Crew' }

  it('is set where the console sets it, and is not in what the Apps API shows', async () => {
    expect((await world.api('POST', path(), filter)).status).toBe(200)
    expect(await (await world.api('GET', path())).json()).toMatchObject(filter)
    expect((await groups()).idToken).toEqual(['Crew', 'Crew Island'])
    const app = await (await world.api('GET', `/apps/${world.appId}`)).text()
    expect(app).not.toContain('STARTS_WITH')
    await world.api('POST', path(), { groupFilterType: 'NONE' })
    expect((await groups()).idToken).toBeUndefined()
  })

  it.each([{}, { groupFilterType: 'LIKE', value: 'x' }, { groupFilterType: 'REGEX', value: '' }])(
    'refuses %j',
    async (body) => {
      expect((await world.api('POST', path(), body)).status).toBe(400)
    },
  )

  it('survives a replacement of the app', async () => {
    world.org.setGroupsClaim(world.appId, everyGroup)
    const app = (await (await world.api('GET', `/apps/${world.appId}`)).json()) as object
    expect((await world.api('PUT', `/apps/${world.appId}`, app)).status).toBe(200)
    expect((await groups()).idToken).toContain('Crew')
  })

  it('is out of reach of every OAuth scope', async () => {
    const key = keyPair('service')
    const scopes = ['okta.apps.manage', 'okta.groups.manage', 'okta.users.manage']
    const id = world.org.addServiceApp({ keys: [key.public], scopes })
    const { importJWK, SignJWT } = await import('jose')
    const endpoint = `${world.org.url}/oauth2/v1/token`
    const assertion = await new SignJWT({ jti: id })
      .setProtectedHeader({ alg: 'RS256', kid: 'service' })
      .setIssuer(id)
      .setSubject(id)
      .setAudience(endpoint)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(await importJWK({ ...key.private, kty: 'RSA' }, 'RS256'))
    const answer = await fetch(endpoint, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: scopes.join(' '),
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }),
    })
    const { access_token } = (await answer.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${access_token}` }
    const url = `${world.org.url}/api/v1`
    expect((await fetch(`${url}/apps/${world.appId}`, { headers })).status).toBe(200)
    expect((await fetch(`${url}${path()}`, { headers })).status).toBe(403)
  })
})
