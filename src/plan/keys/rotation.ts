import type { KeyEntry } from '../manifest.ts'
import type { RingName } from '../names.ts'
import type { RingEvent } from './record.ts'
import {
  acceptedEntries,
  bakedEntries,
  currentOf,
  dueOf,
  heldKids,
  MAX_PREVIOUS,
  NEW,
  pendingOf,
  previousOf,
  type Ring,
} from './ring.ts'
import { later, type KeyTimes } from './times.ts'

/** What stands in the cloud, as ids of keys; nothing of it needs to be decrypted. */
export interface KeyFacts {
  /** In SSM, in the order of the ring. */
  held: string[]
  /** Session keys of the version that is attached. */
  baked: string[]
  /** CloudFront has told that version to every edge. */
  deployed: boolean
  /** Of the Okta app; undefined where Okta was not asked. Only its admin knows those of an app that is not ours. */
  accepted: string[] | 'admins' | undefined
}

/** One call, or one wait, of a move. A run may be killed between any two of them. */
export type Effect =
  /** Writes the ring with these keys in this order; {@link NEW} is made in that very call. */
  | { do: 'put-ring'; kids: string[] }
  /** Publishes a version that checks with these session keys, and attaches it. */
  | { do: 'publish'; kids: string[] }
  /** Sets the keys that the Okta app accepts. */
  | { do: 'put-jwks'; kids: string[] }
  /** A real token call with this key. */
  | { do: 'try'; kid: string }
  /** Remembers in the manifest what was done; `generated` is completed by what `put-ring` has made. */
  | { do: 'record'; event: Exclude<RingEvent, { type: 'generated' }> | { type: 'generated' } }

export type MoveName =
  'generate' | 'publish' | 'note-deployed' | 'add-to-okta' | 'promote' | 'retire'

export type Move =
  | { kind: 'act'; move: MoveName; reason: 'rotation' | 'housekeeping'; effects: Effect[] }
  /** Nothing to do but wait, without the lock; `until` is missing where CloudFront says when. */
  | { kind: 'wait'; for: 'deployed' | 'propagation' | 'caches'; until?: string }
  /** Goes on when Okta's credentials are there, or when the oldest key is due. */
  | { kind: 'blocked'; by: 'okta' }
  | { kind: 'blocked'; by: 'previous-keys'; until: string }
  /** The rotation that was asked for is done, and nothing is due. */
  | { kind: 'none' }

/**
 * What a ring needs next. The caller does it, observes again, and asks again; so does a run that
 * comes after one that died. Pure.
 */
export function rotation(
  name: RingName,
  ring: Ring,
  facts: KeyFacts,
  now: string,
  times: KeyTimes,
): Move {
  if (!currentOf(ring)) return { kind: 'none' }
  const pending = pendingOf(ring)
  if (pending) return advance(name, ring, pending, facts, now, times)
  if (!ring.request) return housekeeping(name, ring, facts, now)
  const previous = previousOf(ring)
  if (ring.request.compromised || previous.length < MAX_PREVIOUS) return generate(name, ring)
  const clearing = housekeeping(name, ring, facts, now)
  const until = previous[0]?.retireAfter ?? now
  return clearing.kind === 'none' ? { kind: 'blocked', by: 'previous-keys', until } : clearing
}

/** Makes the pending key anew, as nothing depends on it yet; empty where there is none, or it leads in SSM. */
export function remade(name: RingName, ring: Ring, { held }: KeyFacts): Effect[] {
  const pending = pendingOf(ring)
  return pending && held[0] !== pending.kid ? generate(name, ring).effects : []
}

function generate(name: RingName, ring: Ring): Extract<Move, { kind: 'act' }> {
  const made: KeyEntry = { kid: NEW, state: 'pending', createdAt: '' }
  const inUse = ring.entries.filter(({ state }) => state !== 'pending')
  return act('generate', [
    { do: 'put-ring', kids: heldKids(name, { entries: [...inUse, made] }) },
    { do: 'record', event: { type: 'generated' } },
  ])
}

