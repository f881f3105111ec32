import { MAX_SESSION_HOURS, type Settings } from '../access/settings.ts'
import { GuardError } from '../errors/guard-error.ts'
import { same } from './canonical.ts'
import type { PlanInput } from './context.ts'
import { refuseUnlessComplete, saysNothingNew, wholeInstall } from './refusals/incomplete.ts'
import type { Task } from './refusals/incomplete.ts'
import { planInstall } from './install.ts'
import type { Revocations } from './manifest.ts'
import type { Observed } from './observed.ts'
import {
  effectiveRevocations,
  notBeforeOf,
  revocationsStep,
  revocationState,
} from './resources/revocations.ts'
import type { Plan, Step } from './types.ts'

/** New keys belong to Okta as well, and to a plan that was made for them. */
const TASK: Task = {
  why: 'A revocation is published with what is installed, and that is not whole.',
  verb: 'revoke',
  kinds: ['key.generate', 'lambda.function.create'],
  tearingDown: {
    means: 'the site is public, and no session counts for anything',
    hint: 'Finish it, or put the guard back with init.',
  },
}

/** Whose sessions end: everybody's, or those that carry one of these hashes. */
export type Revoked = 'everyone' | string[]

/**
 * How many hashes may stand in the list. Each is 32 bytes that no compression makes smaller: 500 are 7 of SSM's
 * 4,096-byte parameters and 19 KB of the zip, as much as its scripts, and every cold start reads them. One person
 * is mostly two hashes, so 250 people may be thrown out in the time of one session; beyond that all of them go.
 */
export const MOST_REVOKED = 500

/** The edge takes a session that seems to begin a minute ahead of its clock. */
const SKEW_SECONDS = 60
/** A session that ends while its request is under way, and clocks that nobody has looked at. */
const MARGIN_SECONDS = 3600

/** A run that died is continued, its time included, for so long; after that its time is too old to be meant. */
const CONTINUE_SECONDS = 3600

export interface PlannedRevocation {
  plan: Plan
  /** Sessions that began until then are over; seconds. */
  at: number
  /** It was recorded by a run that died, and not yet in force. */
  continued: boolean
  /** When the same was revoked the last time, if that is still on record; seconds. */
  former: number | undefined
  /** What has drifted and is none of this command's business. */
  left: Step[]
}

/**
 * The installed settings once more, with the revocation in them. A second run is a new revocation, with a new
 * time; only what a run that died has left undone is continued with the time that it has on record.
 * `at` is given once it was decided, so that looking again decides the same.
 */
export function planRevocation(
  observed: Observed,
  who: Revoked,
  input: PlanInput,
  at?: number,
): PlannedRevocation {
  const { settings } = wholeInstall(observed, TASK)
  const now = Math.ceil(Date.parse(input.now) / 1000)
  const former = recordedTime(observed.revocations, who)
  const undone = at === undefined ? undoneTime(observed, who, now) : undefined
  // Twice in one second: the second one is a revocation as well.
  const time = at ?? undone ?? Math.max(now, (former ?? 0) + 1)
  const recorded = effectiveRevocations(observed)
  const wanted = withRevocation(recorded, who, time, settings)
  const { steps, ...rest } = planInstall(settings, { ...observed, revocations: wanted }, input)
  refuseUnlessComplete(observed.distribution?.id ?? settings.distribution, steps, TASK)
  const left = steps.filter(isNotOurs)
  const record = same(observed.revocations, wanted)
    ? []
    : [revocationsStep(settings.distribution, observed.revocations, wanted, 'missing')]
  const ours = steps.filter((step) => !isNotOurs(step))
  const plan = { ...rest, steps: [...record, ...(saysNothingNew(ours, observed) ? [] : ours)] }
  return { plan, at: time, continued: undone !== undefined, former, left }
}

/** The list with one revocation more, and without what can no longer concern any session. */
export function withRevocation(
  former: Revocations | undefined,
  who: Revoked,
  at: number,
  settings: Pick<Settings, 'session'>,
): Revocations {
  // Longer sessions may be installed tomorrow, and one of them must not come back by it.
  const mayConcern = concerns(MAX_SESSION_HOURS, at)
  const everyone = Math.max(former?.everyone ?? 0, who === 'everyone' ? at : 0)
  const users = new Map(Object.entries(former?.users ?? {}))
  for (const hash of who === 'everyone' ? [] : who) {
    users.set(hash, Math.max(users.get(hash) ?? 0, at))
  }
  // Who is in the time for everybody needs none of their own.
  const known = [...users].filter(([, time]) => mayConcern(time) && time > everyone)
  const concernsToday = concerns(settings.session.maxHours, at)
  const isRoom = known.length <= MOST_REVOKED
  const kept = isRoom ? known : known.filter(([, time]) => concernsToday(time))
  if (kept.length > MOST_REVOKED) throw full(kept.length)
  return {
    version: 1,
    ...(mayConcern(everyone) && everyone > 0 && { everyone }),
    ...(kept.length > 0 && { users: Object.fromEntries(kept) }),
  }
}

/** Whether a session of that length may be as old as the time. */
function concerns(hours: number, at: number): (time: number) => boolean {
  const longest = hours * 3600 + SKEW_SECONDS + MARGIN_SECONDS
  return (time) => time + longest >= at
}

/** Until when all of them are revoked, by whatever is on record; undefined: one of them is not. */
function recordedTime(revocations: Revocations | undefined, who: Revoked): number | undefined {
  const { everyone = 0 } = notBeforeOf(revocations)
  return Math.max(everyone, timeOf(revocations, who)) || undefined
}

/** What is on record for exactly these; 0: for one of them nothing is. */
function timeOf(revocations: Revocations | undefined, who: Revoked): number {
  const { everyone = 0, users = {} } = notBeforeOf(revocations)
  return who === 'everyone' ? everyone : Math.min(...who.map((hash) => users[hash] ?? 0))
}

/**
 * Other revocations of the list may be in force: those are not what a run that died has left. Nor is that of
 * everybody what was left of somebody's: who is named now may have signed in since.
 */
function undoneTime(observed: Observed, who: Revoked, now: number): number | undefined {
  if (revocationState(observed) !== 'pending') return undefined
  const time = timeOf(observed.revocations, who)
  const isNew = time > (observed.manifest?.revocations?.until ?? 0)
  return isNew && now - time <= CONTINUE_SECONDS ? time : undefined
}

/** The role is repaired by apply, with rights that whoever revokes need not have. */
function isNotOurs({ kind }: Step): boolean {
  return kind.startsWith('iam.')
}

function full(count: number): GuardError {
  return new GuardError({
    code: 'revocations-full',
    message: `The list of revocations would hold ${count} names, and ${MOST_REVOKED} are the most; nothing was changed.`,
    hint: 'End all sessions instead with --all: everybody signs in again, and the list is empty after it. Names make room by themselves when the longest session is over.',
    next: ['s3-okta-guard revoke --all'],
  })
}
