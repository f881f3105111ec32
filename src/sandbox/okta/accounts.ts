import type { FindAccount, KoaContextWithOIDC } from 'oidc-provider'
import { oktaId, type OktaStore, type User } from './store.ts'

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

/** What an ID token and userinfo say of a user; undefined for one who is suspended or gone. */
export function accountsOf(store: OktaStore): FindAccount {
  return (ctx, sub, token) => {
    const user = store.users.get(sub)
    if (user?.status !== 'ACTIVE') return undefined
    return {
      accountId: user.id,
      claims: (use) => {
        const { authTime, amr } = authentication(ctx, token as Source | undefined)
        const own = { sub: user.id, ...profile(user) }
        if (use !== 'id_token') return own
        return {
          ...own,
          ver: 1,
          jti: oktaId('ID.'),
          idp: '00osandboxidpdefault',
          ...(amr === undefined ? {} : { amr }),
          ...(authTime === undefined ? {} : { auth_time: authTime }),
        }
      },
    }
  }
}

/** Okta sends `ver`, `jti`, `amr`, `idp` and `auth_time` whatever the scope. */
export const CLAIMS = {
  openid: ['sub', 'ver', 'jti', 'amr', 'idp', 'auth_time'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale', 'zoneinfo'],
  email: ['email', 'email_verified'],
}
