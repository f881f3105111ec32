import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../../../src/sandbox/types.ts'
import { type OrgWorld, REFUSED, startOrg } from './world.ts'

const TOKEN = 'POST /oauth2/v1/token'

let world: OrgWorld
beforeEach(async () => {
  world = await startOrg()
})
afterEach(() => world.close())

describe('revocation', () => {
  it('of a refresh token takes its access tokens along', async () => {
    const { access_token, refresh_token = '' } = await world.signIn()
    expect((await world.revoke(refresh_token)).status).toBe(200)
    await expect(world.refresh(refresh_token)).rejects.toMatchObject(REFUSED)
    expect((await world.userinfo(access_token)).status).toBe(401)
  })

  it('of an access token leaves its refresh token alone', async () => {
    const { access_token, refresh_token } = await world.signIn()
    expect((await world.revoke(access_token)).status).toBe(200)
    expect((await world.userinfo(access_token)).status).toBe(401)
    expect((await world.refresh(refresh_token)).access_token).toBeTruthy()
  })

  it('leaves the Okta session alone', async () => {
    await world.revoke((await world.signIn()).refresh_token ?? '')
    world.org.setPassword('ada@x.example', 'another')
    expect((await world.authorize()).get('code')).toBeTruthy()
  })

  it('answers 200 for what never was a token, and twice', async () => {
    const { refresh_token = '' } = await world.signIn()
    const answers = [refresh_token, refresh_token, 'made-up'].map((token) => world.revoke(token))
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200])
  })

  it.each(['', '/oauth2/v1/token'])('refuses an assertion for %j of the org', async (path) => {
    const { refresh_token = '' } = await world.signIn()
    const answer = await world.revoke(refresh_token, { audience: `${world.org.url}${path}` })
    expect(answer.status).toBe(401)
    expect((await world.refresh(refresh_token)).access_token).toBeTruthy()
  })

  it('does not touch the token of another app', async () => {
    const { refresh_token = '' } = await world.signIn()
    const clientId = await world.otherApp()
    expect((await world.revoke(refresh_token, { clientId })).status).toBe(200)
    expect((await world.refresh(refresh_token)).access_token).toBeTruthy()
  })
})

describe('userinfo', () => {
  it('says who it is', async () => {
    const { access_token } = await world.signIn()
    const answer = await world.userinfo(access_token)
    expect(await answer.json()).toMatchObject({ email: 'ada@x.example', name: 'Ada Byron' })
  })

  it('takes an access token in the header alone', async () => {
    const { access_token } = await world.signIn()
    const url = `${world.org.url}/oauth2/v1/userinfo`
    const body = new URLSearchParams({ access_token })
    for (const answer of [
      await fetch(url, { method: 'POST', body }),
      await fetch(`${url}?${body.toString()}`),
      await fetch(url),
    ])
      expect(answer.status).toBeGreaterThanOrEqual(400)
  })

  it('knows no token of a suspended user, and none after an hour', async () => {
    const [first, second] = [await world.signIn(), await world.signIn()]
    world.clock.advance(3_601_000)
    expect((await world.userinfo(first.access_token)).status).toBe(401)
    const { access_token } = await world.refresh(second.refresh_token)
    world.org.suspendUser('ada@x.example')
    expect((await world.userinfo(access_token)).status).toBe(401)
  })
})

describe('the log and its faults', () => {
  const log = () =>
    world.operations.log
      .filter(({ operation }) => operation.includes('/oauth2/'))
      .map(({ operation, resource, status, mutating }) => [operation, resource, status, mutating])

  it('lists every call of the back channel, and counts none as a change of the org', async () => {
    const { access_token, refresh_token = '' } = await world.signIn()
    await world.refresh(refresh_token)
    await world.userinfo(access_token)
    await world.revoke(refresh_token)
    await expect(world.refresh(refresh_token)).rejects.toThrow()
    expect(log()).toEqual([
      [TOKEN, 'authorization_code', 200, false],
      [TOKEN, 'refresh_token', 200, false],
      ['GET /oauth2/v1/userinfo', '', 200, false],
      ['POST /oauth2/v1/revoke', '', 200, false],
      [TOKEN, 'refresh_token', 400, false],
    ])
  })

  const arm = (kind: Fault['kind'], operation = TOKEN, nth = 1): void =>
    world.operations.arm({ at: { operation, nth }, kind })

  it.each([500, 503, 429])('answers %d once, and goes on', async (status) => {
    const { refresh_token } = await world.signIn()
    arm({ status, body: '{}', headers: { 'retry-after': '1' } })
    await expect(world.refresh(refresh_token)).rejects.toHaveProperty('cause.status', status)
    expect((await world.refresh(refresh_token)).access_token).toBeTruthy()
  })

  it('loses the answer to a rotation that it has done', async () => {
    await world.close()
    world = await startOrg({ refresh_token: { rotation_type: 'ROTATE', leeway: 30 } })
    const { refresh_token } = await world.signIn()
    arm('lost-answer')
    await expect(world.refresh(refresh_token)).rejects.toThrow('fetch failed')
    expect((await world.refresh(refresh_token)).refresh_token).toBeTruthy()
    world.clock.advance(31_000)
    await expect(world.refresh(refresh_token)).rejects.toMatchObject(REFUSED)
  })

  it('breaks the connection before anything is done', async () => {
    await world.close()
    world = await startOrg({ refresh_token: { rotation_type: 'ROTATE', leeway: 0 } })
    const { refresh_token } = await world.signIn()
    arm('reset')
    await expect(world.refresh(refresh_token)).rejects.toThrow('fetch failed')
    expect((await world.refresh(refresh_token)).refresh_token).toBeTruthy()
  })

  it('lets a caller wait for nothing, and others go on', async () => {
    const { access_token } = await world.signIn()
    arm('hang', 'GET /oauth2/v1/userinfo')
    const url = `${world.org.url}/oauth2/v1/userinfo`
    const headers = { authorization: `Bearer ${access_token}` }
    const giveUp = new AbortController()
    const waiting = fetch(url, { headers, signal: giveUp.signal })
    expect((await world.userinfo(access_token)).status).toBe(200)
    giveUp.abort()
    await expect(waiting).rejects.toThrow('abort')
  })

  it('sends an answer byte by byte, whole in the end', async () => {
    const { access_token } = await world.signIn()
    arm({ drip: 0 }, 'GET /oauth2/v1/userinfo')
    const answer = await world.userinfo(access_token)
    const parts: number[] = []
    let text = ''
    for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
      parts.push(part.length)
      text += Buffer.from(part).toString()
    }
    expect(JSON.parse(text)).toMatchObject({ email: 'ada@x.example' })
    expect(parts.length).toBeGreaterThan(10)
  })

  it('closes although somebody waits', async () => {
    const other = await startOrg()
    other.operations.arm({ at: { operation: TOKEN, nth: 1 }, kind: 'hang' })
    const waiting = other.refresh('made-up').catch((error: unknown) => error)
    await expect.poll(() => other.operations.log.at(-1)?.operation).toBe(TOKEN)
    await other.close()
    expect(await waiting).toBeInstanceOf(Error)
  })
})
