import type { Manifest } from '../manifest.ts'
import { RINGS, type RingName } from '../names.ts'
import { currentOf, type Ring } from './ring.ts'

/** A run that comes later than this after one that died means a rotation of its own. */
const RESUME_SECONDS = 24 * 3600

/** The ring as the manifest has it. */
export function ringOf(manifest: Pick<Manifest, 'keys' | 'rotation'>, name: RingName): Ring {
  return { entries: manifest.keys[name], request: manifest.rotation?.[name] }
}

/** The manifest with the ring as it is now. */
export function withRing(manifest: Manifest, name: RingName, ring: Ring): Manifest {
  const { [name]: _, ...others } = manifest.rotation ?? {}
  const rotation = { ...others, ...(ring.request && { [name]: ring.request }) }
  const { rotation: _before, ...rest } = manifest
  return {
    ...rest,
    keys: { ...manifest.keys, [name]: ring.entries },
    ...(Object.keys(rotation).length > 0 && { rotation }),
  }
}

/**
 * Of the rings that shall be rotated, those where it begins anew. The others are on their way already, or
 * were finished by a run that died before it came to the rest.
 */
export function ringsToBegin(
  manifest: Pick<Manifest, 'keys' | 'rotation'>,
  asked: RingName[],
  { compromised, now }: { compromised: boolean; now: string },
): RingName[] {
  const open = RINGS.flatMap((name) => manifest.rotation?.[name] ?? [])
  const resumed = open.filter(
    (request) =>
      (request.compromised || !compromised) &&
      Date.parse(now) - Date.parse(request.since) < RESUME_SECONDS * 1000,
  )
  return asked.filter((name) => {
    const ring = ringOf(manifest, name)
    if (ring.request) return compromised && !ring.request.compromised
    const promotedAt = currentOf(ring)?.promotedAt ?? ''
    return !resumed.some(({ since }) => promotedAt >= since)
  })
}
