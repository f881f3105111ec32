import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { subjectHash } from '../../../../../src/access/subject.ts'
import { idToken, tokenAnswer } from '../../../../helpers/edge-cloud.ts'
import { cookiesSet, KEYS, signingKey } from '../../../../helpers/edge.ts'
import { signInWorld } from '../../../../helpers/edge-sign-in.ts'

const world = signInWorld()

describe('a new session', () => {
  it('C17 shows a page when the session does not fit into a cookie', async () => {
    const begun = await world.begin()
    world.cloud.token = tokenAnswer(
      idToken(world.cloud.url, begun.nonce, { name: 'x'.repeat(3000) }),
    )
    const response = await world.back(begun)
    expect(response.status).toBe('500')
    expect(cookiesSet(response).has('__Host-guard')).toBe(false)
  })

  it('C21 gives each sign-in a new session id', async () => {
    const sid = async () => decodeJwt(cookiesSet(await world.signedIn()).get('__Host-guard')!).sid
    expect(await sid()).not.toBe(await sid())
  })

  it('J18 signs with the first key that its own bundle knows, or not at all', async () => {
    const pending = signingKey('session-2')
    const ring = (...keys: (typeof pending)[]) =>
      JSON.stringify({ version: 1, keys: keys.map(({ kid, privateJwk: key }) => ({ kid, key })) })
    const before = world.cloud.parameters['/test/keys/session']!
    world.cloud.parameters['/test/keys/session'] = ring(pending, KEYS.session)
    expect((await world.signedIn()).status).toBe('303')
    world.cloud.parameters['/test/keys/session'] = ring(pending)
    world.handler = world.instance()
    expect((await world.signedIn()).status).toBe('503')
    world.cloud.parameters['/test/keys/session'] = before
  })

  it('J24 refuses a session that its own gate would not take', async () => {
    const wrong = { ...signingKey('session-1').privateJwk }
    const before = world.cloud.parameters['/test/keys/session']!
    world.cloud.parameters['/test/keys/session'] = JSON.stringify({
      version: 1,
      keys: [{ kid: 'session-1', key: wrong }],
    })
    expect((await world.signedIn()).status).toBe('503')
    expect(world.lastReason()).toBe('session-refused')
    world.cloud.parameters['/test/keys/session'] = before
  })

  it('L04 logs one line, and nothing in it that is secret or personal', async () => {
    const response = await world.signedIn()
    expect(world.logged).toHaveLength(1)
    expect(JSON.parse(world.logged[0]!)).toEqual({
      what: 'sign-in',
      path: '/_guard/callback',
      requestId: 'request-id==',
      ms: 0,
      subject: subjectHash('00u1'),
      status: '303',
    })
    expect(response.body).toBeUndefined()
  })
})
