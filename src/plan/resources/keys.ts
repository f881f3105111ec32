import type { PublicRsaJwk } from '../../access/jwk.ts'
import type { Settings } from '../../access/settings.ts'
import type { PlanContext } from '../context.ts'
import type { KeyEntry, PublicKeyEntry } from '../manifest.ts'
import { ringOf } from '../keys/begin.ts'
import { factsOf } from '../keys/facts.ts'
import { recorded } from '../keys/record.ts'
import { acceptedEntries, bakedEntries, currentOf, NEW, type Ring } from '../keys/ring.ts'
import { rotation, type Effect, type KeyFacts } from '../keys/rotation.ts'
import { keyTimes } from '../keys/times.ts'
import { namesOf, RINGS, type RingName } from '../names.ts'
import type { Observed } from '../observed.ts'
import { change, step } from '../step.ts'
import type { Generate, Given, Reason, Ref, Step } from '../types.ts'
import { keyIdOf } from './encryption.ts'

const WORDS: Record<RingName, string> = {
  session: 'session signing key (RSA-2048)',
  client: 'Okta client key (RSA-2048)',
  seal: 'cookie sealing key (256 bit)',
}

/** An entry as the manifest will hold it: literal, or filled once the key is made. */
export type PlannedEntry = { [Field in keyof PublicKeyEntry]: PublicKeyEntry[Field] | Ref }

type PlannedEntries = Record<RingName, unknown[]>

export interface PlannedKeys {
  steps: Step[]
  /** What the manifest's `keys` will be. */
  entries: PlannedEntries
  /** Baked in by the next version. */
  session: (PublicRsaJwk | Ref)[]
  sessionKids: (string | Ref)[]
  /** Accepted by the Okta app. */
  client: (PublicRsaJwk | Ref)[]
  /** Takes what nothing needs any more out of SSM, once no edge has it. */
  retirement: Step[]
  /** What the manifest's `keys` will be after that. */
  left: PlannedEntries
}

/**
 * A ring is in order when the key in use by the manifest is among those that SSM holds.
 * A private half that the manifest does not know was made by a run that died: nothing was built with it,
 * so it is made anew and nobody misses it.
 */
export function planKeys(observed: Observed, context: PlanContext): PlannedKeys {
  const facts = factsOf(observed, context.distribution)
  const steps: Step[] = []
  const retirement: Step[] = []
  const entries: PlannedEntries = { session: [], client: [], seal: [] }
  const left: PlannedEntries = { ...entries }
  const published: PlannedEntries = { ...entries }
  for (const name of RINGS) {
    const ring = keptRing(observed, facts[name], name, context.settings)
    if (!ring) {
      steps.push(generateStep(observed, context, name))
      entries[name] = left[name] = published[name] = [plannedEntry(name, context.settings)]
      continue
    }
    const retired = retire(name, ring, facts[name], context)
    entries[name] = ring.entries
    published[name] = (name === 'session' ? bakedEntries : acceptedEntries)(ring, context.now)
    retirement.push(...retired.steps)
    left[name] = retired.entries
  }
  return {
    ...{ steps, entries, retirement, left },
    session: publicHalves(published.session),
    sessionKids: (published.session as PlannedEntry[]).map(({ kid }) => kid),
    client: publicHalves(published.client),
  }
}

/** undefined: the ring is to be made, for the first time or again. */
function keptRing(
  { manifest }: Observed,
  { held }: KeyFacts,
  name: RingName,
  settings: Settings,
): Ring | undefined {
  const ring = manifest && ringOf(manifest, name)
  const current = ring && currentOf(ring)
  if (!current || !held.includes(current.kid)) return undefined
  // Begun with a key, and to be gone on with a client secret, or the other way around.
  const isOther = name === 'client' && 'public' in current !== hasPublicHalf(name, settings)
  return isOther ? undefined : ring
}

