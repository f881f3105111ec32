import type { Settings } from '../../access/settings.ts'
import type { PlanInput } from '../context.ts'
import { refuseUnlessComplete, saysNothingNew, wholeInstall } from '../refusals/incomplete.ts'
import type { Installed, Task } from '../refusals/incomplete.ts'
import { planInstall } from '../install.ts'
import type { RingName } from '../names.ts'
import type { Observed } from '../observed.ts'
import type { Plan, Step } from '../types.ts'
import { ringOf } from './begin.ts'
import { factsOf } from './facts.ts'
import { rotation, type Move } from './rotation.ts'
import { effectSteps } from './steps.ts'
import { keyTimes } from './times.ts'

const TASK: Task = {
  why: 'Keys are rotated in what is installed, and that is not whole.',
  verb: 'rotate',
  kinds: ['key.generate', 'lambda.function.create', 'okta.app.create'],
  tearingDown: {
    means: 'its keys are on their way out',
    hint: 'Finish it, or put the guard back with init, which makes new keys.',
  },
}

/** What `rotate-keys` was asked for. */
export interface Wanted {
  rings: RingName[]
  compromised: boolean
  /** A client secret came with the command: it takes the place of one that waits. */
  hasSecret?: boolean
}

export interface RingWait {
  ring: RingName
  for: 'deployed' | 'propagation' | 'caches' | 'previous-keys' | 'okta'
  /** ISO 8601; missing where CloudFront, or the operator, says when. */
  until?: string
}

/** What comes next of a rotation. */
export type Round =
  | { kind: 'act'; plan: Plan; tidies: boolean }
  /** Only time must pass. */
  | { kind: 'wait'; waits: RingWait[] }
  /** Nothing comes of waiting. */
  | { kind: 'blocked'; waits: RingWait[] }
  | { kind: 'done' }

/**
 * The next steps of all rings together. The caller takes them, observes, and asks again; so does a run that
 * comes after one that died. `tidied`: what was due has been taken away already, as far as AWS lets it.
 */
export function nextRound(
  observed: Observed,
  wanted: Wanted,
  input: PlanInput,
  tidied: boolean,
): Round {
  const { settings, manifest } = installed(observed)
  const { distribution } = settings
  const install = installSteps(settings, observed, input)
  const facts = factsOf(observed, distribution)
  const times = keyTimes(settings.session.maxHours)
  const moves = wanted.rings
    .map((name) => {
      const ring = ringOf(manifest, name)
      return { name, ring, move: rotation(name, ring, facts[name], input.now, times) }
    })
    .filter(({ ring, move }) => ring.request || (wanted.compromised && move.kind !== 'none'))
  const deployed = facts.session.deployed
  const unfinished = manifest.state === 'installing'
  // A stranger asks the new version before anything relies on it.
  if (unfinished && deployed) return act(install)

  const place = { settings, manifest, times }
  const steps = moves.flatMap(({ name, move }) =>
    move.kind === 'act' ? effectSteps(name, upToPublish(move), place) : [],
  )
  if (steps.length > 0) return act(steps)
  const publishes = moves.some(({ move }) => move.kind === 'act')
  if (publishes && install.length > 0) return act(untilWait(install))
  const waits = moves.flatMap(({ name, move }) => waitOf(name, move))
  const isSaid = waits.some((one) => one.ring === 'session' && one.for === 'deployed')
  if (unfinished && !isSaid) waits.push({ ring: 'session', for: 'deployed' })
  if (waits.some((one) => !STUCK.includes(one.for))) return { kind: 'wait', waits }
  if (waits.length > 0) return { kind: 'blocked', waits }
  if (!tidied && isTidying(install)) return { ...act(untilWait(install)), tidies: true }
  return { kind: 'done' }
}

const STUCK: RingWait['for'][] = ['okta', 'previous-keys']

function act(steps: Step[]): Extract<Round, { kind: 'act' }> {
  return { kind: 'act', plan: { steps, later: [], findings: [] }, tidies: false }
}

/** What is recorded first changes what is published: it is looked at again in between. */
function upToPublish({ effects }: Extract<Move, { kind: 'act' }>) {
  const at = effects.findIndex((effect) => effect.do === 'publish')
  return at < 0 ? effects : effects.slice(0, at)
}

function waitOf(ring: RingName, move: Move): RingWait[] {
  if (move.kind === 'wait') {
    return [{ ring, for: move.for, ...(move.until !== undefined && { until: move.until }) }]
  }
  if (move.kind !== 'blocked') return []
  return [{ ring, for: move.by, ...(move.by === 'previous-keys' && { until: move.until }) }]
}

/** CloudFront is waited for without the lock. */
function untilWait(steps: Step[]): Step[] {
  const at = steps.findIndex(({ kind }) => kind === 'cloudfront.wait')
  return at < 0 ? steps : steps.slice(0, at)
}

/** What the installed settings would change, but for the role and what it may decrypt: apply repairs that. */
function installSteps(settings: Settings, observed: Observed, input: PlanInput): Step[] {
  const { steps } = planInstall(settings, observed, input)
  refuseUnlessComplete(settings.distribution, steps, TASK)
  const ours = steps.filter(({ kind }) => !kind.startsWith('iam.') && kind !== 'key.encrypt')
  return saysNothingNew(ours, observed) ? [] : ours
}

/** Clean-up that is due, and nothing that would be news to somebody who rotates keys. */
function isTidying(steps: Step[]): boolean {
  return (
    steps.some(({ reason }) => reason === 'housekeeping') &&
    steps.every(({ reason }) => reason === 'housekeeping' || reason === 'missing')
  )
}

/** What is installed, or why nothing can be rotated. */
export function installed(observed: Observed): Installed {
  return wholeInstall(observed, TASK)
}
