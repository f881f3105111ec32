import type { OktaMetadata } from '../../access/edge-config.ts'
import type { PublicRsaJwk } from '../../access/jwk.ts'
import type { OktaClientSettings } from '../../access/settings.ts'
import { adminSheet, clientRequest } from '../okta/admin-sheet.ts'
import { digestOf } from '../canonical.ts'
import type { PlanContext } from '../context.ts'
import { ringOf } from '../keys/begin.ts'
import { currentOf } from '../keys/ring.ts'
import { isAdmins, type AdminsApp, type Manifest } from '../manifest.ts'
import { namesOf } from '../names.ts'
import type { Observed } from '../observed.ts'
import { change, step } from '../step.ts'
import type { Ref, Step } from '../types.ts'

export interface PlannedClient {
  steps: Step[]
  /** For the manifest. */
  installed: Planned<AdminsApp>
}

type Planned<T> = { [Field in keyof T]: unknown }

/** Before Okta was asked. */
export function startedClient(
  { id, authentication }: OktaClientSettings,
  { settings }: PlanContext,
  manifest: Manifest | undefined,
): AdminsApp {
  const tried = isAdmins(manifest?.okta) ? manifest.okta.tried : undefined
  return {
    clientId: id,
    orgUrl: settings.okta.orgUrl,
    authentication,
    ...(tried && { tried }),
  }
}

/**
 * An app that is its admin's is asked and not changed: before a site depends on it, when what it must take
 * is another, and when the key is. Keys that were rotated have been tried already.
 */
export function planClient(
  client: OktaClientSettings,
  observed: Observed,
  context: PlanContext,
  keys: { client: (PublicRsaJwk | Ref)[]; isMade: boolean },
): PlannedClient {
  const { settings } = context
  const { manifest } = observed
  const request = clientRequest(settings, client)
  const { orgUrl, authorizationServer } = settings.okta
  const { authentication } = client
  const digest = digestOf({ ...request, authentication, orgUrl, authorizationServer })
  const started = startedClient(client, context, manifest)
  const current = manifest && currentOf(ringOf(manifest, 'client'))
  const wasTried =
    started.tried?.digest === digest &&
    (started.tried.kid === current?.kid || current?.promotedAt !== undefined)
  if (wasTried && !keys.isMade) return { steps: [], installed: started }
  const kid = keys.isMade ? { ref: 'keys.client.kid' } : current?.kid
  return {
    steps: [
      step({
        id: 'okta.client',
        kind: 'okta.client.try',
        action: 'check',
        reason: started.tried && !keys.isMade ? 'settings' : context.reasonForMissing,
        resource: `Okta app ${client.id}, your Okta admin's: does it take sign-ins of this site?`,
        inputs: {
          request,
          name: namesOf(context.distribution).keys.client,
          kid,
          server: serverOf(observed),
          sheet: adminSheet(settings, client, keys.client),
        },
        changes: [change('redirect_uris', '', request.redirectUris)],
        after: ['manifest.keys'],
      }),
    ],
    installed: { ...started, tried: { digest, kid } },
  }
}

/** undefined: Okta could not be asked for them, and nothing is baked in yet. */
export function serverOf({ okta, manifest }: Observed): Partial<OktaMetadata> | undefined {
  const asked = okta.checked ? okta.metadata : okta.client?.metadata
  const { issuer, authorizationEndpoint, tokenEndpoint } = asked ?? manifest?.metadata ?? {}
  if (issuer === undefined) return undefined
  return {
    issuer,
    ...(authorizationEndpoint !== undefined && { authorizationEndpoint }),
    ...(tokenEndpoint !== undefined && { tokenEndpoint }),
  }
}
