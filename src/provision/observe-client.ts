import type { OktaClientSettings, Settings } from '../access/settings.ts'
import { clientRequest } from '../plan/okta/admin-sheet.ts'
import type { Manifest } from '../plan/manifest.ts'
import type { AuthorizeAnswer, OktaObserved } from '../plan/observed.ts'
import { GuardError } from '../errors/guard-error.ts'
import { issuerOf } from '../web/discovery.ts'
import { beginSignIns } from './client.ts'
import type { Cloud } from './cloud.ts'

/** Why the app itself was not looked at. */
export const ADMINS = 'it is looked after by your Okta admin'

/**
 * What anybody may ask Okta about an app that is its admin's. Where Okta does not answer, what is installed
 * goes on as it is: only a first install cannot do without.
 */
export async function observeClient(
  settings: Settings,
  client: OktaClientSettings,
  manifest: Manifest | undefined,
  cloud: Pick<Cloud, 'web'>,
): Promise<OktaObserved> {
  const baked = bakedServer(settings, manifest)
  const { orgUrl, authorizationServer } = settings.okta
  const asked = cloud.web
    .metadata({ orgUrl, authorizationServer, clientId: client.id })
    .catch((error: unknown) => {
      if (baked && error instanceof GuardError && error.code !== 'interrupted') return undefined
      throw error
    })
  // What is baked in already saves an answer on the way to the next.
  const endpoint = baked?.authorizationEndpoint ?? (await asked)?.authorizationEndpoint ?? ''
  const request = clientRequest(settings, client)
  const [metadata, begun, withoutPkce] = await Promise.all([
    asked,
    beginSignIns(request, endpoint, cloud),
    cloud.web.beginSignIn({
      ...{ endpoint, clientId: client.id, scope: request.scope, pkce: false },
      redirectUri: request.redirectUris[0] ?? '',
    }),
  ])
  return {
    checked: false,
    reason: ADMINS,
    client: { metadata, begun, pkceRequired: isRequired(withoutPkce) },
  }
}

function bakedServer({ okta }: Settings, manifest: Manifest | undefined): Manifest['metadata'] {
  const { metadata } = manifest ?? {}
  return metadata?.issuer === issuerOf(okta) ? metadata : undefined
}

/** Other errors say nothing of PKCE. */
function isRequired(withoutPkce: AuthorizeAnswer): boolean | undefined {
  if (withoutPkce.kind === 'taken') return false
  return withoutPkce.kind === 'refused' && withoutPkce.error === 'invalid_request'
    ? true
    : undefined
}
