import type { KeyEntry } from '../manifest.ts'
import type { RingName } from '../names.ts'
import { currentOf, type Ring } from './ring.ts'
import { later, type KeyTimes } from './times.ts'

/** What has just happened to a ring, for the manifest to remember. */
export type RingEvent<Entry extends KeyEntry = KeyEntry> =
  | { type: 'begun'; compromised: boolean }
  | { type: 'generated'; entry: Entry }
  | { type: 'published'; kid: string }
  | { type: 'deployed'; kid: string }
  | { type: 'promoted'; kid: string }
  | { type: 'retired'; kids: string[] }

/**
 * The ring after an event. `at` is AWS's clock when it happened or later, never before:
 * what is counted from it must not end too early.
 */
export function recorded<Entry extends KeyEntry>(
  name: RingName,
  ring: Ring<Entry>,
  event: RingEvent<Entry>,
  at: string,
  times: KeyTimes,
): Ring<Entry> {
  const { entries } = ring
  switch (event.type) {
    case 'begun':
      return { entries, request: { since: at, compromised: event.compromised } }
    case 'generated':
      return { ...ring, entries: [...entries.filter(isInUse), event.entry] }
    case 'published':
      return { ...ring, entries: entries.map((entry) => change(entry, event.kid, withoutDeployed)) }
    case 'deployed':
      return {
        ...ring,
        entries: entries.map((entry) =>
          change(entry, event.kid, (one) => ({ ...one, deployedAt: at })),
        ),
      }
    case 'promoted':
      return promoted(name, ring, event.kid, at, times)
    case 'retired':
      return { ...ring, entries: entries.filter(({ kid }) => !event.kids.includes(kid)) }
  }
}

function promoted<Entry extends KeyEntry>(
  name: RingName,
  ring: Ring<Entry>,
  kid: string,
  at: string,
  times: KeyTimes,
): Ring<Entry> {
  const isCompromised = ring.request?.compromised ?? false
  const before = currentOf(ring)
  const entries = ring.entries.map((entry): Entry => {
    if (entry.kid === kid) return { ...entry, state: 'current', promotedAt: at }
    // Nothing of it counts: it goes at once, whatever the clock says.
    if (isCompromised) return { ...entry, state: 'previous', retireAfter: entry.createdAt }
    if (entry !== before) return entry
    return { ...entry, state: 'previous', retireAfter: later(at, times.grace[name]) }
  })
  return { entries }
}

function change<Entry extends KeyEntry>(
  entry: Entry,
  kid: string,
  to: (entry: Entry) => Entry,
): Entry {
  return entry.kid === kid ? to(entry) : entry
}

function withoutDeployed<Entry extends KeyEntry>({ deployedAt: _, ...entry }: Entry): Entry {
  return entry as unknown as Entry
}

/** A pending key was never used: when another is made, it is simply forgotten. */
function isInUse({ state }: KeyEntry): boolean {
  return state !== 'pending'
}
