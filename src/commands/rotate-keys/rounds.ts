import { GuardError } from '../../errors/guard-error.ts'
import type { PlanInput } from '../../plan/context.ts'
import { ringsToBegin } from '../../plan/keys/begin.ts'
import { factsOf } from '../../plan/keys/facts.ts'
import { replacing } from '../../plan/keys/preview.ts'
import {
  installed,
  nextRound,
  type RingWait,
  type Round,
  type Wanted,
} from '../../plan/keys/round.ts'
import { effectSteps, recordStep } from '../../plan/keys/steps.ts'
import { keyTimes } from '../../plan/keys/times.ts'
import type { Observed } from '../../plan/observed.ts'
import type { Plan } from '../../plan/types.ts'
import { applyPlan, type AppliedStep } from '../../provision/apply.ts'
import { cloudTime, type Cloud } from '../../provision/cloud.ts'
import { assertFeasible } from '../../provision/feasible.ts'
import { holdingLock, progressOf } from '../shared/carry-out.ts'
import { withCommand } from '../program/command-line.ts'
import type { CommandContext } from '../program/context.ts'
import type { RotateOptions } from '../program/options.ts'

type Context = CommandContext<RotateOptions>

/** Milliseconds between two looks while only time must pass. */
const LOOK_EVERY = 30_000
/** The same steps once more, and again: somebody else undoes them. */
const MOST_REPEATS = 3

export interface RotateWork {
  distribution: string
  wanted: Wanted
  /** ARN of the caller, for the lock. */
  who: string
  look: () => Promise<Observed>
}

export interface Rotated {
  /** As it was seen last. */
  observed: Observed
  applied: AppliedStep[]
  /** Empty: the new keys are in use. */
  waits: RingWait[]
}

/** What the plan needs beside what was observed. */
export function planInputOf(cloud: Cloud): PlanInput {
  return {
    now: cloudTime(cloud.aws).toISOString(),
    tool: cloud.tool,
    build: cloud.build.digest,
    ssmEndpoint: cloud.aws.endpoint,
  }
}

/** Acts under the lock and waits without it, until the new keys are in use, or nothing comes of waiting. */
export async function rotate(context: Context, cloud: Cloud, work: RotateWork): Promise<Rotated> {
  try {
    return await rounds(context, cloud, work)
  } catch (error) {
    throw withCommand(error, context.io.argv)
  }
}

async function rounds(context: Context, cloud: Cloud, work: RotateWork): Promise<Rotated> {
  const applied: AppliedStep[] = []
  let state: State = { begun: false, tidied: false }
  for (;;) {
    const burst = await holdingLock(context, cloud, { ...work, command: 'rotate-keys' }, (lock) =>
      actUntilWait(state, work, cloud, async (plan) => {
        const progress = progressOf(context.output, plan.steps.length)
        applied.push(...(await applyPlan(plan, cloud, lock, work, progress)))
      }),
    )
    state = burst.state
    const { round, observed } = burst
    if (round.kind === 'done') return { observed, applied, waits: [] }
    if (round.kind === 'blocked' || !context.options.wait) {
      return { observed, applied, waits: round.waits }
    }
    await untilLater(context, cloud, work, state)
  }
}

interface State {
  /** The request was written down. */
  begun: boolean
  tidied: boolean
}

interface Burst {
  state: State
  observed: Observed
  round: Exclude<Round, { kind: 'act' }>
}

/** Every plan is made of what stands after the one before. */
async function actUntilWait(
  before: State,
  work: RotateWork,
  cloud: Cloud,
  apply: (plan: Plan) => Promise<void>,
): Promise<Burst> {
  let state = before
  let last = ''
  let repeats = 0
  for (;;) {
    const observed = await work.look()
    const begin = state.begun ? undefined : beginning(observed, work.wanted, planInputOf(cloud))
    state = { ...state, begun: true }
    const round: Round = begin ?? nextRound(observed, work.wanted, planInputOf(cloud), state.tidied)
    if (round.kind !== 'act') return { state, observed, round }
    const steps = round.plan.steps.map(({ id }) => id).join(' ')
    repeats = steps === last ? repeats + 1 : 0
    last = steps
    if (repeats >= MOST_REPEATS) throw notSettled(round.plan)
    assertFeasible(round.plan, cloud)
    await apply(round.plan)
    state = { ...state, tidied: state.tidied || round.tidies }
  }
}

/** The request outlives a run that dies; undefined where every ring is on its way. */
function beginning(
  observed: Observed,
  wanted: Wanted,
  { now }: PlanInput,
): Extract<Round, { kind: 'act' }> | undefined {
  const { manifest, settings } = installed(observed)
  const { rings, compromised } = wanted
  const times = keyTimes(settings.session.maxHours)
  const facts = factsOf(observed, settings.distribution)
  const place = { settings, manifest, times }
  const steps = [
    ...ringsToBegin(manifest, rings, { compromised, now }).map((ring) =>
      recordStep(ring, { type: 'begun', compromised }, times),
    ),
    ...rings.flatMap((ring) =>
      effectSteps(ring, replacing(ring, wanted, manifest, facts[ring]), place),
    ),
  ]
  if (steps.length === 0) return undefined
  return { kind: 'act', plan: { steps, later: [], findings: [] }, tidies: false }
}

/** Looks from time to time, as AWS alone knows its clock and when CloudFront is ready. */
async function untilLater(
  { output }: Context,
  cloud: Cloud,
  work: RotateWork,
  { tidied }: State,
): Promise<void> {
  let told = ''
  for (;;) {
    const round = nextRound(await work.look(), work.wanted, planInputOf(cloud), tidied)
    if (round.kind !== 'wait') return
    const words = round.waits.map(waitWords).join('; ')
    if (words !== told) output.waiting(`Waiting: ${words} …`)
    told = words
    await cloud.sleep(pauseFor(round.waits, cloud))
  }
}

function pauseFor(waits: RingWait[], cloud: Cloud): number {
  const now = cloudTime(cloud.aws).getTime()
  const left = waits.map(({ until }) =>
    until === undefined ? cloud.pace.deployed : Date.parse(until) - now,
  )
  return Math.min(LOOK_EVERY, Math.max(cloud.pace.deployed, Math.min(...left)))
}

const WORDS: Record<RingWait['for'], string> = {
  deployed: 'until CloudFront has deployed the new version',
  propagation: 'until the last edge has the new version',
  caches: 'until every edge has read the new key',
  'previous-keys': 'until the oldest of the former keys is due',
  okta: 'for Okta credentials',
}

export function waitWords({ ring, for: what, until }: RingWait): string {
  return `${ring} key, ${WORDS[what]}${until === undefined ? '' : ` (${until.slice(11, 19)} UTC)`}`
}

function notSettled({ steps }: Plan): GuardError {
  return new GuardError({
    code: 'changed-meanwhile',
    message: 'The same steps are to be done again and again: somebody else is at work here too.',
    details: steps.map(({ action, resource }) => `${action} ${resource}`),
    hint: 'Run the same command again when the other changes are done.',
  })
}
