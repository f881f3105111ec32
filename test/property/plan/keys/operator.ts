import type { KeyEntry } from '../../../../src/plan/manifest.ts'
import type { RingName } from '../../../../src/plan/names.ts'
import { recorded } from '../../../../src/plan/keys/record.ts'
import type { RingEvent } from '../../../../src/plan/keys/record.ts'
import { currentOf, NEW, type Ring } from '../../../../src/plan/keys/ring.ts'
import {
  rotation,
  type Effect,
  type KeyFacts,
  type Move,
} from '../../../../src/plan/keys/rotation.ts'
import type { KeyTimes } from '../../../../src/plan/keys/times.ts'

/** Time stands still at this instant; a tick makes everything that was recorded older instead. */
export const NOW = '2026-01-01T00:00:00.000Z'
export const TICK = 60
/** Older than this is old. */
const FLOOR = 4

export type Todo = Exclude<Effect, { do: 'record' }> | { do: 'record'; event: RingEvent }

/** What the operator has in hand and what every model of a ring needs. */
export interface Base {
  ring: Ring
  /** Kids in SSM, in their order. */
  held: string[]
  /** What is left of the move that is under way. */
  queue: Todo[]
  /** How often a rotation, plain and for a leak, may still be asked for. */
  plain: number
  leaks: number
  /** Kids that a leak has made worthless. */
  dropped: string[]
}

export interface Setup {
  name: RingName
  /** As the code under test gets them; planted bugs shorten them. */
  times: KeyTimes
  plain: number
  leaks: number
}

export function firstBase({ plain, leaks }: Setup): Base {
  const entry: KeyEntry = { kid: 'a', state: 'current', createdAt: ago(FLOOR + 1) }
  return { ring: { entries: [entry] }, held: ['a'], queue: [], plain, leaks, dropped: [] }
}

const AGO = Array.from({ length: 20 }, (_, ticks) => before(NOW, ticks))

export function ago(ticks: number): string {
  return AGO[ticks] ?? before(NOW, ticks)
}

function before(time: string, ticks: number): string {
  return new Date(Date.parse(time) - ticks * TICK * 1000).toISOString()
}

const olderOf = new Map<string, string>()

function older(time: string): string {
  const known = olderOf.get(time) ?? before(time, 1)
  olderOf.set(time, known)
  return known
}

export function asked<W extends Base>(setup: Setup, world: W, facts: KeyFacts): Move {
  return rotation(setup.name, world.ring, facts, NOW, setup.times)
}

/** Does the first effect of the move; what is left of it is done later, or never. */
export function execute<W extends Base>(
  setup: Setup,
  world: W,
  [first, ...rest]: Todo[],
  outside: (world: W, effect: Todo) => W,
): W {
  const next = { ...world, queue: rest }
  if (first?.do === 'put-ring') {
    const made = first.kids.includes(NEW) ? unusedKid(world) : undefined
    next.held = first.kids.map((kid) => (kid === NEW ? (made ?? '') : kid))
    if (made === undefined) return next
    const entry: KeyEntry = { kid: made, state: 'pending', createdAt: NOW }
    next.queue = rest.map((effect) =>
      effect.do === 'record' ? { do: 'record', event: { type: 'generated', entry } } : effect,
    )
    return next
  }
  if (first?.do === 'record') {
    next.ring = recorded(setup.name, world.ring, first.event, NOW, setup.times)
    return next
  }
  return first ? outside(next, first) : next
}

/** The request of an operator, as the command writes it into the manifest. */
export function begin<W extends Base>(setup: Setup, world: W, compromised: boolean): W {
  const ring = recorded(setup.name, world.ring, { type: 'begun', compromised }, NOW, setup.times)
  const budget = compromised ? { leaks: world.leaks - 1 } : { plain: world.plain - 1 }
  const known = [...world.ring.entries.map(({ kid }) => kid), ...world.held]
  const dropped = compromised ? [...new Set([...world.dropped, ...known])].sort() : world.dropped
  return { ...world, ...budget, ring, dropped }
}

/** Both kinds of rotation where they may be asked for; the clock does not tell apart what is in one instant. */
export function beginnings<W extends Base>(setup: Setup, world: W): [string, W][] {
  const { ring, queue } = world
  if (queue.length > 0) return []
  const list: [string, W][] = []
  if (world.plain > 0 && !ring.request) list.push(['rotate', begin(setup, world, false)])
  const isDistinct = ring.entries.every(({ createdAt }) => createdAt < NOW)
  if (world.leaks > 0 && !ring.request?.compromised && isDistinct) {
    list.push(['compromised', begin(setup, world, true)])
  }
  return list
}

/** Everything that was recorded is a tick older; what is old stays old. */
export function aged<W extends Base>(world: W): W {
  const { request } = world.ring
  const atLeast = (time: string, ticks: number): string => (time < ago(ticks) ? ago(ticks) : time)
  const entryOf = ({ kid, state, createdAt, deployedAt, retireAfter }: KeyEntry): KeyEntry => ({
    kid,
    state,
    createdAt:
      state === 'pending' && createdAt >= (request?.since ?? '')
        ? atLeast(older(createdAt), FLOOR)
        : ago(FLOOR + 1),
    ...(deployedAt !== undefined && { deployedAt: atLeast(older(deployedAt), FLOOR) }),
    ...(retireAfter !== undefined && { retireAfter: atLeast(older(retireAfter), 0) }),
  })
  return {
    ...world,
    ring: {
      entries: world.ring.entries.map(entryOf),
      ...(request && { request: { ...request, since: atLeast(older(request.since), FLOOR) } }),
    },
    queue: world.queue.map((effect) =>
      effect.do === 'record' && effect.event.type === 'generated'
        ? { do: 'record', event: { type: 'generated', entry: entryOf(effect.event.entry) } }
        : effect,
    ),
  }
}

/** What must hold of the ring itself in every state. */
export function brokenRing(setup: Setup, { ring, held }: Base): string[] {
  const count = (state: KeyEntry['state']): number =>
    ring.entries.filter((entry) => entry.state === state).length
  return [
    ...(count('pending') > 1 ? ['two pending keys'] : []),
    ...(count('current') === 1 ? [] : ['not one current key']),
    ...(count('previous') > 4 ? ['too many previous keys'] : []),
    ...(setup.name !== 'seal' && held.length > 2 ? ['three private halves in SSM'] : []),
    ...(held.includes(currentOf(ring)?.kid ?? '') ? [] : ['the current key is not in SSM']),
  ]
}

/** Whether nothing is left to do: one current key, none pending, nothing asked for. */
export function isSettled({ ring }: Base, move: Move): boolean {
  return (
    move.kind === 'none' &&
    ring.request === undefined &&
    ring.entries.every(({ state }) => state !== 'pending')
  )
}

/** A letter that nothing has; one that is forgotten everywhere may come again. */
function unusedKid(world: Base): string {
  const text = JSON.stringify(world)
  const kid = [...'abcdefghijkl'].find((letter) => !text.includes(`"${letter}"`))
  if (!kid) throw new Error('more keys than letters')
  return kid
}

/** The same world with its keys named in the order in which they are met: names mean nothing. */
export function renamed<W extends Base>(world: W): W {
  const names = new Map<string, string>()
  const text = JSON.stringify(world).replaceAll(/"([a-l])"/g, (_, kid: string) => {
    const name = names.get(kid) ?? 'abcdefghijkl'[names.size] ?? ''
    names.set(kid, name)
    return `"${name}"`
  })
  return JSON.parse(text) as W
}
