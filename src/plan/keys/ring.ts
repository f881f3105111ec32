import type { KeyEntry, RotationRequest } from '../manifest.ts'
import type { RingName } from '../names.ts'

/** A ring as the manifest has it: the keys, oldest first, and what was asked for and is not done. */
export interface Ring<Entry extends KeyEntry = KeyEntry> {
  entries: Entry[]
  request?: RotationRequest | undefined
}

/** Stands for the id of a key that is about to be made. */
export const NEW = '(new)'

/** Two private RSA-2048 JWKs have 3,374 bytes, three 5,050; an SSM parameter holds 4,096. */
export const MAX_PRIVATE_RSA = 2
/** So many may still stand when a rotation begins, or be left by it. */
export const MAX_PREVIOUS = 4

export function currentOf<Entry extends KeyEntry>({ entries }: Ring<Entry>): Entry | undefined {
  return entries.find(({ state }) => state === 'current')
}

/** Oldest first. */
export function previousOf<Entry extends KeyEntry>({ entries }: Ring<Entry>): Entry[] {
  return entries.filter(({ state }) => state === 'previous')
}

/** The key that is about to be put in use; one that was made before the others leaked leaked with them. */
export function pendingOf<Entry extends KeyEntry>({
  entries,
  request,
}: Ring<Entry>): Entry | undefined {
  return entries.find(
    ({ state, createdAt }) => state === 'pending' && isTrusted(createdAt, request),
  )
}

function isTrusted(createdAt: string, request: RotationRequest | undefined): boolean {
  return !request?.compromised || createdAt >= request.since
}

/** Previous keys that nothing needs any more. */
export function dueOf<Entry extends KeyEntry>(ring: Ring<Entry>, now: string): Entry[] {
  return previousOf(ring).filter(({ retireAfter }) => (retireAfter ?? now) <= now)
}

/**
 * The ids that the SecureString shall hold, the one to sign with first. Where two private halves are the
 * most, the second is the next key, else the one before: edges that lag sign with what they can check.
 */
export function heldKids(name: RingName, ring: Ring, gone: KeyEntry[] = []): string[] {
  const kept = ring.entries.filter((entry) => !gone.includes(entry))
  const rank = { current: 0, pending: 1, previous: 2 }
  const kids = kept
    .reverse()
    .sort((a, b) => rank[a.state] - rank[b.state])
    .map(({ kid }) => kid)
  return name === 'seal' ? kids : kids.slice(0, MAX_PRIVATE_RSA)
}

/**
 * Session keys that the next version shall check with, oldest first: all that may still be shown. Once a
 * key is there to take its place, a compromised one is not among them.
 */
export function bakedEntries<Entry extends KeyEntry>(ring: Ring<Entry>, now: string): Entry[] {
  const { entries, request } = ring
  const replacement = pendingOf(ring)
  if (request?.compromised && replacement) return [replacement]
  const due = dueOf(ring, now)
  return entries.filter((entry) => !due.includes(entry))
}

/** Client keys that the Okta app shall accept: also a compromised one, until no edge is told to use it. */
export function acceptedEntries<Entry extends KeyEntry>(ring: Ring<Entry>, now: string): Entry[] {
  const due = dueOf(ring, now)
  return ring.entries.filter((entry) => !due.includes(entry))
}
