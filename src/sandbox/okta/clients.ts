import type { AdapterPayload } from 'oidc-provider'
import { activeSecrets, newSecret, usesSecret } from './client-secrets.ts'
import type { App, ClientKey, OktaStore, ServiceApp } from './store.ts'

function publicKeys(keys: ClientKey[]) {
  return keys
    .filter((key) => key.status !== 'INACTIVE')
    .map(({ id: _id, status: _status, created: _created, lastUpdated: _updated, ...jwk }) => jwk)
}

/** OpenID client metadata of an app; undefined if it is not active, which is `invalid_client`. */
export function toClientMetadata(store: OktaStore, app: App): AdapterPayload | undefined {
  if (app.status !== 'ACTIVE') return undefined
  const { oauthClient } = app.credentials
  const settings = app.settings.oauthClient
  const keys = publicKeys(settings.jwks?.keys ?? [])
  const method = oauthClient['token_endpoint_auth_method'] ?? 'client_secret_basic'
  const metadata: Record<string, unknown> = {
    client_id: oauthClient.client_id,
    client_name: app.label,
    application_type: 'web',
    token_endpoint_auth_method: method,
    redirect_uris: settings.redirect_uris ?? [],
    post_logout_redirect_uris: settings.post_logout_redirect_uris ?? [],
    response_types: settings.response_types ?? ['code'],
    grant_types: settings.grant_types ?? ['authorization_code'],
    ...(keys.length > 0 ? { jwks: { keys } } : {}),
    // The library insists on one; where an app has none, nobody knows this one.
    ...(usesSecret(oauthClient)
      ? { client_secret: activeSecrets(store, app).at(-1) ?? newSecret() }
      : {}),
  }
  return metadata
}

/** A service app: `client_credentials` with `private_key_jwt` and nothing else. */
export function toServiceClient(service: ServiceApp): AdapterPayload {
  return {
    client_id: service.clientId,
    token_endpoint_auth_method: 'private_key_jwt',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    scope: service.scopes.join(' '),
    jwks: { keys: publicKeys(service.keys) },
  }
}
