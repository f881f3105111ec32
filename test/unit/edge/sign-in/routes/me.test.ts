import { describe, expect, it } from 'vitest'
import { ask, NOW, sessionCookie } from '../../../../helpers/edge.ts'
import { signInWorld } from '../../../../helpers/edge-sign-in.ts'

const world = signInWorld()

describe('me', () => {
  it('tells who is signed in', async () => {
    const response = await ask(world.handler, { uri: '/_guard/me', cookie: sessionCookie() })
    expect(JSON.parse(response.body!)).toEqual({
      sub: '00u1',
      email: 'ada@example.com',
      name: 'Ada',
      expires_at: NOW / 1000 + 900,
    })
  })

  it('is 401 for everybody else, an expired session too', async () => {
    expect((await ask(world.handler, { uri: '/_guard/me' })).status).toBe('401')
    world.now += 900_000
    expect((await ask(world.handler, { uri: '/_guard/me', cookie: sessionCookie() })).status).toBe(
      '401',
    )
  })
})
