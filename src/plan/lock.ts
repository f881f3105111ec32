/** What stands in `lock/<generation>`; times are ISO 8601 by AWS's clock. */
export interface LockRecord {
  version: 1
  /** Unique to one run. */
  run: string
  command: string
  /** ARN of the caller. */
  who: string
  host: string
  pid: number
  since: string
  /** Until when the holder has promised to renew. */
  until: string
}

/** The next run may wait, take over, or go ahead. */
export type LockVerdict = 'free' | 'wait' | 'take-over'

/** A holder that is alive renews long before the lease ends. */
export const LEASE_SECONDS = 60

/**
 * A lease that ran out is free to take. A dead run of the same person on the same machine is taken over at once;
 * anybody else's is waited for.
 */
export function judgeLock(
  held: LockRecord | undefined,
  me: Pick<LockRecord, 'who' | 'host'>,
  now: Date,
  isRunning: (record: LockRecord) => boolean,
): LockVerdict {
  if (!held) return 'free'
  if (new Date(held.until) <= now) return 'take-over'
  const mine = held.who === me.who && held.host === me.host
  return mine && !isRunning(held) ? 'take-over' : 'wait'
}

export function leaseUntil(now: Date): string {
  return new Date(now.getTime() + LEASE_SECONDS * 1000).toISOString()
}

/** `…/lock/7` → 7; names of another shape are 0. */
export function generationOf(name: string): number {
  const last = name.split('/').at(-1) ?? ''
  return /^[1-9]\d*$/.test(last) ? Number(last) : 0
}
