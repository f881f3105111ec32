import type { RingName } from '../names.ts'

/** A clock of AWS and one of an edge may differ by as much, as the edge allows when it checks `iat`. */
const SKEW = 60
/** An edge reads the rings anew after five minutes, jittered by a fifth. */
const CACHE_LIFE = 6 * 60
/** While SSM fails, an edge goes on with what it read for an hour, and looks at that hour every ten seconds. */
const STALE_LIMIT = 60 * 60 + 10
/** CloudFront says Deployed when its edges were told; a request that was under way still ends at the old one. */
const PROPAGATION = 2 * 60

/** How long things last that a key must outlive, in seconds. */
export interface KeyTimes {
  /** After this every edge that can reach SSM has read the ring again. */
  cacheLife: number
  /** After Deployed: by then no edge serves the version before. */
  propagation: number
  /** From the promotion of the next key until nobody needs this one. */
  grace: Record<RingName, number>
}

/**
 * What a key signed or sealed may be shown until the longest session ends, and an edge with old secrets
 * may use the key until the stale limit. An assertion of the client is used up at once.
 */
export function keyTimes(maxHours: number): KeyTimes {
  const lastUse = STALE_LIMIT + SKEW + PROPAGATION
  const lastShown = lastUse + maxHours * 3600
  return {
    cacheLife: CACHE_LIFE,
    propagation: PROPAGATION,
    grace: { session: lastShown, seal: lastShown, client: lastUse },
  }
}

/** How long an edge may go on with the rings that it holds, in seconds: as a rule, and while SSM fails. */
export const HELD_AT_EDGES = { usual: CACHE_LIFE, most: STALE_LIMIT }

export function later(time: string, seconds: number): string {
  return new Date(Date.parse(time) + seconds * 1000).toISOString()
}
