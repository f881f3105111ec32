import { describe, expect, test } from 'vitest'
import { ringOf, ringsToBegin, withRing } from '../../../../src/plan/keys/begin.ts'
import { recorded, type RingEvent } from '../../../../src/plan/keys/record.ts'
import {
  acceptedEntries,
  bakedEntries,
  heldKids,
  type Ring,
} from '../../../../src/plan/keys/ring.ts'
import { rotation, type KeyFacts, type Move } from '../../../../src/plan/keys/rotation.ts'
import { keyTimes, later } from '../../../../src/plan/keys/times.ts'
import type { KeyEntry, Manifest } from '../../../../src/plan/manifest.ts'
import type { RingName } from '../../../../src/plan/names.ts'

const START = '2026-03-01T12:00:00.000Z'
const TIMES = keyTimes(12)
const FACTS: KeyFacts = { held: ['old'], baked: ['old'], deployed: true, accepted: ['old'] }
const OLD: KeyEntry = { kid: 'old', state: 'current', createdAt: '2026-01-01T00:00:00.000Z' }
const NEXT: KeyEntry = { kid: 'next', state: 'pending', createdAt: START }
const REQUEST = { since: START, compromised: false }
const LEAK = { since: START, compromised: true }

function next(name: RingName, ring: Ring, facts: Partial<KeyFacts> = {}, now = START): Move {
  return rotation(name, ring, { ...FACTS, ...facts }, now, TIMES)
}

function after(name: RingName, ring: Ring, event: RingEvent, at = START): Ring {
  return recorded(name, ring, event, at, TIMES)
}

function named(move: Move): string {
  return move.kind === 'act' ? move.move : move.kind === 'none' ? 'none' : move.kind
}

describe('a rotation of the session key', () => {
  const begun: Ring = { entries: [OLD], request: REQUEST }
  const pending: Ring = { entries: [OLD, NEXT], request: REQUEST }
  const held = ['old', 'next']
  const baked = ['old', 'next']

  test('does nothing that nobody asked for', () => {
    expect(next('session', { entries: [OLD] })).toEqual({ kind: 'none' })
  })

  test('makes the new key behind the one to sign with', () => {
    expect(next('session', begun)).toMatchObject({
      move: 'generate',
      effects: [{ do: 'put-ring', kids: ['old', '(new)'] }, { do: 'record' }],
    })
  })

  test('B44 goes on with the pending key that a killed run has left', () => {
    expect(next('session', pending, { held })).toMatchObject({
      move: 'publish',
      effects: [{ do: 'publish', kids: ['old', 'next'] }],
    })
  })

  test('makes a pending key anew that is not in SSM', () => {
    expect(named(next('session', pending, { held: ['old'] }))).toBe('generate')
    const entry = { ...NEXT, kid: 'third' }
    const ring = after('session', pending, { type: 'generated', entry })
    expect(ring.entries.map(({ kid }) => kid)).toEqual(['old', 'third'])
  })

  test('B45, B47 waits for Deployed and for the last edge before it signs', () => {
    const facts = { held, baked }
    expect(next('session', pending, { ...facts, deployed: false })).toEqual({
      kind: 'wait',
      for: 'deployed',
    })
    expect(named(next('session', pending, facts))).toBe('note-deployed')
    const noted = after('session', pending, { type: 'deployed', kid: 'next' })
    const until = later(START, TIMES.propagation)
    expect(next('session', noted, facts)).toEqual({ kind: 'wait', for: 'propagation', until })
    expect(next('session', noted, facts, until)).toMatchObject({
      move: 'promote',
      effects: [{ do: 'put-ring', kids: ['next', 'old'] }, { do: 'record' }],
    })
  })

  test('waits again when an older version was attached meanwhile', () => {
    const noted = after('session', pending, { type: 'deployed', kid: 'next' })
    const move = next('session', noted, { held, baked: ['old'] })
    expect(move).toMatchObject({ move: 'publish', effects: [{ do: 'record' }, { do: 'publish' }] })
    const ring = after('session', noted, { type: 'published', kid: 'next' })
    expect(ring.entries[1]).toEqual(NEXT)
  })

  test('B46 keeps the old key until nobody can show what it has signed', () => {
    const ring = after('session', pending, { type: 'promoted', kid: 'next' })
    const facts = { held: ['next', 'old'], baked }
    const due = later(START, TIMES.grace.session)
    expect(ring).toMatchObject({
      entries: [{ kid: 'old', state: 'previous', retireAfter: due }, { state: 'current' }],
    })
    expect(ring.request).toBeUndefined()
    expect(TIMES.grace.session).toBeGreaterThan(13 * 3600)
    expect(next('session', ring, facts, later(due, -1))).toEqual({ kind: 'none' })
    expect(next('session', ring, facts, due)).toMatchObject({
      move: 'publish',
      reason: 'housekeeping',
      effects: [{ kids: ['next'] }],
    })
    expect(next('session', ring, { ...facts, baked: ['next'] }, due)).toMatchObject({
      move: 'retire',
      effects: [{ kids: ['next'] }, { event: { type: 'retired', kids: ['old'] } }],
    })
  })

  test('B48 does not wait for the rotation before, and holds two private halves at most', () => {
    const first = after('session', pending, { type: 'promoted', kid: 'next' })
    const second = after('session', first, { type: 'begun', compromised: false })
    expect(next('session', second, { held: ['next', 'old'], baked })).toMatchObject({
      effects: [{ kids: ['next', '(new)'] }, { do: 'record' }],
    })
  })

  test('waits where four previous keys stand, until the oldest is due', () => {
    const until = later(START, 60)
    const previous = ['a', 'b', 'c', 'd'].map((kid): KeyEntry => ({
      ...OLD,
      kid,
      state: 'previous',
      retireAfter: until,
    }))
    const ring: Ring = { entries: [...previous, OLD], request: REQUEST }
    expect(next('session', ring)).toEqual({ kind: 'blocked', by: 'previous-keys', until })
    expect(named(next('session', ring, { held: ['old', 'd'] }, until))).toBe('retire')
    expect(named(next('session', { ...ring, request: LEAK }))).toBe('generate')
  })

  test('B49 leaves a leaked key out of the next version, and drops it from SSM when it is deployed', () => {
    const ring: Ring = { entries: [OLD, { ...NEXT, deployedAt: START }], request: LEAK }
    expect(bakedEntries(ring, START).map(({ kid }) => kid)).toEqual(['next'])
    const at = later(START, TIMES.propagation)
    expect(next('session', ring, { held, baked }, at)).toMatchObject({ move: 'publish' })
    const promoted = after('session', ring, { type: 'promoted', kid: 'next' }, at)
    const facts = { held: ['next', 'old'], baked: ['next'] }
    expect(next('session', promoted, facts, at)).toMatchObject({
      move: 'retire',
      effects: [{ do: 'put-ring', kids: ['next'] }, { do: 'record' }],
    })
  })

  test('a pending key that stood beside a leaked one is not trusted', () => {
    const ring: Ring = { entries: [OLD, { ...NEXT, createdAt: later(START, -1) }], request: LEAK }
    expect(next('session', ring, { held })).toMatchObject({
      effects: [{ kids: ['old', '(new)'] }, { do: 'record' }],
    })
  })
})

