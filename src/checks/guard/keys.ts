import type { Settings } from '../../access/settings.ts'
import { keyAges, type KeyAge } from '../../plan/keys/age.ts'
import { ringOf } from '../../plan/keys/begin.ts'
import { RINGS, type RingName } from '../../plan/names.ts'
import type { Observed } from '../../plan/observed.ts'
import type { Finding } from '../../plan/types.ts'

/** Keys that are older than the settings want, and rotations that stand still. */
export function checkKeys(settings: Settings, observed: Observed, now: string): Finding[] {
  const { manifest } = observed
  if (!manifest || manifest.state === 'tearing-down') return []
  return [
    ...RINGS.filter((name) => ringOf(manifest, name).request).map(pending),
    ...keyAges(manifest, now, settings.keys.maxAgeDays)
      .filter(({ isDue }) => isDue)
      .map((key) => tooOld(key, settings)),
  ]
}

function pending(ring: RingName): Finding {
  return {
    code: 'rotation-pending',
    severity: 'due',
    subject: ring,
    message: `The rotation of the ${ring} key has begun and has not come to its end; both keys are taken meanwhile.`,
    next: `s3-okta-guard rotate-keys --only ${ring}`,
  }
}

function tooOld({ ring, ageDays }: KeyAge, { keys }: Settings): Finding {
  return {
    code: 'key-age',
    severity: 'due',
    subject: ring,
    message: `The ${ring} key is ${ageDays} days old; ${keys.maxAgeDays} are the most that the settings want.`,
    next: `s3-okta-guard rotate-keys --only ${ring}`,
  }
}
