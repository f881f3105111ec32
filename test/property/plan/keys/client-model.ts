import type { KeyFacts, Move } from '../../../../src/plan/keys/rotation.ts'
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

/** Ticks: an edge goes on with what it read until and with the last of them. */
export const CLIENT_STALE = 2

interface World extends Base {
  /** Kids that the Okta app accepts. */
  accepted: string[]
  edges: EdgeCache[]
  /** A token call was tried with a key that Okta does not have. */
  failedTry: boolean
}

export interface ClientSetup extends Setup {
  /** The app's keys are entered by its admin: late, or never, and taken out when they are retired. */
  isAdmins?: boolean
  /** What of a move is done; planted bugs leave out some. */
  done?: (effects: Todo[]) => Todo[]
  /** Whether the admin takes a key out; planted bugs let them be early. */
  mayGo?: (world: World, kid: string) => boolean
}

const isRetired = ({ ring, held }: World, kid: string): boolean =>
  !held.includes(kid) && !ring.entries.some((entry) => entry.kid === kid)

export function clientModel(setup: ClientSetup): Model<World> {
  const { isAdmins = false, done = (effects) => effects, mayGo = isRetired } = setup

  function facts({ held, accepted }: World): KeyFacts {
    return { held, accepted: isAdmins ? 'admins' : accepted, baked: [], deployed: true }
  }

  function step(world: World, effects: Todo[]): World {
    return execute(setup, world, effects, (at, effect) => {
      if (effect.do === 'put-jwks') return { ...at, accepted: effect.kids }
      if (effect.do !== 'try') return at
      // The run ends there, and says what is to be entered.
      if (isAdmins && !at.accepted.includes(effect.kid)) return { ...at, queue: [] }
      return { ...at, failedTry: at.failedTry || !at.accepted.includes(effect.kid) }
    })
  }

  function moved(world: World, move: Move): [string, World][] {
    return move.kind === 'act' ? [[move.move, step(world, done(move.effects as Todo[]))]] : []
  }

  function operator(world: World): [string, World][] {
    if (world.queue.length > 0) {
      return [
        [world.queue[0]!.do, step(world, world.queue)],
        ['crash', { ...world, queue: [] }],
      ]
    }
    if (isAdmins) return moved(world, asked(setup, world, facts(world)))
    const blind = asked(setup, world, { ...facts(world), accepted: undefined })
    return [...moved(world, asked(setup, world, facts(world))), ...moved(world, blind)]
  }

  /** Somebody in Okta's console, also while a command is under way. */
  function admin(world: World): [string, World][] {
    if (!isAdmins) return []
    const { accepted, ring } = world
    const entered = ring.entries.flatMap(({ kid }): [string, World][] =>
      accepted.includes(kid)
        ? []
        : [['the admin enters a key', { ...world, accepted: [...accepted, kid].sort() }]],
    )
    const gone = accepted
      .filter((kid) => mayGo(world, kid))
      .map((kid): [string, World] => [
        'the admin takes a key out',
        { ...world, accepted: accepted.filter((one) => one !== kid) },
      ])
    return [...entered, ...gone]
  }

  function tick(world: World): World {
    return { ...aged(world), edges: olderCaches(world.edges, CLIENT_STALE) }
  }

  function tidy(world: World): World {
    return renamed({ ...world, edges: sortedEdges(world.edges) })
  }

  function next(world: World): [string, World][] {
    return [
      ...operator(world),
      ...beginnings(setup, world),
      ...readings(world),
      ...admin(world),
      ['tick', tick(world)],
    ]
  }

  function violations(world: World): string[] {
    const list = brokenRing(setup, world)
    const { edges, held, accepted, dropped, ring, queue } = world
    const used = [...edges.map(({ cache }) => cache?.[0]), held[0]]
    if (used.some((kid) => kid && !accepted.includes(kid) && !dropped.includes(kid))) {
      list.push('an assertion by a key that Okta does not have')
    }
    if (!accepted.includes(held[0] ?? '')) list.push('SSM leads with a key that Okta does not have')
    if (world.failedTry) list.push('a key is tried before Okta has it')
    // What its admin forgets to take out is theirs, and was said.
    if (!isAdmins && queue.length === 0 && asked(setup, world, facts(world)).kind === 'none') {
      const known = ring.entries.map(({ kid }) => kid)
      const isLeft = accepted.some((kid) => !known.includes(kid) || dropped.includes(kid))
      if (isLeft) list.push('a dropped key is accepted')
    }
    return list
  }

  function cooperate(world: World): World | undefined {
    if (world.queue.length > 0) return tidy(step(world, world.queue))
    const [entered] = admin(world)
    if (entered) return tidy(entered[1])
    const move = asked(setup, world, facts(world))
    const [acted] = moved(world, move)
    if (acted) return tidy(acted[1])
    if (isSettled(world, move) && world.ring.entries.length === 1) return
    return tidy(tick(world))
  }

  return {
    first: { ...firstBase(setup), accepted: ['a'], edges: [COLD, COLD], failedTry: false },
    next,
    tidy,
    violations,
    cooperate,
    isGood: (world) => isSettled(world, asked(setup, world, facts(world))),
    isIdle: ({ queue }) => queue.length === 0,
  }
}