/** What is due leaves SSM last: before that the plan publishes a version, and an app, that know nothing of it. */
function retire(
  name: RingName,
  ring: Ring,
  facts: KeyFacts,
  { settings, now }: PlanContext,
): { steps: Step[]; entries: KeyEntry[] } {
  const times = keyTimes(settings.session.maxHours)
  const baked = bakedEntries(ring, now).map(({ kid }) => kid)
  const then = name === 'session' ? { ...facts, baked, deployed: true } : facts
  const move = rotation(name, ring, then, now, times)
  if (move.kind !== 'act' || move.reason !== 'housekeeping') {
    return { steps: [], entries: ring.entries }
  }
  const steps = move.effects.flatMap((effect) =>
    effect.do === 'put-ring' ? [putRingStep(name, settings, effect, 'housekeeping')] : [],
  )
  const after = move.effects.reduce(
    (one, effect) =>
      effect.do === 'record' && effect.event.type === 'retired'
        ? recorded(name, one, effect.event, now, times)
        : one,
    ring,
  )
  return { steps, entries: after.entries }
}

/** Puts the keys of a ring into this order; {@link NEW} is made, and what is not named goes. */
export function putRingStep(
  ring: RingName,
  settings: Settings,
  { kids }: Extract<Effect, { do: 'put-ring' }>,
  reason: Reason,
): Step {
  const makes = kids.includes(NEW)
  const what = secretOf(ring, settings) ? 'client secret' : WORDS[ring]
  return step({
    id: makes ? `keys.${ring}.next` : `keys.${ring}.order`,
    kind: 'key.order',
    action: 'update',
    reason,
    resource: `SSM SecureString: ${makes ? `a new ${what}` : `the ${ring} keys, the one to use first`}`,
    inputs: {
      ring,
      name: namesOf(settings.distribution).keys[ring],
      kids,
      keyId: keyIdOf(settings),
      ...(makes && secretOf(ring, settings)),
    },
    changes: [change('keys', '', kids)],
  })
}

function keyParameter(observed: Observed, distribution: string, ring: RingName) {
  const name = namesOf(distribution).keys[ring]
  return observed.parameters.find((parameter) => parameter.name === name)
}

function generateStep(observed: Observed, context: PlanContext, ring: RingName): Step {
  const name = namesOf(context.distribution).keys[ring]
  const exists = keyParameter(observed, context.distribution, ring) !== undefined
  // A first install that died has no settings yet, and a teardown has opened the site: nobody is signed in.
  const inUse = observed.settings !== undefined && observed.manifest?.state !== 'tearing-down'
  const generate: Generate = {
    generate: ring === 'seal' ? 'seal-256' : 'rsa-2048',
    slot: name,
  }
  const secret = secretOf(ring, context.settings)
  return step({
    id: `keys.${ring}`,
    kind: 'key.generate',
    action: exists ? 'update' : 'create',
    reason: context.reasonForMissing,
    resource: `SSM SecureString: ${secret ? "the Okta app's client secret" : WORDS[ring]}`,
    inputs: {
      ring,
      name,
      exists,
      key: generate,
      ...secret,
      keyId: keyIdOf(context.settings),
    },
    after: ['manifest'],
    warnings:
      inUse && ring === 'session'
        ? ['the key that signed the open sessions is gone: everybody signs in again']
        : [],
  })
}

/** Where Okta made the secret, it is given and not generated. */
function secretOf(ring: RingName, { okta }: Settings): { key: Given } | undefined {
  if (ring !== 'client' || okta.client?.authentication !== 'client_secret') return undefined
  return { key: { given: 'client-secret' } }
}

export function hasPublicHalf(ring: RingName, settings: Settings): boolean {
  return ring !== 'seal' && !secretOf(ring, settings)
}

function plannedEntry(ring: RingName, settings: Settings): Partial<PlannedEntry> {
  const ref = (field: string): Ref => ({ ref: `keys.${ring}.${field}` })
  return {
    kid: ref('kid'),
    state: 'current',
    createdAt: ref('createdAt'),
    ...(hasPublicHalf(ring, settings) && { public: ref('public') }),
  }
}

function publicHalves(entries: unknown[]): (PublicRsaJwk | Ref)[] {
  return (entries as Partial<PlannedEntry>[]).flatMap((entry) => entry.public ?? [])
}
