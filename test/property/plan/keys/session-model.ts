import { bakedEntries } from '../../../../src/plan/keys/ring.ts'
import type { KeyTimes } from '../../../../src/plan/keys/times.ts'
import type { KeyFacts } from '../../../../src/plan/keys/rotation.ts'
import { sortedEdges } from './edge-cache.ts'
import {
  aged,
  asked,
  beginnings,
  brokenRing,
  execute,
  firstBase,
  isSettled,
  renamed,
  NOW,
  TICK,
  type Base,
  type Setup,
  type Todo,
} from './operator.ts'
import type { Model } from './search.ts'

/** Ticks of the world, whatever the code under test believes. */
export const WORLD = { session: 2, stale: 1, propagation: 1 }

export const SESSION_TIMES: KeyTimes = {
  cacheLife: TICK,
  propagation: WORLD.propagation * TICK,
  grace: grace(WORLD.session + WORLD.stale + WORLD.propagation),
}

export function grace(ticks: number): KeyTimes['grace'] {
  return { session: ticks * TICK, client: ticks * TICK, seal: ticks * TICK }
}

interface Edge {
  /** Kids that the version here checks with. */
  bundle: string[]
  /** The ring as it was read; null: not read yet. */
  cache: string[] | null
  age: number
  /** Ticks until the attached version must be here; null: CloudFront has promised nothing. */
  lag: number | null
}

interface World extends Base {
  attached: string[]
  deployed: boolean
  edges: Edge[]
  /** The longest life in ticks of what each key has signed. */
  life: [kid: string, ticks: number][]
  /** How often another command may publish. */
  others: number
}

export interface SessionSetup extends Setup {
  others: number
  /** Planted: what the code under test is told instead of the truth. */
  told?: (facts: KeyFacts) => KeyFacts
  /** Planted: with which key an edge signs; undefined: it cannot. */
  signer?: (cache: string[], bundle: string[]) => string | undefined
}

export function sessionModel(setup: SessionSetup): Model<World> {
  const signer = setup.signer ?? ((cache, bundle) => cache.find((kid) => bundle.includes(kid)))

  /** Somebody signs in everywhere and at all times: more tokens only make more trouble. */
  function busy(world: World): World {
    const life = new Map(world.life.filter(([, ticks]) => ticks > 0))
    for (const { cache, bundle } of world.edges) {
      const kid = cache ? signer(cache, bundle) : undefined
      if (kid !== undefined) life.set(kid, WORLD.session)
    }
    const edges = sortedEdges(
      world.edges.map((edge) =>
        isSame(edge.bundle, world.attached) ? { ...edge, lag: null } : edge,
      ),
    )
    const one = renamed({ ...world, life: [...life], edges })
    one.life.sort(([a], [b]) => (a < b ? -1 : 1))
    return pruned(one)
  }

  function facts(world: World): KeyFacts {
    const { held, attached, deployed } = world
    const truth = { held, baked: attached, deployed, accepted: undefined }
    return setup.told ? setup.told(truth) : truth
  }

  function step(world: World, effects: Todo[]): World {
    return execute(setup, world, effects, (at, effect) =>
      effect.do === 'publish' ? attach(at, effect.kids) : at,
    )
  }

  function operator(world: World): [string, World][] {
    if (world.queue.length > 0) {
      return [
        [world.queue[0]!.do, step(world, world.queue)],
        ['crash', { ...world, queue: [] }],
      ]
    }
    const move = asked(setup, world, facts(world))
    if (move.kind !== 'act') return []
    return [[move.move, step(world, move.effects as Todo[])]]
  }

  function others(world: World): [string, World][] {
    if (world.others === 0 || world.queue.length > 0) return []
    const kids = bakedEntries(world.ring, NOW).map(({ kid }) => kid)
    return [['other command publishes', attach({ ...world, others: world.others - 1 }, kids)]]
  }

  function next(world: World): [string, World][] {
    return [
      ...operator(world),
      ...beginnings(setup, world),
      ...others(world),
      ...(world.deployed ? [] : [['Deployed', deployed(world)] as [string, World]]),
      ...world.edges.flatMap((edge, at) => edgeMoves(world, edge, at)),
      ...tick(world),
    ]
  }

  function violations(world: World): string[] {
    const { edges, ring, life, dropped, attached, queue } = world
    const isCutover = ring.request?.compromised ?? false
    const list = brokenRing(setup, world)
    for (const { cache, bundle } of edges) {
      const kid = cache ? signer(cache, bundle) : bundle[0]
      if (kid === undefined) list.push('an edge cannot sign')
      else if (!bundle.includes(kid))
        list.push('an edge signs with a key that its own bundle lacks')
      const refused = life.some(([k]) => !bundle.includes(k) && !dropped.includes(k))
      if (refused && !isCutover) list.push('a live token is refused')
    }
    if (queue.length > 0 || isCutover) return list
    const known = ring.entries.map((entry) => entry.kid)
    if (attached.some((kid) => dropped.includes(kid) || !known.includes(kid))) {
      list.push('a dropped key is accepted')
    }
    return list
  }

  function cooperate(world: World): World | undefined {
    const move = asked(setup, world, facts(world))
    if (world.queue.length > 0) return busy(step(world, world.queue))
    if (move.kind === 'act') return busy(step(world, move.effects as Todo[]))
    if (isSettled(world, move) && world.ring.entries.length === 1) return
    if (!world.deployed) return busy(deployed(world))
    const edges = world.edges.map((edge) => fresh(edge, world))
    return busy(tick({ ...world, edges })[0]![1])
  }

  const edge: Edge = { bundle: ['a'], cache: null, age: 0, lag: null }
  return {
    first: {
      ...firstBase(setup),
      others: setup.others,
      attached: ['a'],
      deployed: true,
      edges: [edge, edge],
      life: [['a', WORLD.session]],
    },
    next,
    tidy: busy,
    violations,
    cooperate,
    isGood: (world) => isSettled(world, asked(setup, world, facts(world))),
    isIdle: ({ queue }) => queue.length === 0,
  }
}

