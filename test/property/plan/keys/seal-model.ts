import type { KeyFacts } from '../../../../src/plan/keys/rotation.ts'
import { COLD, olderCaches, readings, sortedEdges, type EdgeCache } from './edge-cache.ts'
import {
  aged,
  asked,
  beginnings,
  brokenRing,
  execute,
  firstBase,
  isSettled,
  renamed,
  type Base,
  type Setup,
  type Todo,
} from './operator.ts'
import type { Model } from './search.ts'

/** Ticks of the world, whatever the code under test believes. */
export const SEAL_WORLD = { session: 2, cacheLife: 2, stale: 3 }

interface World extends Base {
  edges: EdgeCache[]
  /** The longest life in ticks of what each key has sealed. */
  life: [kid: string, ticks: number][]
  /** After a leak the edges have ticks to learn of the new key. */
  cutover: number
}

export interface SealSetup extends Setup {
  /** An unknown key id makes an edge read SSM, always. In truth a stranger can use up its one try a minute. */
  rereads: boolean
}

export function sealModel(setup: SealSetup): Model<World> {
  const facts = ({ held }: World): KeyFacts => {
    return { held, accepted: undefined, baked: [], deployed: true }
  }
  const step = (world: World, effects: Todo[]): World => execute(setup, world, effects, (at) => at)

  /** Somebody signs in everywhere and at all times. */
  function busy(world: World): World {
    const life = new Map(world.life.filter(([, ticks]) => ticks > 0))
    for (const { cache } of world.edges) {
      if (cache?.[0] !== undefined) life.set(cache[0], SEAL_WORLD.session)
    }
    const isCutover = world.ring.request?.compromised ?? false
    const cutover = isCutover ? SEAL_WORLD.cacheLife : world.cutover
    const edges = sortedEdges(world.edges)
    const one = renamed({ ...world, edges, life: [...life], cutover })
    one.life.sort(([a], [b]) => (a < b ? -1 : 1))
    const text = JSON.stringify({ ...one, dropped: [] })
    return { ...one, dropped: one.dropped.filter((kid) => text.includes(`"${kid}"`)) }
  }

  function operator(world: World): [string, World][] {
    if (world.queue.length > 0) {
      return [
        [world.queue[0]!.do, step(world, world.queue)],
        ['crash', { ...world, queue: [] }],
      ]
    }
    const move = asked(setup, world, facts(world))
    return move.kind === 'act' ? [[move.move, step(world, move.effects as Todo[])]] : []
  }

  function tick(world: World): World {
    return {
      ...aged(world),
      edges: olderCaches(world.edges, SEAL_WORLD.stale),
      life: world.life.map(([kid, ticks]) => [kid, ticks - 1]),
      cutover: Math.max(0, world.cutover - 1),
    }
  }

  function next(world: World): [string, World][] {
    return [
      ...operator(world),
      ...beginnings(setup, world),
      ...readings(world),
      ['tick', tick(world)],
    ]
  }

  function violations(world: World): string[] {
    const list = brokenRing(setup, world)
    const { edges, held, dropped, ring, queue } = world
    const live = world.life.map(([kid]) => kid).filter((kid) => !dropped.includes(kid))
    if (live.some((kid) => !held.includes(kid))) list.push('a live cookie is lost')
    for (const { cache, age } of edges) {
      // A fresh one could not be had: SSM fails at this edge, which no order of keys can help.
      const isCut = setup.rereads || age >= SEAL_WORLD.cacheLife || world.cutover > 0
      if (cache && !isCut && live.some((kid) => !cache.includes(kid))) {
        list.push('an edge cannot read a live cookie')
      }
    }
    if (queue.length === 0 && asked(setup, world, facts(world)).kind === 'none') {
      const known = ring.entries.map(({ kid }) => kid)
      if (held.some((kid) => dropped.includes(kid) && !known.includes(kid))) {
        list.push('a dropped key is in SSM')
      }
    }
    return list
  }

  function cooperate(world: World): World | undefined {
    const [first] = operator(world)
    if (first) return busy(first[1])
    const move = asked(setup, world, facts(world))
    if (isSettled(world, move) && world.ring.entries.length === 1) return
    return busy(tick(world))
  }

  return {
    first: { ...firstBase(setup), edges: [COLD, COLD], life: [['a', 2]], cutover: 0 },
    next,
    tidy: busy,
    violations,
    cooperate,
    isGood: (world) => isSettled(world, asked(setup, world, facts(world))),
    isIdle: ({ queue }) => queue.length === 0,
  }
}
