import type { PlanInput } from '../context.ts'
import type { Manifest } from '../manifest.ts'
import type { RingName } from '../names.ts'
import type { Observed } from '../observed.ts'
import { step } from '../step.ts'
import { refuseNewerTool } from '../refusals/tool-version.ts'
import type { Plan, Step } from '../types.ts'
import { keysLater } from './age.ts'
import { ringOf, ringsToBegin } from './begin.ts'
import { cutover } from './compromised.ts'
import { factsOf } from './facts.ts'
import { recorded } from './record.ts'
import { NEW, type Ring } from './ring.ts'
import { installed, type Wanted } from './round.ts'
import { remade, rotation, type Effect, type KeyFacts, type Move } from './rotation.ts'
import { effectSteps, recordStep, type RingPlace } from './steps.ts'
import { keyTimes } from './times.ts'

/** Once it is made, in thought. */
const MADE = '(the new key)'

/** No rotation has as many moves, waits included. */
const MOST_MOVES = 20

/**
 * All steps of a rotation from here to its end, by the rules that will drive it: each is taken in
 * thought, and the clock put forward where it would wait.
 */
export function previewRotation(observed: Observed, wanted: Wanted, input: PlanInput): Plan {
  const { manifest, settings } = installed(observed)
  refuseNewerTool(manifest, input.tool)
  const { distribution } = settings
  const times = keyTimes(settings.session.maxHours)
  const facts = factsOf(observed, distribution)
  const { now } = input
  const begun = ringsToBegin(manifest, wanted.rings, { compromised: wanted.compromised, now })
  const steps = wanted.rings.flatMap((name) => {
    const found = ringOf(manifest, name)
    const event = { type: 'begun', compromised: wanted.compromised } as const
    const ring = begun.includes(name) ? recorded(name, found, event, now, times) : found
    const place = { settings, manifest, times }
    const again = replacing(name, wanted, manifest, facts[name])
    const world = { ring, facts: facts[name], now }
    return [
      ...(begun.includes(name) ? [recordStep(name, event, times)] : []),
      ...effectSteps(name, again, place),
      ...walk(
        name,
        again.reduce((one, effect) => after(name, one, effect, place), world),
        place,
        wanted.compromised,
      ),
    ]
  })
  const later = keysLater(manifest, now).filter(
    ({ next }) => !wanted.rings.some((name) => next.endsWith(`--only ${name}`)),
  )
  return { steps: numbered(withWarnings(steps, wanted)), later, findings: [] }
}

interface World {
  ring: Ring
  facts: KeyFacts
  now: string
}

/** What a client secret that was given does to one that a former run has left waiting. */
export function replacing(
  name: RingName,
  { hasSecret }: Wanted,
  manifest: Manifest,
  facts: KeyFacts,
): Effect[] {
  return name === 'client' && hasSecret ? remade(name, ringOf(manifest, name), facts) : []
}

function walk(name: RingName, start: World, place: RingPlace, toTheEnd: boolean): Step[] {
  const steps: Step[] = []
  let world = start
  for (let count = 0; count < MOST_MOVES; count++) {
    if (!world.ring.request && !toTheEnd) break
    const move = rotation(name, world.ring, world.facts, world.now, place.times)
    if (move.kind === 'none' || move.kind === 'blocked') break
    if (move.kind === 'act') {
      steps.push(...effectSteps(name, move.effects.filter(isSmall), place))
      steps.push(
        ...move.effects.flatMap((effect) => publishing(effect, place.settings.distribution)),
      )
      world = move.effects.reduce((one, effect) => after(name, one, effect, place), world)
    } else {
      steps.push(waitStep(name, move))
      world = { ...world, facts: { ...world.facts, deployed: true }, now: move.until ?? world.now }
    }
  }
  return steps
}

function isSmall(effect: Effect): boolean {
  return effect.do !== 'publish'
}

function after(name: RingName, world: World, effect: Effect, { times }: RingPlace): World {
  const { ring, facts, now } = world
  switch (effect.do) {
    case 'put-ring':
      return { ...world, facts: { ...facts, held: effect.kids.map(made) } }
    case 'publish':
      return { ...world, facts: { ...facts, baked: effect.kids, deployed: false } }
    case 'put-jwks':
      return { ...world, facts: { ...facts, accepted: effect.kids } }
    case 'try':
      return world
    case 'record': {
      const { event } = effect
      const entry = { kid: MADE, state: 'pending', createdAt: now } as const
      const full = event.type === 'generated' ? ({ type: 'generated', entry } as const) : event
      return { ...world, ring: recorded(name, ring, full, now, times) }
    }
  }
}

function made(kid: string): string {
  return kid === NEW ? MADE : kid
}

function publishing(effect: Effect, distribution: string): Step[] {
  if (effect.do !== 'publish') return []
  return [
    step({
      id: 'lambda.version',
      kind: 'lambda.version.publish',
      action: 'create',
      reason: 'update',
      resource: `Lambda version that checks sessions with: ${effect.kids.join(', ')}`,
    }),
    step({
      id: 'cloudfront.behaviors',
      kind: 'cloudfront.associate',
      action: 'update',
      reason: 'update',
      resource: `CloudFront distribution ${distribution}: that version at viewer-request`,
    }),
  ]
}

function waitStep(name: RingName, move: Extract<Move, { kind: 'wait' }>): Step {
  const words: Record<typeof move.for, string> = {
    deployed: 'Wait until CloudFront has deployed it to every edge, and ask the site as a stranger',
    propagation: 'Wait until the last edge has it',
    caches: 'Wait until every edge has read the new key',
  }
  return step({
    id: `wait.${name}.${move.for}`,
    kind: move.for === 'deployed' ? 'cloudfront.wait' : 'wait',
    action: 'wait',
    reason: 'update',
    resource: words[move.for],
    inputs: move.until === undefined ? {} : { until: move.until },
  })
}

/** Who notices a key that is dropped at once, at the first step of its ring. */
function withWarnings(steps: Step[], { compromised, rings }: Wanted): Step[] {
  if (!compromised) return steps
  return steps.map((one) => {
    const ring = rings.find((name) => one.id === `keys.${name}.next`)
    return ring ? { ...one, warnings: cutoverWords(ring) } : one
  })
}

/** What it means to drop the keys of a ring at once, for people. */
export function cutoverWords(ring: RingName): string[] {
  const { signedOut, meanwhile, until } = cutover(ring)
  const minutes = (seconds: number): string => `${Math.ceil(seconds / 60)} minutes`
  const lag =
    until === 'deployed'
      ? 'an edge that lags may take the old key until CloudFront says Deployed, and for two minutes more'
      : `an edge may go on with the old key for ${minutes(until.usual)}; where it cannot reach SSM, ${minutes(until.most)}`
  return [`who signs in again: ${signedOut}`, meanwhile, lag]
}

/** A step that comes again is another one. */
function numbered(steps: Step[]): Step[] {
  const seen = new Map<string, number>()
  return steps.map((one) => {
    const count = (seen.get(one.id) ?? 0) + 1
    seen.set(one.id, count)
    return count === 1 ? one : { ...one, id: `${one.id}.${count}` }
  })
}
