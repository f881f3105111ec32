import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { appByClientId, type OktaStore } from './store.ts'

/** Seconds; what the Apps API fills in where an app asks to rotate and says no more. */
export const DEFAULT_LEEWAY = 30

/** A web app keeps its refresh token unless it says otherwise. */
function isRotating(store: OktaStore, clientId: string): boolean {
  const settings = appByClientId(store, clientId)?.settings.oauthClient.refresh_token
  return settings?.rotation_type === 'ROTATE'
}

/** For how long, in milliseconds, a token that was rotated is as good as new. */
export function leewayOf(store: OktaStore, clientId: string): number {
  const settings = appByClientId(store, clientId)?.settings.oauthClient.refresh_token
  return (settings?.leeway ?? DEFAULT_LEEWAY) * 1000
}

export function rotation(store: OktaStore): NonNullable<Configuration['rotateRefreshToken']> {
  return (ctx) => isRotating(store, ctx.oidc.client?.clientId ?? '')
}

export function isRefresh(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc.route === 'token' && ctx.oidc.params?.['grant_type'] === 'refresh_token'
}

/**
 * The library drops `offline_access` unless the user is asked for consent (OpenID Connect Core,
 * section 11); Okta does not ask where an app is trusted. Put back before anything else is decided.
 */
export function keepOfflineAccess(ctx: KoaContextWithOIDC): void {
  const { client, params, route } = ctx.oidc
  const asked = ctx.query['scope']
  if (route !== 'authorization' || typeof asked !== 'string' || !params) return
  if (!asked.split(' ').includes('offline_access')) return
  const left = typeof params['scope'] === 'string' ? params['scope'].split(' ') : []
  if (!client?.grantTypeAllowed('refresh_token') || left.includes('offline_access')) return
  params['scope'] = [...left, 'offline_access'].join(' ')
}
