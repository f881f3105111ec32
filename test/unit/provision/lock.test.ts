import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { judgeLock, leaseUntil, type LockRecord } from '../../../src/plan/lock.ts'
import type { Ssm } from '../../../src/aws/types.ts'
import type { Cloud } from '../../../src/provision/cloud.ts'
import { acquireLock, type Lock } from '../../../src/provision/lock.ts'

const PATH = '/s3-okta-guard/E1/lock/'
const NOW = new Date('2026-03-01T12:00:00Z')
const ME = { who: 'arn:aws:iam::123456789012:user/me', host: 'here' }

function recordOf(change: Partial<LockRecord> = {}): LockRecord {
  const times = { since: NOW.toISOString(), until: leaseUntil(NOW) }
  return { version: 1, run: 'other', command: 'init', ...ME, pid: 1, ...times, ...change }
}

describe('who may go ahead', () => {
  test.each([
    ['free where nothing stands', undefined, true, 'free'],
    ['waits for a run of its own that is alive', recordOf(), true, 'wait'],
    ['takes over from a dead run of its own at once', recordOf(), false, 'take-over'],
    ['waits for another person', recordOf({ who: 'other' }), false, 'wait'],
    ['waits for another machine', recordOf({ host: 'there' }), false, 'wait'],
    [
      'takes over a lease that ran out',
      recordOf({ who: 'other', until: NOW.toISOString() }),
      true,
      'take-over',
    ],
  ] as const)('%s', (_name, held, runs, verdict) => {
    expect(judgeLock(held, ME, NOW, () => runs)).toBe(verdict)
  })
})

describe('the lock in SSM', () => {
  let stored: Map<string, string>
  let untagged: string[]

  beforeEach(() => {
    vi.useFakeTimers({ now: NOW })
    stored = new Map()
    untagged = []
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const get: Ssm['get'] = async (names) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = stored.get(name)
        return value === undefined ? [] : [[name, { value, version: 1 }]]
      }),
    )
  const ssm: Ssm = {
    describe: () => Promise.reject(new Error('tags are of no use to a lock')),
    names: async () => [...stored.keys()],
    get,
    getSecret: async () => undefined,
    create: async ({ name, value }) => {
      if (stored.has(name)) return false
      stored.set(name, value)
      return { version: 1 }
    },
    update: async ({ name, value }) => {
      // With Overwrite a parameter that is gone is made again, without tags.
      if (!stored.has(name)) untagged.push(name)
      stored.set(name, value)
      return { version: 2 }
    },
    remove: async (names) => {
      for (const name of names) stored.delete(name)
    },
    highThroughput: async () => false,
  }

  function acquire(change: Partial<Ssm> = {}, who = ME.who): Promise<Lock> {
    const cloud = {
      aws: { ssm: { ...ssm, ...change }, serverTime: () => new Date() },
      sleep: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    } as unknown as Cloud
    return acquireLock(cloud, {
      distribution: 'E1',
      command: 'init',
      who,
      timeout: 1,
      onWait: () => undefined,
    })
  }

  test('is made, renewed and taken away', async () => {
    const lock = await acquire()
    const first = stored.get(`${PATH}1`)
    await vi.advanceTimersByTimeAsync(50_000)
    expect(stored.get(`${PATH}1`)).not.toBe(first)
    lock.assertHeld()
    await lock.release()
    expect(stored.size).toBe(0)
    expect(untagged).toEqual([])
  })

  test('B28 is refused to a second run while the first one holds it', async () => {
    await acquire()
    await expect(acquire({}, 'other')).rejects.toMatchObject({ code: 'locked' })
  })

  test('is not made again by a renewal that was under way when it was released', async () => {
    let answer = (): void => undefined
    const lock = await acquire({
      get: async (names) => {
        const found = await get(names)
        await new Promise<void>((resolve) => (answer = resolve))
        return found
      },
    })
    await vi.advanceTimersByTimeAsync(20_000)
    const released = lock.release()
    answer()
    await vi.advanceTimersByTimeAsync(1)
    answer()
    await released
    await vi.advanceTimersByTimeAsync(1_000)
    expect([...stored.keys()]).toEqual([])
    expect(untagged).toEqual([])
  })

  test('B29 a run that slept too long does not take away the lock of the next one', async () => {
    const slept = await acquire({ update: () => Promise.reject(new Error('asleep')) })
    await vi.advanceTimersByTimeAsync(61_000)
    expect(() => {
      slept.assertHeld()
    }).toThrow(/lock/)
    // Another run took over and ended; a third one began anew.
    stored.clear()
    stored.set(`${PATH}1`, JSON.stringify(recordOf({ who: 'third', run: 'third' })))
    await slept.release()
    expect(stored.has(`${PATH}1`)).toBe(true)
  })

  test('B28 a lock that is taken over between listing and reading is not taken twice', async () => {
    stored.set(`${PATH}1`, JSON.stringify(recordOf({ until: NOW.toISOString() })))
    let listed = false
    const taken = JSON.stringify(recordOf({ who: 'winner', run: 'winner' }))
    const race = acquire({
      names: async () => {
        const names = [...stored.keys()]
        if (!listed) {
          stored.clear()
          stored.set(`${PATH}2`, taken)
        }
        listed = true
        return names
      },
    })
    await expect(race).rejects.toMatchObject({ code: 'locked' })
    expect([...stored]).toEqual([[`${PATH}2`, taken]])
  })
})