function attach(world: World, kids: string[]): World {
  return { ...world, attached: kids, deployed: false }
}

function deployed(world: World): World {
  const edges = world.edges.map((edge) =>
    isSame(edge.bundle, world.attached) ? edge : { ...edge, lag: edge.lag ?? WORLD.propagation },
  )
  return { ...world, deployed: true, edges }
}

/** A new version starts cold. */
function fresh(edge: Edge, { attached }: World): Edge {
  return isSame(edge.bundle, attached) ? edge : { bundle: attached, cache: null, age: 0, lag: null }
}

function edgeMoves(world: World, edge: Edge, at: number): [string, World][] {
  const put = (changed: Edge): World => ({ ...world, edges: world.edges.with(at, changed) })
  return [
    ...(isSame(edge.bundle, world.attached)
      ? []
      : [['edge gets the version', put(fresh(edge, world))] as [string, World]]),
    ['edge reads SSM', put({ ...edge, cache: world.held, age: 0 })],
  ]
}

/** Not before every edge has what CloudFront has promised it by then. */
function tick(world: World): [string, World][] {
  if (world.edges.some(({ lag }) => lag === 1)) return []
  const edges = world.edges.map((edge): Edge => {
    const lag = edge.lag === null ? null : edge.lag - 1
    if (edge.cache && edge.age < WORLD.stale) return { ...edge, lag, age: edge.age + 1 }
    return { ...edge, lag, cache: null, age: 0 }
  })
  const life = world.life.map(([kid, ticks]): [string, number] => [kid, ticks - 1])
  return [['tick', { ...aged(world), edges, life }]]
}

/** Of the keys that a leak has made worthless, those that still stand somewhere. */
function pruned(world: World): World {
  const text = JSON.stringify({ ...world, dropped: [] })
  return { ...world, dropped: world.dropped.filter((kid) => text.includes(`"${kid}"`)) }
}

function isSame(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((kid) => b.includes(kid))
}
