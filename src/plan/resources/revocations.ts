import type { NotBefore } from '../../access/edge-config.ts'
import { digestOf } from '../canonical.ts'
import type { KnownRevocations, Revocations } from '../manifest.ts'
import { namesOf } from '../names.ts'
import type { Observed } from '../observed.ts'
import { step } from '../step.ts'
import type { Reason, Step } from '../types.ts'

/**
 * What the record in SSM is to the edges. `pending`: a run that died wrote down what no edge was told.
 * `lost`: every edge still knows what the record no longer says.
 */
export type RevocationState = 'none' | 'in-force' | 'pending' | 'lost'

/** What is baked into the function; empty where nothing is revoked: then the edge hashes no name. */
export function notBeforeOf(revocations: Revocations | undefined): NotBefore {
  const { everyone = 0, users = {} } = revocations ?? {}
  return {
    ...(everyone > 0 && { everyone }),
    ...(Object.keys(users).length > 0 && { users }),
  }
}

/** For the manifest, once every edge has it; undefined where there is nothing to know. */
export function knownRevocations(
  revocations: Revocations | undefined,
): KnownRevocations | undefined {
  const notBefore = notBeforeOf(revocations)
  const until = newestOf(notBefore)
  return until === 0 ? undefined : { digest: digestOf(notBefore), until }
}

type Recorded = Pick<Observed, 'revocations' | 'manifest'>

export function revocationState({ revocations, manifest }: Recorded): RevocationState {
  const recorded = knownRevocations(revocations)
  // A teardown deletes the record first, and ends every session by the keys.
  const known = manifest?.state === 'tearing-down' ? undefined : manifest?.revocations
  if (known && (recorded?.until ?? 0) < known.until) return 'lost'
  if (!recorded) return 'none'
  return known?.digest === recorded.digest ? 'in-force' : 'pending'
}

/**
 * What the edges shall know. Where the record was lost nobody gets back in by it: whose names stood there cannot
 * be told any more, so every session as old as the last of them is over.
 */
export function effectiveRevocations(observed: Recorded): Revocations | undefined {
  const { revocations, manifest } = observed
  const until = manifest?.revocations?.until
  return revocationState(observed) === 'lost' && until !== undefined
    ? { version: 1, everyone: until }
    : revocations
}

/** Seconds; 0: nobody. */
export function newestOf({ everyone = 0, users = {} }: NotBefore): number {
  return Math.max(everyone, ...Object.values(users))
}

/** How many names stand in the record, in words. */
export function revokedWords(revocations: Revocations | undefined): string {
  const { everyone, users = {} } = notBeforeOf(revocations)
  const names = Object.keys(users).length
  const words = [
    ...(everyone === undefined ? [] : ['everybody']),
    ...(names === 0 ? [] : [`${names} name${names > 1 ? 's' : ''}`]),
  ]
  return words.length === 0 ? 'none' : words.join(' and ')
}

export function revocationsStep(
  distribution: string,
  found: Revocations | undefined,
  wanted: Revocations,
  reason: Reason,
): Step {
  const { revocations: name } = namesOf(distribution)
  return step({
    id: 'revocations',
    kind: 'document.put',
    action: found ? 'update' : 'create',
    reason,
    resource: 'Record in SSM: whose sessions are over',
    inputs: { name, value: wanted },
  })
}