describe('a rotation of the client key', () => {
  const pending: Ring = { entries: [OLD, NEXT], request: REQUEST }
  const held = ['old', 'next']

  test('B52 is known to Okta and tried before it is used', () => {
    expect(next('client', pending, { held })).toMatchObject({
      move: 'add-to-okta',
      effects: [{ do: 'put-jwks', kids: ['old', 'next'] }],
    })
    expect(next('client', pending, { held, accepted: held })).toMatchObject({
      move: 'promote',
      effects: [{ do: 'try', kid: 'next' }, { kids: ['next', 'old'] }, { do: 'record' }],
    })
  })

  test('stops where Okta cannot be asked', () => {
    expect(next('client', pending, { held, accepted: undefined })).toEqual({
      kind: 'blocked',
      by: 'okta',
    })
  })

  test('leaves Okta after it has left SSM, when no edge can hold it', () => {
    const ring = after('client', pending, { type: 'promoted', kid: 'next' })
    const due = later(START, TIMES.grace.client)
    expect(TIMES.grace.client).toBeGreaterThan(3600)
    const facts = { held: ['next', 'old'], accepted: held }
    expect(next('client', ring, facts, later(due, -1)).kind).toBe('none')
    expect(next('client', ring, facts, due)).toMatchObject({
      move: 'retire',
      effects: [{ do: 'put-ring' }, { do: 'put-jwks', kids: ['next'] }, { do: 'record' }],
    })
    expect(acceptedEntries(ring, START)).toHaveLength(2)
  })
})

describe('a rotation of the seal key', () => {
  test('waits until every edge has read the new key, and keeps all old ones', () => {
    const pending: Ring = { entries: [OLD, NEXT], request: REQUEST }
    const until = later(START, TIMES.cacheLife)
    const held = ['old', 'next']
    expect(next('seal', pending, { held })).toEqual({ kind: 'wait', for: 'caches', until })
    expect(next('seal', pending, { held }, until)).toMatchObject({ move: 'promote' })
    expect(named(next('seal', { ...pending, request: LEAK }, { held }))).toBe('promote')
    const previous: KeyEntry = { ...OLD, kid: 'older', state: 'previous' }
    expect(heldKids('seal', { entries: [previous, OLD, NEXT] })).toEqual(['old', 'next', 'older'])
  })
})

describe('what a run begins', () => {
  const keys = { session: [], client: [], seal: [] }
  const open = { compromised: false, now: START }

  test('goes on where a killed run has left off, and repeats nothing that it finished', () => {
    const done = { ...OLD, promotedAt: START, public: undefined as never }
    const manifest = {
      keys: { ...keys, session: [done], seal: [OLD] },
      rotation: { client: { since: later(START, -60), compromised: false } },
    }
    expect(ringsToBegin(manifest, ['session', 'client', 'seal'], open)).toEqual(['seal'])
    const leak = { compromised: true, now: START }
    expect(ringsToBegin(manifest, ['session', 'client'], leak)).toEqual(['session', 'client'])
    const nextDay = { ...open, now: later(START, 25 * 3600) }
    expect(ringsToBegin(manifest, ['session', 'client'], nextDay)).toEqual(['session'])
  })
})

test('what is recorded of one ring leaves what was asked of the others', () => {
  const keys = { session: [], client: [], seal: [OLD] }
  const rotation = { session: REQUEST, client: LEAK, seal: REQUEST }
  const manifest = { keys, rotation } as unknown as Manifest
  const done = withRing(manifest, 'seal', { entries: [{ ...OLD, promotedAt: START }] })
  expect(done.rotation).toEqual({ session: REQUEST, client: LEAK })
  expect(ringOf(done, 'seal').entries).toMatchObject([{ promotedAt: START }])
  expect(ringOf(withRing(done, 'seal', { entries: [], request: LEAK }), 'seal').request).toBe(LEAK)
})
