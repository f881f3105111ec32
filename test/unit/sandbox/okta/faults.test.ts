import { afterEach, beforeEach, expect, it } from 'vitest'
import { startOrg, type OrgWorld } from './world.ts'

let world: OrgWorld

beforeEach(async () => {
  world = await startOrg()
})
afterEach(() => world.close())

const at = { operation: 'GET /api/v1/apps/{id}', nth: 1 }
const ask = (): Promise<Response> => world.api('GET', `/apps/${world.appId}`)

it.each([
  ['failed', 500, 'E0000009'],
  ['throttled', 429, 'E0000047'],
  ['throttled-with-hint', 429, 'E0000047'],
  ['expired', 401, 'E0000011'],
  ['denied', 403, 'E0000006'],
] as const)("refuse %s: in Okta's error object", async (refuse, status, errorCode) => {
  world.operations.arm({ at, kind: { refuse } })
  const answer = await ask()
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ errorCode })
  expect((await ask()).status).toBe(200)
})

it('says when the rate limit starts anew only where a hint is wanted', async () => {
  const resetOf = async (): Promise<string | null> =>
    (await ask()).headers.get('x-rate-limit-reset')
  world.operations.arm({ at, kind: { refuse: 'throttled-with-hint' } })
  const second = Math.ceil(world.clock.now() / 1000)
  expect(Number(await resetOf())).toBeGreaterThan(second)
  world.operations.arm({ at, kind: { refuse: 'throttled' } })
  expect(await resetOf()).toBe('')
})

it.each([
  ['bad-gateway', 502],
  ['unavailable', 503],
] as const)('refuse %s: a page of what stands in front of Okta', async (refuse, status) => {
  world.operations.arm({ at, kind: { refuse } })
  const answer = await ask()
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('text/html')
})

it('malformed: the JSON ends in the middle', async () => {
  world.operations.arm({ at, kind: 'malformed' })
  const answer = await ask()
  expect(answer.status).toBe(200)
  await expect(answer.json()).rejects.toThrow(SyntaxError)
})

it('expired and lasting: no call is taken any more, until revived', async () => {
  world.operations.arm({ at, kind: { refuse: 'expired', lasting: true } })
  expect((await ask()).status).toBe(401)
  expect((await world.api('GET', '/groups')).status).toBe(401)
  world.operations.revive()
  expect((await ask()).status).toBe(200)
})
