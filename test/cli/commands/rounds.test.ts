import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/index.ts'
import { GROUP, startWorld } from '../../faults/world.ts'
import { cli } from '../../helpers/cli.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startWorld()
})
afterAll(() => sandbox.close())

/** Long enough that everything which does not wait for an answer has been asked. */
const QUIET_MS = 150

/** Answers come in rounds: one is given to all who wait when nobody new has asked for a while. */
function inRounds(operations: Set<string>): () => number {
  let rounds = 0
  let waiting: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  const hold = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve)
      clearTimeout(timer)
      timer = setTimeout(() => {
        rounds += 1
        const answered = waiting
        waiting = []
        for (const answer of answered) answer()
      }, QUIET_MS)
    })
  for (const operation of operations) sandbox.aws.before(operation, hold, Infinity)
  return () => rounds
}

it('status asks AWS no more than three answers deep, however many behaviors there are', async () => {
  const behaviors = ['/a/*', '/b/*', '/c/*', '/d/*'].map((pathPattern) => ({ pathPattern }))
  const site = sandbox.createSite({ behaviors })
  const id = site.distributionId
  const env = sandbox.environment()
  await cli(['init', '--distribution', id, '--group', GROUP, '--yes'], { env })
  const from = sandbox.operations.log.length
  const status = (): ReturnType<typeof cli> => cli(['status', '--distribution', id], { env })
  expect((await status()).exitCode).toBe(0)
  const asked = sandbox.operations.log.slice(from).map(({ operation }) => operation)

  const rounds = inRounds(new Set(asked))
  expect((await status()).exitCode).toBe(0)
  expect(rounds()).toBeGreaterThan(1)
  expect(rounds()).toBeLessThanOrEqual(3)
})
