import type { Settings } from '../../access/settings.ts'
import type { Manifest } from '../manifest.ts'
import { namesOf, type RingName } from '../names.ts'
import { hasPublicHalf, putRingStep } from '../resources/keys.ts'
import { change, step } from '../step.ts'
import type { Ref, Step } from '../types.ts'
import type { RingEvent } from './record.ts'
import type { Effect } from './rotation.ts'
import type { KeyTimes } from './times.ts'

/** Where the keys of a ring are used. */
export interface RingPlace {
  settings: Settings
  manifest: Manifest
  times: KeyTimes
}

const RECORDS: Record<RingEvent['type'], string> = {
  begun: 'its rotation has begun',
  generated: 'its next key',
  published: 'its next key is on its way to the edges',
  deployed: 'every edge checks with its next key',
  promoted: 'its next key is the one in use',
  retired: 'its former keys are gone',
}

/** Effects of a move as steps, for all but `publish`: that one is what an install does. */
export function effectSteps(name: RingName, effects: Effect[], place: RingPlace): Step[] {
  return effects.flatMap((effect) => stepsOf(name, effect, place))
}

function stepsOf(name: RingName, effect: Effect, place: RingPlace): Step[] {
  switch (effect.do) {
    case 'publish':
      return []
    case 'put-ring':
      return [putRingStep(name, place.settings, effect, 'update')]
    case 'put-jwks':
      return [jwksStep(effect.kids, place.manifest)]
    case 'try':
      return [tryStep(name, effect.kid, place)]
    case 'record':
      return [recordStep(name, eventOf(name, effect.event, place), place.times)]
  }
}

/** Writes down, with AWS's time, what has just happened to a ring. */
export function recordStep(name: RingName, event: unknown, times: KeyTimes): Step {
  const { type } = event as RingEvent
  return step({
    id: `record.${name}.${type}`,
    kind: 'key.record',
    action: 'update',
    reason: 'update',
    resource: `Record in SSM: ${name} ring, ${RECORDS[type]}`,
    inputs: { ring: name, event, times },
  })
}

/** What `put-ring` has made is known once it has been done. */
function eventOf(
  name: RingName,
  event: Extract<Effect, { do: 'record' }>['event'],
  { settings }: RingPlace,
): unknown {
  if (event.type !== 'generated' || 'entry' in event) return event
  const ref = (field: string): Ref => ({ ref: `keys.${name}.next.${field}` })
  return {
    type: 'generated',
    entry: {
      kid: ref('kid'),
      state: 'pending',
      createdAt: ref('createdAt'),
      ...(hasPublicHalf(name, settings) && { public: ref('public') }),
    },
  }
}

function jwksStep(kids: string[], { keys, okta }: Manifest): Step {
  const jwks = keys.client.filter(({ kid }) => kids.includes(kid))
  return step({
    id: 'okta.keys',
    kind: 'okta.app.keys',
    action: 'update',
    reason: 'update',
    resource: `Okta app ${okta?.appId ?? ''}: the keys that it accepts`,
    inputs: { appId: okta?.appId, jwks: jwks.flatMap((entry) => entry.public ?? []) },
    changes: [change('jwks', '', kids)],
  })
}

function tryStep(name: RingName, kid: string, { settings, manifest }: RingPlace): Step {
  const { okta, metadata, keys } = manifest
  const { client } = settings.okta
  const half = keys.client.find((entry) => entry.kid === kid)?.public
  return step({
    id: 'okta.try',
    kind: 'okta.key.try',
    action: 'check',
    reason: 'update',
    resource: client
      ? `Ask Okta's token endpoint with the new one, which your Okta admin has entered by then`
      : `Ask Okta's token endpoint with the new ${name} key`,
    inputs: {
      name: namesOf(settings.distribution).keys[name],
      kid,
      clientId: okta?.clientId,
      issuer: metadata?.issuer,
      tokenEndpoint: metadata?.tokenEndpoint,
      ...(client && { admins: { clientId: client.id, ...(half && { jwk: half }) } }),
    },
  })
}
