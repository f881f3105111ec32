import type { PublicRsaJwk } from '../access/jwk.ts'
import type { OktaApp, OktaAppFields, RefreshTokenFields } from '../plan/observed.ts'

/**
 * An app as Okta's API sends it, with fields that no SDK knows.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
 */
export type AppJson = Record<string, unknown>

/** The body of `POST /api/v1/apps`. Visibility and wildcards are decided here once and then left to the admin. */
export function newApp(fields: OktaAppFields): AppJson {
  return {
    name: 'oidc_client',
    signOnMode: 'OPENID_CONNECT',
    visibility: { autoSubmitToolbar: false, hide: { web: true, iOS: true } },
    ...withFields(
      {
        credentials: { oauthClient: { autoKeyRotation: true } },
        settings: { oauthClient: { wildcard_redirect: 'DISABLED' } },
      },
      fields,
    ),
  }
}

/** The body of `PUT /api/v1/apps/{id}`: the app as it was read, with our fields put in. */
export function withFields(app: AppJson, fields: OktaAppFields): AppJson {
  const { _links, _embedded, ...rest } = app
  const settings = object(app['settings'])
  const credentials = object(app['credentials'])
  // A jwks_uri would take the place of the keys that we send.
  const { jwks_uri, ...client } = object(settings['oauthClient'])
  return {
    ...rest,
    label: fields.label,
    credentials: {
      ...credentials,
      oauthClient: {
        ...object(credentials['oauthClient']),
        token_endpoint_auth_method: fields.tokenEndpointAuthMethod,
        pkce_required: fields.pkceRequired,
      },
    },
    settings: {
      ...settings,
      oauthClient: {
        ...client,
        application_type: fields.applicationType,
        response_types: fields.responseTypes,
        grant_types: fields.grantTypes,
        redirect_uris: fields.redirectUris,
        post_logout_redirect_uris: fields.postLogoutRedirectUris,
        initiate_login_uri: fields.initiateLoginUri,
        issuer_mode: fields.issuerMode,
        consent_method: fields.consentMethod,
        refresh_token: { ...object(client['refresh_token']), ...refreshToken(fields.refreshToken) },
        jwks: { keys: mergeKeys(keysOf(client), fields.jwks) },
      },
    },
    profile: { ...object(app['profile']), ...fields.profile },
  }
}

/** Our fields of an app. What is missing or of another type is empty, so that the plan sees a difference. */
export function readApp(app: AppJson): OktaApp {
  const client = object(object(app['settings'])['oauthClient'])
  const credentials = object(object(app['credentials'])['oauthClient'])
  const profile = object(app['profile'])
  const inForce = client['jwks_uri'] ? [] : keysOf(client).filter(isActive)
  return {
    id: text(app['id']),
    clientId: text(credentials['client_id']),
    status: text(app['status']),
    label: text(app['label']),
    redirectUris: texts(client['redirect_uris']),
    postLogoutRedirectUris: texts(client['post_logout_redirect_uris']),
    initiateLoginUri: text(client['initiate_login_uri']),
    grantTypes: texts(client['grant_types']),
    responseTypes: texts(client['response_types']),
    applicationType: text(client['application_type']),
    tokenEndpointAuthMethod: text(credentials['token_endpoint_auth_method']),
    pkceRequired: credentials['pkce_required'] === true,
    consentMethod: text(client['consent_method']),
    issuerMode: text(client['issuer_mode']),
    jwks: inForce.map(readKey),
    refreshToken: readRefreshToken(object(client['refresh_token'])),
    profile: {
      managedBy: text(profile['managedBy']),
      distribution: text(profile['distribution']),
      awsAccount: text(profile['awsAccount']),
    },
  }
}

export function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

function keysOf(client: Record<string, unknown>): Record<string, unknown>[] {
  const { keys } = object(client['jwks'])
  return Array.isArray(keys) ? keys.map(object) : []
}

function isActive(key: Record<string, unknown>): boolean {
  return (key['status'] ?? 'ACTIVE') === 'ACTIVE'
}

/** https://developer.okta.com/docs/guides/refresh-tokens/main/#enable-refresh-token-rotation */
function refreshToken({ rotation, leewaySeconds }: RefreshTokenFields): Record<string, unknown> {
  return {
    rotation_type: rotation,
    ...(leewaySeconds === undefined ? {} : { leeway: leewaySeconds }),
  }
}

/** Web apps have static tokens unless told otherwise; a leeway that Okta keeps with them does nothing. */
function readRefreshToken({ rotation_type, leeway }: Record<string, unknown>): RefreshTokenFields {
  const rotation = text(rotation_type) || 'STATIC'
  return rotation === 'ROTATE' && typeof leeway === 'number'
    ? { rotation, leewaySeconds: leeway }
    : { rotation }
}

/** A key that is not RSA keeps its kid and loses the rest: it is not ours, and the plan must see it. */
function readKey(key: Record<string, unknown>): PublicRsaJwk {
  return {
    kty: 'RSA',
    kid: text(key['kid']),
    alg: 'RS256',
    use: 'sig',
    n: text(key['n']),
    e: text(key['e']),
  }
}

/** Keys that are there already keep Okta's own members (id, created …). */
function mergeKeys(there: Record<string, unknown>[], wanted: PublicRsaJwk[]): unknown[] {
  return wanted.map((key) => {
    const same = there.find(({ kid, n, e }) => kid === key.kid && n === key.n && e === key.e)
    if (!same) return { ...key }
    const { _links, ...rest } = same
    return 'status' in rest ? { ...rest, ...key, status: 'ACTIVE' } : { ...rest, ...key }
  })
}
