import { describe, expect, test } from 'vitest'
import type { Cloud } from '../../../src/provision/cloud.ts'
import { executors } from '../../../src/provision/steps/index.ts'
import { waitUntil } from '../../../src/provision/wait.ts'

/** CloudFront says these, one a look; the last one stays. undefined: the distribution is gone. */
function deploying(...statuses: (string | undefined)[]) {
  const seen = { looks: 0, slept: 0, notes: [] as string[] }
  const cloud = {
    pace: { deployed: 5_000 },
    sleep: async (ms: number) => void (seen.slept += ms),
    aws: {
      cloudfront: {
        getDistribution: async () => {
          const status = statuses[Math.min(seen.looks++, statuses.length - 1)]
          return status === undefined ? undefined : { status }
        },
      },
    },
  } as unknown as Cloud
  const context = { distribution: 'E1', note: (text: string) => void seen.notes.push(text) }
  const run = () => executors['cloudfront.wait']?.({ distribution: 'E1' }, cloud, context)
  return { seen, run }
}

describe('CloudFront is waited for', () => {
  test('until it says Deployed, and what goes on is said meanwhile', async () => {
    const { seen, run } = deploying('InProgress', 'InProgress', 'Deployed')
    await run()
    expect(seen).toMatchObject({ looks: 3, slept: 10_000 })
    expect(seen.notes.at(-1)).toContain('5 s')
  })

  test('half an hour and no longer', async () => {
    const { seen, run } = deploying('InProgress')
    await expect(run()).rejects.toMatchObject({ code: 'wait-timeout' })
    expect(seen.slept).toBe(30 * 60_000)
  })

  test('not at all where the distribution is gone', async () => {
    const { seen, run } = deploying(undefined)
    await run()
    expect(seen).toMatchObject({ looks: 1, slept: 0 })
  })
})

test('what comes true at the deadline is not given up', async () => {
  let looks = 0
  const look = async (): Promise<boolean> => (looks += 1) === 3
  const wait = { what: 'it', pace: 10, deadline: 20, look }
  await waitUntil({ sleep: async () => undefined }, wait)
  expect(looks).toBe(3)
})
