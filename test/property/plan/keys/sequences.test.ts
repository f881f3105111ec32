import { generateKeyPairSync, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ringsToBegin } from '../../../../src/plan/keys/begin.ts'
import { recorded, type RingEvent } from '../../../../src/plan/keys/record.ts'
import { NEW, type Ring } from '../../../../src/plan/keys/ring.ts'
import {
  rotation,
  type Effect,
  type KeyFacts,
  type Move,
} from '../../../../src/plan/keys/rotation.ts'
import { keyTimes, later } from '../../../../src/plan/keys/times.ts'
import type { KeyEntry, Manifest } from '../../../../src/plan/manifest.ts'
import { RINGS, type RingName } from '../../../../src/plan/names.ts'

/** What happens, one after the other, with the times of the real guard. */
type Event =
  | { type: 'begin'; compromised: boolean }
  /** A run that is killed after so many effects of so many moves. */
  | { type: 'run'; moves: number; killedAfter: number; hasOkta: boolean }
  | { type: 'time'; minutes: number }
  | { type: 'deployed' }

interface World {
  ring: Ring
  facts: KeyFacts & { accepted: string[] }
  now: string
  made: number
}

const START = '2026-01-01T00:00:00.000Z'
/** Standard parameters: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const SSM_BYTES = 4096
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const RSA = privateKey.export({ format: 'jwk' })
const SEAL = randomBytes(32).toString('base64url')

const EVENT: fc.Arbitrary<Event> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ type: fc.constant('begin'), compromised: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('run'),
      moves: fc.integer({ min: 1, max: 5 }),
      killedAfter: fc.integer({ min: 0, max: 3 }),
      hasOkta: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('time'), minutes: fc.nat(300) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('deployed') }) },
)

function first(): World {
  const entry: KeyEntry = { kid: kidOf(0), state: 'current', createdAt: later(START, -3600) }
  const kids = [entry.kid]
  return {
    ring: { entries: [entry] },
    facts: { held: kids, baked: kids, deployed: true, accepted: kids },
    now: START,
    made: 1,
  }
}

/** As long as the SHA-256 of a key. */
function kidOf(made: number): string {
  return String(made).padStart(43, 'k')
}

function effect(name: RingName, world: World, one: Effect, check: (world: World) => void): World {
  const next = { ...world, facts: { ...world.facts } }
  if (one.do === 'put-ring') {
    next.facts.held = one.kids.map((kid) => (kid === NEW ? kidOf(world.made) : kid))
    if (one.kids.includes(NEW)) next.made++
  }
  if (one.do === 'publish') next.facts = { ...next.facts, baked: one.kids, deployed: false }
  if (one.do === 'put-jwks') next.facts.accepted = one.kids
  if (one.do === 'record') {
    const entry: KeyEntry = { kid: kidOf(world.made - 1), state: 'pending', createdAt: world.now }
    const event: RingEvent = one.event.type === 'generated' ? { ...one.event, entry } : one.event
    next.ring = recorded(name, deepFrozen(world.ring), event, world.now, keyTimes(12))
  }
  check(next)
  return next
}

function nextMove(name: RingName, { ring, facts, now }: World, hasOkta = true): Move {
  const known = hasOkta ? facts : { ...facts, accepted: undefined }
  return rotation(name, deepFrozen(ring), deepFrozen(known), now, keyTimes(12))
}

function happen(name: RingName, world: World, event: Event, check: (world: World) => void): World {
  switch (event.type) {
    case 'begin': {
      const now = later(world.now, 1)
      const { compromised } = event
      if (ringsToBegin(manifestOf(name, world), [name], { compromised, now }).length === 0) {
        return world
      }
      const begun: RingEvent = { type: 'begun', compromised }
      return { ...world, now, ring: recorded(name, world.ring, begun, now, keyTimes(12)) }
    }
    case 'time':
      return { ...world, now: later(world.now, event.minutes * 60) }
    case 'deployed':
      return { ...world, facts: { ...world.facts, deployed: true } }
    case 'run': {
      let after = world
      for (let moves = 0; moves < event.moves; moves++) {
        const move = nextMove(name, after, event.hasOkta)
        if (move.kind !== 'act') break
        const isKilled = moves === event.moves - 1
        const effects = isKilled ? move.effects.slice(0, event.killedAfter) : move.effects
        for (const one of effects) after = effect(name, after, one, check)
      }
      return after
    }
  }
}

