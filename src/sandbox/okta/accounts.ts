import type { FindAccount, KoaContextWithOIDC } from 'oidc-provider'
import { claimedGroups } from './groups-claim.ts'
import { isRefresh } from './refresh.ts'
import { appByClientId, isAssigned, oktaId, type OktaStore, type User } from './store.ts'

interface Source {
  authTime?: number
  amr?: string[]
}

function authentication(ctx: KoaContextWithOIDC, source: Source | undefined): Source {
  const { session } = ctx.oidc
  const authTime = source?.authTime ?? session?.loginTs
  const amr = source?.amr ?? session?.amr ?? ['pwd']
  return authTime === undefined ? { amr } : { authTime, amr }
}

function profile(user: User): Record<string, unknown> {
  const [given = user.name, ...family] = user.name.split(' ')
  return {
    name: user.name,
    given_name: given,
    family_name: family.join(' '),
    email: user.email,
    email_verified: true,
    preferred_username: user.login,
    locale: 'en-US',
    zoneinfo: 'America/Los_Angeles',
  }
}

function groups(store: OktaStore, appId: string | undefined, user: User, use: string) {
  const names = appId === undefined ? undefined : claimedGroups(store, appId, user)
  if (names === undefined || appId === undefined) return {}
  return use === 'id_token' && store.groupsClaims.get(appId)?.thin ? {} : { groups: names }
}

/**
 * What an ID token and userinfo say of a user; undefined for one who is suspended or gone, and when a
 * token is to be renewed for an app that the user may no longer open.
 */
export function accountsOf(store: OktaStore): FindAccount {
  return (ctx, sub, token) => {
    const user = store.users.get(sub)
    if (user?.status !== 'ACTIVE') return undefined
    const appId = appByClientId(store, ctx.oidc.client?.clientId ?? '')?.id
    if (appId !== undefined && isRefresh(ctx) && !isAssigned(store, appId, sub)) return undefined
    return {
      accountId: user.id,
      claims: (use, scope) => {
        const { authTime, amr } = authentication(ctx, token as Source | undefined)
        const own = {
          sub: user.id,
          ...profile(user),
          ...(scope.split(' ').includes('groups') ? groups(store, appId, user, use) : {}),
        }
        if (use !== 'id_token') return own
        const accessToken = ctx.oidc.entities.AccessToken?.jti
        return {
          ...own,
          ver: 1,
          jti: oktaId('ID.'),
          idp: '00osandboxidpdefault',
          ...(amr === undefined ? {} : { amr }),
          ...(authTime === undefined ? {} : { auth_time: authTime }),
          // The library hashes it: OpenID Connect Core, section 3.1.3.6.
          ...(accessToken === undefined ? {} : { at_hash: accessToken }),
        }
      },
    }
  }
}

/** Okta sends `ver`, `jti`, `amr`, `idp`, `auth_time` and `at_hash` whatever the scope. */
export const CLAIMS = {
  openid: ['sub', 'ver', 'jti', 'amr', 'idp', 'auth_time', 'at_hash'],
  groups: ['groups'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale', 'zoneinfo'],
  email: ['email', 'email_verified'],
}
