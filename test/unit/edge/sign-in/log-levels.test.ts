import { describe, expect, it } from 'vitest'
import type { LogLevel } from '../../../../src/access/settings.ts'
import { subjectHash } from '../../../../src/access/subject.ts'
import { ask, edgeEvent, NAVIGATION, sessionCookie } from '../../../helpers/edge.ts'
import { signInWorld } from '../../../helpers/edge-sign-in.ts'

const world = signInWorld()
const RULES = [{ paths: ['/*'], allow: { groups: ['staff'] } }]

/** What is logged of a sign-in, a refusal, an Okta that fails and a fault of our own. */
async function lines(log: LogLevel): Promise<Record<string, unknown>[]> {
  const config = { ...world.configured(), log }
  world.handler = world.instance(config)
  await world.signedIn()
  await ask(world.handler, { uri: '/_guard/callback', headers: NAVIGATION })
  const rules = { ...config.access, rules: RULES }
  const closed = world.instance({ ...config, access: rules })
  await ask(closed, { uri: '/closed', cookie: sessionCookie(), headers: NAVIGATION })
  const begun = await world.begin()
  world.cloud.token = { status: 500, body: '' }
  await world.back(begun)
  const broken = edgeEvent()
  Object.assign(broken.Records[0]!.cf.request, { headers: null })
  await world.handler(broken)
  return world.logged.map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('the log', () => {
  it('L04 says all of it at info, and who by a hash alone', async () => {
    const all = await lines('info')
    expect(all.map(({ what }) => what)).toEqual(['sign-in', 'refusal', 'refusal', 'error', 'error'])
    expect(all[2]).toMatchObject({
      reason: 'rule 1',
      path: '/closed',
      status: '403',
      subject: subjectHash('00u1'),
    })
    expect(JSON.stringify(all)).not.toMatch(/00u1|Ada/)
  })

  it('says errors alone at error', async () => {
    expect((await lines('error')).map(({ what }) => what)).toEqual(['error', 'error'])
  })

  it('says nothing when it is off', async () => {
    expect(await lines('off')).toEqual([])
  })
})