/** Brings the pending key as far as it may go now. */
function advance(
  name: RingName,
  ring: Ring,
  pending: KeyEntry,
  facts: KeyFacts,
  now: string,
  times: KeyTimes,
): Move {
  if (!facts.held.includes(pending.kid)) return generate(name, ring)
  switch (name) {
    case 'session':
      return published(ring, pending, facts, now, times) ?? promote(name, ring, pending)
    case 'client':
      return accepted(ring, pending, facts, now) ?? promote(name, ring, pending)
    case 'seal': {
      const until = later(pending.createdAt, times.cacheLife)
      const mayWait = !ring.request?.compromised && now < until
      return mayWait ? { kind: 'wait', for: 'caches', until } : promote(name, ring, pending)
    }
  }
}

/** undefined: every edge checks with the new key. */
function published(
  ring: Ring,
  { kid, deployedAt }: KeyEntry,
  facts: KeyFacts,
  now: string,
  times: KeyTimes,
): Move | undefined {
  const kids = kidsOf(bakedEntries(ring, now))
  const isNew = !facts.baked.includes(kid)
  const isMissing = kids.some((wanted) => !facts.baked.includes(wanted))
  // What is merely due goes with the next version that has another reason.
  const isLeft = ring.request?.compromised && facts.baked.some((baked) => !kids.includes(baked))
  if (isMissing || isLeft) {
    // Other hands have attached an older version: what was waited for is to be waited for again.
    const forget: Effect[] =
      isNew && deployedAt ? [{ do: 'record', event: { type: 'published', kid } }] : []
    return act('publish', [...forget, { do: 'publish', kids }])
  }
  if (!deployedAt) {
    if (!facts.deployed) return { kind: 'wait', for: 'deployed' }
    return act('note-deployed', [{ do: 'record', event: { type: 'deployed', kid } }])
  }
  const until = later(deployedAt, times.propagation)
  return now < until ? { kind: 'wait', for: 'propagation', until } : undefined
}

/** undefined: Okta has the new key. */
function accepted(ring: Ring, { kid }: KeyEntry, facts: KeyFacts, now: string): Move | undefined {
  if (!facts.accepted) return { kind: 'blocked', by: 'okta' }
  // To try it is the way to ask.
  if (facts.accepted === 'admins' || facts.accepted.includes(kid)) return
  return act('add-to-okta', [{ do: 'put-jwks', kids: kidsOf(acceptedEntries(ring, now)) }])
}

/** SSM first: a run that dies in between counts the old key's time from a later start, never an earlier one. */
function promote(name: RingName, ring: Ring, { kid }: KeyEntry): Move {
  const entries = ring.entries.map((entry): KeyEntry => {
    if (entry.kid === kid) return { ...entry, state: 'current' }
    return { ...entry, state: 'previous' }
  })
  return act('promote', [
    ...(name === 'client' ? [{ do: 'try', kid } as const] : []),
    { do: 'put-ring', kids: heldKids(name, { entries }) },
    { do: 'record', event: { type: 'promoted', kid } },
  ])
}

/** Takes away what is due: from where it is used first, then from where it is accepted. */
function housekeeping(name: RingName, ring: Ring, facts: KeyFacts, now: string): Move {
  const due = dueOf(ring, now)
  if (due.length === 0) return { kind: 'none' }
  const kids = kidsOf(due)
  const stands = (where: string[]): boolean => kids.some((kid) => where.includes(kid))
  if (name === 'session') {
    const baked = kidsOf(bakedEntries(ring, now))
    if (stands(facts.baked)) {
      return act('publish', [{ do: 'publish', kids: baked }], 'housekeeping')
    }
    if (!facts.deployed) return { kind: 'wait', for: 'deployed' }
  }
  const effects: Effect[] = []
  if (stands(facts.held)) effects.push({ do: 'put-ring', kids: heldKids(name, ring, due) })
  if (name === 'client') {
    if (!facts.accepted && effects.length === 0) return { kind: 'blocked', by: 'okta' }
    if (!facts.accepted) return act('retire', effects, 'housekeeping')
    if (facts.accepted !== 'admins' && stands(facts.accepted)) {
      effects.push({ do: 'put-jwks', kids: kidsOf(acceptedEntries(ring, now)) })
    }
  }
  effects.push({ do: 'record', event: { type: 'retired', kids } })
  return act('retire', effects, 'housekeeping')
}

function act(
  move: MoveName,
  effects: Effect[],
  reason: 'rotation' | 'housekeeping' = 'rotation',
): Extract<Move, { kind: 'act' }> {
  return { kind: 'act', move, reason, effects }
}

function kidsOf(entries: KeyEntry[]): string[] {
  return entries.map(({ kid }) => kid)
}
