import type { OktaClientSettings, Settings } from '../access/settings.ts'
import { clientRequest } from '../plan/admin-sheet.ts'
import type { Manifest } from '../plan/manifest.ts'
import type { OktaObserved } from '../plan/observed.ts'
import { beginSignIns } from './client.ts'
import type { Cloud } from './cloud.ts'

/** Why the app itself was not looked at. */
export const ADMINS = 'it is looked after by your Okta admin'

/** What anybody may ask Okta about an app that is its admin's. */
export async function observeClient(
  settings: Settings,
  client: OktaClientSettings,
  manifest: Manifest | undefined,
  cloud: Pick<Cloud, 'web'>,
): Promise<OktaObserved> {
  const { orgUrl, authorizationServer } = settings.okta
  const asked = cloud.web.metadata({ orgUrl, authorizationServer, clientId: client.id })
  // What is baked in already saves an answer on the way to the next.
  const endpoint = manifest?.metadata?.authorizationEndpoint
  const request = clientRequest(settings, client)
  const begin = async (address: string) =>
    Promise.all([
      beginSignIns(request, address, cloud),
      cloud.web.beginSignIn({
        ...{ endpoint: address, clientId: client.id, scope: request.scope, pkce: false },
        redirectUri: request.redirectUris[0] ?? '',
      }),
    ])
  const [metadata, [begun, withoutPkce]] = await Promise.all([
    asked,
    endpoint === undefined
      ? asked.then(({ authorizationEndpoint }) => begin(authorizationEndpoint))
      : begin(endpoint),
  ])
  return {
    checked: false,
    reason: ADMINS,
    client: { metadata, begun, pkceRequired: requires(withoutPkce.kind) },
  }
}

function requires(withoutPkce: 'taken' | 'refused' | 'unclear'): boolean | undefined {
  return withoutPkce === 'unclear' ? undefined : withoutPkce === 'refused'
}
