import type { Behavior } from '../distribution/distribution.ts'
import { isOurs } from '../distribution/behaviors.ts'
import type { Manifest } from '../manifest.ts'
import { functionArn, namesOf, RINGS, type RingName } from '../names.ts'
import type { Observed } from '../observed.ts'
import type { KeyFacts } from './rotation.ts'

/** Kept in the parameter's description, so that which keys it holds can be told without decrypting it. */
export function describeRing(kids: string[]): string {
  return `s3-okta-guard keys: ${kids.join(' ')}`
}

/** In the order of the ring, as its parameter says. */
export function heldBy(observed: Observed, distribution: string, ring: RingName): string[] {
  const name = namesOf(distribution).keys[ring]
  const { description } = observed.parameters.find((one) => one.name === name) ?? {}
  return description?.split(': ')[1]?.split(' ') ?? []
}

/** What stands in the cloud of each ring. */
export function factsOf(observed: Observed, distribution: string): Record<RingName, KeyFacts> {
  const common = {
    baked: bakedKids(observed, distribution),
    deployed: observed.distribution?.status === 'Deployed',
    accepted: acceptedKids(observed),
  }
  const entries = RINGS.map((ring) => [
    ring,
    { ...common, held: heldBy(observed, distribution, ring) },
  ])
  return Object.fromEntries(entries) as Record<RingName, KeyFacts>
}

function acceptedKids({ okta, settings }: Observed): KeyFacts['accepted'] {
  if (settings?.okta.client) return 'admins'
  return okta.checked ? (okta.app?.jwks.map(({ kid }) => kid) ?? []) : undefined
}

/** Of the version that is attached; of any other than the manifest's nobody knows what it checks with. */
function bakedKids({ manifest, distribution, identity }: Observed, id: string): string[] {
  const installed = manifest?.function?.versionArn
  const ours = functionArn(identity.account, id)
  const attached = (distribution?.behaviors ?? []).flatMap(({ lambda }: Behavior) =>
    lambda.filter(({ arn }) => isOurs(arn, ours)),
  )
  if (installed === undefined || attached.length === 0) return []
  return attached.every(({ arn }) => arn === installed) ? sessionKids(manifest) : []
}

/** Ids of the session keys of the version that is installed. */
export function sessionKids(manifest: Manifest | undefined): string[] {
  const { keys, function: installed } = manifest ?? {}
  // An older tool knew no pending keys.
  const known = keys?.session.filter(({ state }) => state !== 'pending') ?? []
  return installed?.sessionKids ?? known.map(({ kid }) => kid)
}
