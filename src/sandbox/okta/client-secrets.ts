import { createHash, randomBytes } from 'node:crypto'
import { type App, type ClientSecret, oktaId, type OktaStore } from './store.ts'

const METHODS = new Set<unknown>(['client_secret_basic', 'client_secret_post', 'client_secret_jwt'])

/** Okta's default where an app names no method is `client_secret_basic`. */
export function usesSecret(oauthClient: Record<string, unknown>): boolean {
  return METHODS.has(oauthClient['token_endpoint_auth_method'] ?? 'client_secret_basic')
}

/** As long as Okta's own, of the same letters. */
export function newSecret(): string {
  return randomBytes(48).toString('base64url')
}

export function secretObject(secret: string, created: string): ClientSecret {
  const hash = createHash('sha256').update(secret).digest().subarray(0, 16)
  return {
    id: oktaId('ocs'),
    status: 'ACTIVE',
    client_secret: secret,
    secret_hash: hash.toString('base64url'),
    created,
    lastUpdated: created,
  }
}

/** An app's secrets. One that was written to the app itself takes the place of all. */
export function secretsOf(store: OktaStore, app: App): ClientSecret[] {
  const { oauthClient } = app.credentials
  if (!usesSecret(oauthClient)) {
    store.clientSecrets.delete(app.id)
    return []
  }
  const known = store.clientSecrets.get(app.id) ?? []
  const shown = oauthClient['client_secret']
  if (typeof shown !== 'string' || known.some((one) => one.client_secret === shown)) return known
  const replaced = [secretObject(shown, app.lastUpdated)]
  store.clientSecrets.set(app.id, replaced)
  return replaced
}

export function activeSecrets(store: OktaStore, app: App): string[] {
  return secretsOf(store, app)
    .filter(({ status }) => status === 'ACTIVE')
    .map((one) => one.client_secret)
}

/**
 * The client credentials that an app is stored with: a secret that was brought, the one it had, or a new
 * one. One that authenticates with a key loses its secrets, as the admin console warns.
 */
export function withSecret<T extends Record<string, unknown>>(
  oauthClient: T,
  before?: Record<string, unknown>,
): T & { client_secret?: unknown } {
  const { client_secret: brought, ...rest } = oauthClient
  if (!usesSecret(oauthClient)) return rest as unknown as T
  const client_secret = brought ?? before?.['client_secret'] ?? newSecret()
  return { ...oauthClient, client_secret }
}
