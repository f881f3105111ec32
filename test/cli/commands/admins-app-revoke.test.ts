import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UserAgent } from '../../../src/sandbox/user-agent.ts'
import type { RevokeData } from '../../../src/ui/schemas/data.ts'
import { ADA, landed, type Beach } from '../../helpers/admins-app.ts'
import { startStage, type Stage } from '../../helpers/install.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
  stage.sandbox.okta.addUser({ ...ADA, groups: ['Reports'] })
})
afterAll(() => stage?.close())

/** What was asked of Okta's management API and changes something. */
function changesAtOkta(): string[] {
  return stage.sandbox.operations.log
    .filter(({ service, mutating }) => service === 'okta' && mutating)
    .map(({ operation, resource }) => `${operation} ${resource}`)
}

async function isSignedIn(agent: UserAgent, { url }: Beach): Promise<boolean> {
  const { status, history } = await agent.open(url)
  return status === 200 && !history.some((at) => at.includes('/authorize'))
}

test.each([
  ['without credentials of Okta', false],
  ['with credentials that could end the tokens of the whole app', true],
])(
  'revoke --all %s ends the sessions of this site, and nothing else of the app',
  async (_who, has) => {
    const one = await landed(stage)
    const before = structuredClone(stage.sandbox.okta.store.apps.get(one.app.id))
    const { agent } = await one.signIn()
    expect(await isSignedIn(agent, one)).toBe(true)
    stage.sandbox.operations.clearLog()

    const argv = ['revoke', '--all', '--confirm', one.distributionId, '--yes', '--json']
    const ran = await one.run(argv, has ? { env: stage.env } : {})
    expect(ran.exitCode, ran.stderr).toBe(0)
    const { effects } = ran.json.data as RevokeData
    expect(effects.find(({ effect }) => effect === 'okta-refresh-tokens')?.done).toBe(false)
    expect(effects.find(({ effect }) => effect === 'sessions')?.done).toBe(true)
    expect(changesAtOkta()).toEqual([])
    expect(stage.sandbox.okta.store.apps.get(one.app.id)).toEqual(before)

    expect(await isSignedIn(agent, one)).toBe(false)
    // Sessions count in seconds: one of the same second is ended, too.
    stage.sandbox.clock.advance(2_000)
    const again = await one.signIn()
    expect(again.status).toBe(200)
    expect(await isSignedIn(again.agent, one)).toBe(true)
  },
)

test('revoke --user ends the tokens of that person in the app, and of nobody else', async () => {
  const one = await landed(stage)
  stage.sandbox.operations.clearLog()
  const argv = ['revoke', '--user', ADA.login, '--yes', '--json']
  const ran = await one.run(argv, { env: stage.env })
  expect(ran.exitCode, ran.stderr).toBe(0)
  const [call, ...more] = changesAtOkta()
  expect(more).toEqual([])
  expect(call).toMatch(/user/i)
})