function manifestOf(name: RingName, { ring }: World): Pick<Manifest, 'keys' | 'rotation'> {
  const keys = { session: [], client: [], seal: [], [name]: ring.entries }
  return { keys, ...(ring.request && { rotation: { [name]: ring.request } }) }
}

function assertRing(name: RingName, { ring, facts, now }: World): void {
  const standing = ring.entries.filter(
    ({ state, retireAfter = '' }) => state === 'previous' && retireAfter > now,
  )
  expect(standing.length).toBeLessThanOrEqual(4)
  expect(ring.entries.filter(({ state }) => state === 'pending').length).toBeLessThanOrEqual(1)
  expect(ring.entries.filter(({ state }) => state === 'current')).toHaveLength(1)
  expect(new Set(facts.held).size).toBe(facts.held.length)
  if (name !== 'seal') expect(facts.held.length).toBeLessThanOrEqual(2)
  const key = name === 'seal' ? SEAL : RSA
  const json = JSON.stringify({ version: 1, keys: facts.held.map((kid) => ({ kid, key })) })
  expect(json.length).toBeLessThanOrEqual(SSM_BYTES)
}

/** Runs to the end with nothing in the way; what waits is waited for. */
function finished(name: RingName, world: World): World {
  let after = world
  for (let rounds = 0; rounds < 60; rounds++) {
    const move = nextMove(name, after)
    if (move.kind === 'none') return after
    if (move.kind === 'act') {
      for (const one of move.effects) after = effect(name, after, one, () => undefined)
    } else {
      const now = 'until' in move && move.until ? move.until : later(after.now, 60)
      after = { ...after, now, facts: { ...after.facts, deployed: true } }
    }
  }
  throw new Error('never comes to an end')
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFrozen)
    Object.freeze(value)
  }
  return value
}

const EVENTS = fc.array(EVENT, { minLength: 5, maxLength: 60, size: 'max' })

test.each(RINGS)('any sequence of runs, crashes and leaks leaves the %s ring in bounds', (name) => {
  let rotations = 0
  fc.assert(
    fc.property(EVENTS, (events) => {
      const check = (world: World): void => {
        assertRing(name, world)
      }
      const run = (): World => events.reduce((at, event) => happen(name, at, event, check), first())
      const world = run()
      expect(run()).toEqual(world)
      const end = finished(name, world)
      expect(end.ring.request).toBeUndefined()
      expect(end.ring.entries.map(({ state }) => state).filter((s) => s !== 'previous')).toEqual([
        'current',
      ])
      expect(end.facts.held[0]).toBe(end.ring.entries.at(-1)?.kid)
      rotations = Math.max(rotations, world.made)
    }),
    { numRuns: 300 },
  )
  expect(rotations).toBeGreaterThan(3)
})

test.each(RINGS)('the fifth rotation of the %s key within the longest session waits', (name) => {
  let world = first()
  const begun: RingEvent = { type: 'begun', compromised: false }
  for (let times = 0; times < 4; times++) {
    world = { ...world, ring: recorded(name, world.ring, begun, world.now, keyTimes(12)) }
    world = finished(name, world)
  }
  expect(world.ring.entries).toHaveLength(5)
  world = { ...world, ring: recorded(name, world.ring, begun, world.now, keyTimes(12)) }
  expect(nextMove(name, world)).toEqual({
    kind: 'blocked',
    by: 'previous-keys',
    until: world.ring.entries[0]?.retireAfter,
  })
})
