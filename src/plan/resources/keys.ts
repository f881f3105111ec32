import type { PublicRsaJwk } from '../../access/jwk.ts'
import type { PlanContext } from '../context.ts'
import type { KeyEntry, PublicKeyEntry } from '../manifest.ts'
import { namesOf, RINGS, type RingName } from '../names.ts'
import type { Observed } from '../observed.ts'
import { step } from '../step.ts'
import type { Generate, Ref, Step } from '../types.ts'

const WORDS: Record<RingName, string> = {
  session: 'session signing key (RSA-2048)',
  client: 'Okta client key (RSA-2048)',
  seal: 'cookie sealing key (256 bit)',
}

/** An entry as the manifest will hold it: literal, or filled once the key is made. */
export type PlannedEntry = { [Field in keyof PublicKeyEntry]: PublicKeyEntry[Field] | Ref }

export interface PlannedKeys {
  steps: Step[]
  /** What the manifest's `keys` will be. */
  entries: Record<RingName, unknown[]>
  session: (PublicRsaJwk | Ref)[]
  client: (PublicRsaJwk | Ref)[]
}

/** Kept in the parameter's description, so that which keys it holds can be told without decrypting it. */
export function describeRing(kids: string[]): string {
  return `s3-okta-guard keys: ${kids.join(' ')}`
}

function kidsIn(description: string): string[] {
  return description.split(': ')[1]?.split(' ') ?? []
}

/**
 * A ring is in order when the key in use by the manifest is the one that SSM holds.
 * A private half that the manifest does not know was made by a run that died: nothing was built with it,
 * so it is made anew and nobody misses it.
 */
export function planKeys(observed: Observed, context: PlanContext): PlannedKeys {
  const steps: Step[] = []
  const entries: PlannedKeys['entries'] = { session: [], client: [], seal: [] }
  for (const ring of RINGS) {
    const kept = keptEntries(observed, context.distribution, ring)
    if (kept) {
      entries[ring] = kept
    } else {
      steps.push(generateStep(observed, context, ring))
      entries[ring] = [plannedEntry(ring)]
    }
  }
  return {
    steps,
    entries,
    session: publicHalves(entries.session),
    client: publicHalves(entries.client),
  }
}

function keptEntries(
  observed: Observed,
  distribution: string,
  ring: RingName,
): KeyEntry[] | undefined {
  const entries: KeyEntry[] = observed.manifest?.keys[ring] ?? []
  const parameter = keyParameter(observed, distribution, ring)
  const current = entries.find(({ state }) => state === 'current')
  const held = kidsIn(parameter?.description ?? '')
  return current && held.includes(current.kid) ? entries : undefined
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
  return step({
    id: `keys.${ring}`,
    kind: 'key.generate',
    action: exists ? 'update' : 'create',
    reason: context.reasonForMissing,
    resource: `SSM SecureString: ${WORDS[ring]}`,
    inputs: { ring, name, exists, key: generate },
    after: ['manifest'],
    warnings:
      inUse && ring === 'session'
        ? ['the key that signed the open sessions is gone: everybody signs in again']
        : [],
  })
}

function plannedEntry(ring: RingName): Partial<PlannedEntry> {
  const ref = (field: string): Ref => ({ ref: `keys.${ring}.${field}` })
  return {
    kid: ref('kid'),
    state: 'current',
    createdAt: ref('createdAt'),
    ...(ring === 'seal' ? {} : { public: ref('public') }),
  }
}

function publicHalves(entries: unknown[]): (PublicRsaJwk | Ref)[] {
  return (entries as PlannedEntry[]).map((entry) => entry.public)
}
