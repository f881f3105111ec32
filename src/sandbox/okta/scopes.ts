import type * as oidcProvider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'

/** https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/#scopes */
const OPENID = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
  'groups',
  'device_sso',
])

/** The library leaves out what it does not know; Okta's org server refuses it. */
export function refuseUnknownScopes(library: typeof oidcProvider, ctx: KoaContextWithOIDC): void {
  const asked = ctx.query['scope']
  if (ctx.oidc.route !== 'authorization' || typeof asked !== 'string') return
  const unknown = asked
    .split(' ')
    .filter((one) => one !== '' && !OPENID.has(one) && !one.startsWith('okta.'))
  if (unknown.length > 0)
    throw new library.errors.InvalidScope(
      'Custom scopes are not allowed for this request.',
      unknown.join(' '),
    )
}
