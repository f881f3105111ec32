import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createOkta } from '../../../src/okta/index.ts'
import type { OktaAdmin } from '../../../src/okta/types.ts'
import { type SandboxOkta, startOkta } from '../../../src/sandbox/okta/index.ts'
import { createOperations } from '../../../src/sandbox/operations.ts'
import type { FaultKind, Operations } from '../../../src/sandbox/types.ts'
import { FIELDS } from './fields.ts'

const clock = { now: () => Date.now() }
let operations: Operations
let org: SandboxOkta
let admin: OktaAdmin
let slept: number[]
let deadline: AbortController

beforeEach(async () => {
  slept = []
  deadline = new AbortController()
  operations = createOperations(clock)
  org = await startOkta({ clock, operations })
  admin = await createOkta({
    orgUrl: org.url,
    credentials: { kind: 'token', token: org.token, source: 'OKTA_CLIENT_TOKEN' },
    sleep: async (seconds) => void slept.push(seconds),
    deadline: () => deadline.signal,
  })
})
afterEach(() => org.close())

const PASSING: [string, FaultKind][] = [
  ['a failure', { refuse: 'failed' }],
  ['a gateway without Okta', { refuse: 'bad-gateway' }],
  ['an outage', { refuse: 'unavailable' }],
  ['a reset', 'reset'],
  ['a lost answer', 'lost-answer'],
]

describe.each(PASSING)('B04 B07 after %s', (_name, kind) => {
  it.each([1, 4])('a call that may be made twice is made again, %i times', async (times) => {
    const app = await admin.createApp(FIELDS)
    operations.arm({ at: { operation: 'PUT /api/v1/apps/{id}', nth: 1 }, kind, times })
    await admin.updateApp(app.id, { ...FIELDS, label: 'S3 Okta Guard: other.example.com' })
    expect((await admin.getApp(app.id))?.label).toBe('S3 Okta Guard: other.example.com')
    expect(slept).toHaveLength(times)
    // Doubled each time, give or take a quarter.
    slept.forEach((seconds, index) => {
      expect(seconds).toBeGreaterThanOrEqual(0.01 * 2 ** index)
      expect(seconds).toBeLessThanOrEqual(0.02 * 2 ** index)
    })
  })

  it('gives up after five tries', async () => {
    operations.arm({ at: { operation: 'GET /api/v1/apps/{id}', nth: 1 }, kind, times: 9 })
    await expect(admin.getApp('none')).rejects.toMatchObject({
      code: expect.stringMatching(/^okta-(failed|unreachable)$/) as string,
    })
    expect(operations.log.filter(({ operation }) => operation.startsWith('GET'))).toHaveLength(5)
  })

  it('does not create an app a second time by itself', async () => {
    operations.arm({ at: { operation: 'POST /api/v1/apps', nth: 1 }, kind })
    await expect(admin.createApp(FIELDS)).rejects.toThrow()
    expect(operations.log.filter(({ mutating }) => mutating)).toHaveLength(1)
    expect(slept).toEqual([])
  })
})

it.each(['hang', { drip: 60_000 }] satisfies FaultKind[])(
  'B07 ends a call without an answer at its deadline (%j)',
  async (kind) => {
    operations.arm({ at: { operation: 'GET /api/v1/apps/{id}', nth: 1 }, kind })
    const asked = admin.getApp('none')
    setTimeout(() => deadline.abort(new DOMException('late', 'TimeoutError')), 100)
    await expect(asked).rejects.toMatchObject({
      code: 'okta-unreachable',
      message: expect.stringContaining('it did not answer in time') as string,
    })
  },
)

it.each(['POST /api/v1/apps', 'GET /api/v1/apps/{id}'])(
  'B08 names the call whose answer cannot be read, once Okta has answered: %s',
  async (operation) => {
    const answers = (): Promise<unknown> =>
      operation.startsWith('POST') ? admin.createApp(FIELDS) : admin.getApp('none')
    operations.arm({ at: { operation, nth: 1 }, kind: 'malformed' })
    await expect(answers()).rejects.toMatchObject({ code: 'okta-not-okta' })
    operations.revive()
    await admin.check()
    operations.arm({ at: { operation, nth: 1 }, kind: 'malformed' })
    await expect(answers()).rejects.toMatchObject({
      code: 'okta-failed',
      message: expect.stringMatching(/attempt to (create|read) the app.* cannot be read/) as string,
    })
  },
)
