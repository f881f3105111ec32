import type { PublicRsaJwk } from '../../access/jwk.ts'
import type { PlanContext } from '../context.ts'
import type { RingName } from '../names.ts'
import type { Observed } from '../observed.ts'
import type { Ref, Step } from '../types.ts'
import { oktaAppSteps, oktaGroupSteps } from './okta-app.ts'
import { planClient } from './okta-client.ts'

export interface PlannedApp {
  steps: Step[]
  clientId: string | Ref
  /** For the manifest. */
  installed: unknown
}

/** The guard's own, or one that is an Okta admin's. */
export function planApp(
  observed: Observed,
  context: PlanContext,
  jwks: (PublicRsaJwk | Ref)[],
  made: RingName[],
): PlannedApp {
  const { client } = context.settings.okta
  if (client) {
    const keys = { client: jwks, isMade: made.includes('client') }
    return { ...planClient(client, observed, context, keys), clientId: client.id }
  }
  const app = oktaAppSteps(observed, context, jwks)
  const clientId = clientIdOf(observed, app)
  const steps = [...app, ...oktaGroupSteps(observed, context)]
  return { steps, clientId, installed: oktaOf(observed, context, clientId, app) }
}

function clientIdOf(observed: Observed, app: Step[]): string | Ref {
  if (observed.okta.checked && observed.okta.app) return observed.okta.app.clientId
  if (app.length > 0) return { ref: 'okta.app.clientId' }
  return observed.manifest?.okta?.clientId ?? ''
}

function oktaOf(
  observed: Observed,
  context: PlanContext,
  clientId: string | Ref,
  app: Step[],
): unknown {
  if (!observed.okta.checked) return observed.manifest?.okta
  const created = app.some(({ kind }) => kind === 'okta.app.create')
  return {
    appId: created ? { ref: 'okta.app.appId' } : observed.okta.app?.id,
    clientId,
    orgUrl: context.settings.okta.orgUrl,
  }
}
