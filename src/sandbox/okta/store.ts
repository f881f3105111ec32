import { randomInt } from 'node:crypto'

/** An app as the Apps API shows it. Unknown fields are kept: an admin may have set them. */
export interface App {
  id: string
  name: string
  label: string
  status: 'ACTIVE' | 'INACTIVE'
  signOnMode: string
  created: string
  lastUpdated: string
  credentials: {
    oauthClient: Record<string, unknown> & { client_id: string }
    [other: string]: unknown
  }
  settings: { oauthClient: OAuthSettings; [other: string]: unknown }
  profile?: Record<string, unknown>
  [other: string]: unknown
}

export interface OAuthSettings {
  redirect_uris?: string[]
  post_logout_redirect_uris?: string[]
  response_types?: string[]
  grant_types?: string[]
  jwks?: { keys: ClientKey[] }
  refresh_token?: RefreshTokenSettings
  [other: string]: unknown
}

/** https://developer.okta.com/docs/guides/refresh-tokens/main/#enable-refresh-token-rotation */
export interface RefreshTokenSettings {
  rotation_type?: 'STATIC' | 'ROTATE'
  /** Seconds, 0 to 60, for which a token that was rotated is taken as well. */
  leeway?: number
}

/**
 * The `groups` claim of an app's ID token: a setting of the admin console, which the Apps API neither
 * shows nor takes.
 */
export interface GroupsClaim {
  filter: { type: 'STARTS_WITH' | 'EQUALS' | 'CONTAINS' | 'REGEX'; value: string }
  /** In userinfo alone: Okta's documentation and its support disagree on what the ID token carries. */
  thin?: boolean
}

export interface ClientKey {
  kty: string
  kid?: string
  id?: string
  status?: 'ACTIVE' | 'INACTIVE'
  [other: string]: unknown
}

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOCredentialOAuth2ClientAuth/ */
export interface ClientSecret {
  id: string
  status: 'ACTIVE' | 'INACTIVE'
  client_secret: string
  secret_hash: string
  created: string
  lastUpdated: string
}

export interface Group {
  id: string
  name: string
  description: string
  type: 'OKTA_GROUP' | 'BUILT_IN'
}

export interface User {
  id: string
  login: string
  password: string
  name: string
  email: string
  status: 'ACTIVE' | 'SUSPENDED' | 'DEPROVISIONED'
  groupIds: Set<string>
}

/** What an SSWS token may do: `read-only` and `none` are refused as Okta refuses powerless admins. */
export interface ApiToken {
  power: 'all' | 'read-only' | 'none'
  expired: boolean
}

/** A service app that may get management access tokens by `private_key_jwt`. */
export interface ServiceApp {
  clientId: string
  keys: ClientKey[]
  scopes: string[]
  dpop: boolean
}

export interface OktaStore {
  orgId: string
  apps: Map<string, App>
  groups: Map<string, Group>
  users: Map<string, User>
  /** App id → ids of the assigned groups, in order of assignment. */
  appGroups: Map<string, Set<string>>
  /** App id → its client secrets, the oldest first; read them with `secretsOf`. */
  clientSecrets: Map<string, ClientSecret[]>
  /** App id → its groups claim; without one, the scope `groups` gives nothing. */
  groupsClaims: Map<string, GroupsClaim>
  tokens: Map<string, ApiToken>
  serviceApps: Map<string, ServiceApp>
  everyone: Group
  /** App id of `DELETE /apps/{id}/tokens` calls: the provider drops what it holds for that app. */
  onTokensRevoked: ((appId: string) => void)[]
  /** The same for one user and one client id. */
  onUserTokensRevoked: ((userId: string, clientId: string) => void)[]
  onUserGone: ((userId: string) => void)[]
  onSessionsEnded: ((userId: string) => void)[]
}

const ALPHABET = '0123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ'

/** Okta's ids: a three-character type prefix and twenty characters in all. */
export function oktaId(prefix: string): string {
  let id = `${prefix}`
  while (id.length < 20) id += ALPHABET[randomInt(ALPHABET.length)]
  return id
}

/** An org with nothing in it but the group Everyone. */
export function createStore(): OktaStore {
  const everyone: Group = {
    id: oktaId('00g'),
    name: 'Everyone',
    description: 'All users in your organization',
    type: 'BUILT_IN',
  }
  return {
    orgId: oktaId('00o'),
    apps: new Map(),
    groups: new Map([[everyone.id, everyone]]),
    users: new Map(),
    appGroups: new Map(),
    clientSecrets: new Map(),
    groupsClaims: new Map(),
    tokens: new Map(),
    serviceApps: new Map(),
    everyone,
    onTokensRevoked: [],
    onUserTokensRevoked: [],
    onUserGone: [],
    onSessionsEnded: [],
  }
}

/** Through a group only: assignment of single users is not something that this stand-in offers. */
export function isAssigned(store: OktaStore, appId: string, userId: string): boolean {
  const user = store.users.get(userId)
  if (user?.status !== 'ACTIVE') return false
  const groups = store.appGroups.get(appId) ?? new Set<string>()
  return [...groups].some((id) => id === store.everyone.id || user.groupIds.has(id))
}

/** Okta answers by client id; ours is the app id unless an app asked for another. */
export function appByClientId(store: OktaStore, clientId: string): App | undefined {
  for (const app of store.apps.values())
    if (app.credentials.oauthClient.client_id === clientId) return app
  return undefined
}
