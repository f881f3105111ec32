import {
  isAdmins,
  type InstalledApp,
  type KeyEntry,
  type Manifest,
  type PublicKeyEntry,
} from '../manifest.ts'
import { RINGS, type RingName } from '../names.ts'
import type { Later } from '../types.ts'
import { ringOf } from './begin.ts'
import { currentOf, previousOf } from './ring.ts'

const DAY = 24 * 3600_000

/** A key as people see it. */
export interface KeyAge extends KeyEntry {
  ring: RingName
  /** Whole days since it was made. */
  ageDays: number
  /** When it should be rotated, for the key in use. */
  rotateBy?: string
  /** The key in use is older than it should be. */
  isDue: boolean
}

/** Every key with its age, rings in their order, oldest first. */
export function keyAges(
  manifest: Pick<Manifest, 'keys'>,
  now: string,
  maxAgeDays: number,
): KeyAge[] {
  return RINGS.flatMap((ring) =>
    manifest.keys[ring].map(withoutPublic).map((entry): KeyAge => {
      const made = Date.parse(entry.createdAt)
      const ageDays = Math.floor((Date.parse(now) - made) / DAY)
      if (entry.state !== 'current') return { ...entry, ring, ageDays, isDue: false }
      const rotateBy = new Date(made + maxAgeDays * DAY).toISOString()
      return { ...entry, ring, ageDays, rotateBy, isDue: rotateBy <= now }
    }),
  )
}

/** Previous keys that must wait, and rotations that did not come to their end. */
export function keysLater(
  manifest: Pick<Manifest, 'keys' | 'rotation' | 'okta'>,
  now: string,
): Later[] {
  return RINGS.flatMap((name) => {
    const ring = ringOf(manifest, name)
    const waiting = previousOf(ring).filter(({ retireAfter }) => (retireAfter ?? now) > now)
    const unfinished = ring.request && currentOf(ring) ? [unfinishedRotation(name)] : []
    return [
      ...unfinished,
      ...waiting.map(({ kid, retireAfter }) => ({
        what: name === 'client' ? clientWords(kid, manifest.okta) : `${name} key ${kid}, ${UNUSED}`,
        due: retireAfter ?? '',
        next: 's3-okta-guard apply',
      })),
    ]
  })
}

const UNUSED = 'no longer in use'

/** Where the guard may not take it out itself, it says who does. */
function clientWords(kid: string, app: InstalledApp | undefined): string {
  if (!isAdmins(app)) return `client key ${kid}, ${UNUSED}`
  return app.authentication === 'client_secret'
    ? `the former client secret, ${UNUSED}; your Okta admin deactivates it in ${app.clientId}`
    : `client key ${kid}, ${UNUSED}; your Okta admin takes it out of ${app.clientId}`
}

function unfinishedRotation(name: RingName): Later {
  return {
    what: `rotation of the ${name} key`,
    due: '',
    next: `s3-okta-guard rotate-keys --only ${name}`,
  }
}

function withoutPublic(entry: KeyEntry | PublicKeyEntry): KeyEntry {
  if (!('public' in entry)) return entry
  const { public: _, ...rest } = entry
  return rest
}
