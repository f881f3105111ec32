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

  /** Ends with whether each of them has it. */
  async function outcomes(locks: Promise<Lock>[]): Promise<boolean[]> {
    const all = await Promise.allSettled(locks)
    return all.map(({ status }) => status === 'fulfilled')
  }

  test.each([
    ['the one that saw the former lock', ['late', 'early']],
    ['the one that saw none', ['early', 'late']],
  ])('B28 of two that come as a lock is released one gets it, first %s', async (_who, order) => {
    stored.set(`${PATH}1`, JSON.stringify(recordOf({ who: 'former', run: 'former' })))
    const asked: string[] = []
    const open = new Set<string>()
    /** Holds back what each of them makes until both have looked. */
    const creating = (who: string): Partial<Ssm> => ({
      create: async (input) => {
        asked.push(who)
        if (asked.length === 2) open.add(order[0] ?? '')
        await vi.waitUntil(() => open.has(who))
        const made = await ssm.create(input)
        open.add(order[1] ?? '')
        return made
      },
    })
    const late = acquire(
      {
        ...creating('late'),
        names: async () => {
          const names = [...stored.keys()]
          // Between what is listed and what is read.
          if (names.length > 0 && asked.length === 0) stored.clear()
          return names
        },
      },
      'late',
    )
    const both = outcomes([late, acquire(creating('early'), 'early')])
    await vi.advanceTimersByTimeAsync(5_000)
    expect((await both).filter(Boolean)).toHaveLength(1)
    expect(stored.size).toBe(1)
  })

  test('B29 what is left of runs that died keeps nobody out, and goes', async () => {
    const ended = new Date(NOW.getTime() - 1).toISOString()
    for (const generation of [1, 2]) {
      const record = recordOf({ who: 'gone', run: `gone-${generation}`, until: ended })
      stored.set(`${PATH}${generation}`, JSON.stringify(record))
    }
    const lock = await acquire()
    expect([...stored.keys()]).toEqual([`${PATH}3`])
    await lock.release()
    expect(stored.size).toBe(0)
  })

  test('counts the lease from when it was asked for, not from when SSM has answered', async () => {
    const lock = await acquire({
      create: async (input) => {
        const made = await ssm.create(input)
        await vi.advanceTimersByTimeAsync(50_000)
        return made
      },
      update: () => Promise.reject(new Error('throttled')),
    })
    lock.assertHeld()
    await vi.advanceTimersByTimeAsync(11_000)
    expect(() => {
      lock.assertHeld()
    }).toThrow(/lock/)
  })

  test('counts a renewal from when it was asked for', async () => {
    let renewals = 0
    const lock = await acquire({
      update: async (input) => {
        renewals += 1
        if (renewals > 1) throw new Error('throttled')
        const done = await ssm.update(input)
        await vi.advanceTimersByTimeAsync(30_000)
        return done
      },
    })
    await vi.advanceTimersByTimeAsync(20_000)
    await vi.advanceTimersByTimeAsync(31_000)
    expect(renewals).toBeGreaterThan(1)
    expect(() => {
      lock.assertHeld()
    }).toThrow(/lock/)
  })

  test('B29 a run whose lock another has taken renews nothing and changes nothing more', async () => {
    const lock = await acquire()
    const theirs = JSON.stringify(recordOf({ who: 'other', run: 'other' }))
    stored.clear()
    stored.set(`${PATH}2`, theirs)
    await vi.advanceTimersByTimeAsync(21_000)
    expect(() => {
      lock.assertHeld()
    }).toThrow(/lock/)
    await lock.release()
    expect([...stored]).toEqual([[`${PATH}2`, theirs]])
    expect(untagged).toEqual([])
  })
})
