import type * as oidcProvider from 'oidc-provider'
import type {
  AccessToken,
  Client,
  ClientCredentials,
  Configuration,
  KoaContextWithOIDC,
  Provider,
  RefreshToken,
} from 'oidc-provider'
import { CLAIMS, accountsOf } from './accounts.ts'
import type { Memory } from './adapter.ts'
import { useClientAuthentication } from './client-authentication.ts'
import { useDpop } from './dpop.ts'
import { useLogout } from './logout.ts'
import { errorPage } from './pages.ts'
import { quietly } from './quiet.ts'
import { refuseUnknownScopes } from './scopes.ts'
import { keepOfflineAccess, rotation } from './refresh.ts'
import { type App, appByClientId, isAssigned, type OktaStore } from './store.ts'
import { useOktaTexts } from './texts.ts'

export interface ProviderOptions {
  issuer: string
  store: OktaStore
  memory: Memory
  /** Private RS256 JWK with `kid`: the org's signing key. */
  signingKey: Record<string, unknown>
  cookieKey: string
}

/** Seconds; for how long Okta's org server renews what it gave. */
const NINETY_DAYS = 90 * 86_400

type Library = typeof oidcProvider

function appOf(store: OktaStore, ctx: KoaContextWithOIDC): App | undefined {
  return appByClientId(store, ctx.oidc.client?.clientId ?? '')
}

/** Okta asks for sign-in first and looks at the assignment after it. */
function interactionPolicy(library: Library, store: OktaStore) {
  const { base, Check } = library.interactionPolicy
  const policy = base()
  policy.get('login')?.checks.add(
    new Check('unknown_scope', 'Custom scopes are not allowed for this request.', (ctx) => {
      refuseUnknownScopes(library, ctx)
      return Check.NO_NEED_TO_PROMPT
    }),
    0,
  )
  policy.get('login')?.checks.add(
    new Check('offline_access', 'never asked for', (ctx) => {
      keepOfflineAccess(ctx)
      return Check.NO_NEED_TO_PROMPT
    }),
  )
  policy.get('consent')?.checks.add(
    new Check('not_assigned', 'User is not assigned to the client application.', (ctx) => {
      const app = appOf(store, ctx)
      const userId = ctx.oidc.session?.accountId
      if (app && userId && !isAssigned(store, app.id, userId))
        throw new library.errors.AccessDenied('User is not assigned to the client application.')
      return Check.NO_NEED_TO_PROMPT
    }),
  )
  return policy
}

/** TRUSTED consent: what the app asks for is granted without a question. */
async function grantEverything(ctx: KoaContextWithOIDC) {
  const { client, session, provider } = ctx.oidc
  if (!client || !session?.accountId) return undefined
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope('openid profile email groups offline_access')
  await grant.save()
  return grant
}

/**
 * A client's own tokens. A refresh token takes its access tokens along; the library would do it the
 * other way round as well, and Okta does not.
 */
async function mayRevoke(
  _ctx: KoaContextWithOIDC,
  client: Client,
  token: AccessToken | ClientCredentials | RefreshToken,
): Promise<boolean> {
  if (token.clientId !== client.clientId) return false
  if (token.kind !== 'AccessToken') return true
  await token.destroy()
  return false
}

function configuration(library: Library, options: ProviderOptions): Configuration {
  const { store } = options
  return {
    adapter: options.memory.adapter,
    jwks: { keys: [options.signingKey] },
    cookies: {
      keys: [options.cookieKey],
      names: { session: 'sid', interaction: 'interaction', resume: 'resume' },
    },
    routes: {
      authorization: '/oauth2/v1/authorize',
      token: '/oauth2/v1/token',
      jwks: '/oauth2/v1/keys',
      userinfo: '/oauth2/v1/userinfo',
      introspection: '/oauth2/v1/introspect',
      revocation: '/oauth2/v1/revoke',
      end_session: '/oauth2/v1/logout',
    },
    scopes: [
      'openid',
      'profile',
      'email',
      'offline_access',
      'groups',
      'okta.apps.manage',
      'okta.apps.read',
      'okta.groups.read',
      'okta.groups.manage',
      'okta.users.read',
      'okta.users.manage',
      'okta.policies.read',
    ],
    claims: CLAIMS,
    // Okta's ID token carries the claims of its scopes although an access token comes along.
    conformIdTokenClaims: false,
    findAccount: accountsOf(store),
    loadExistingGrant: grantEverything,
    rotateRefreshToken: rotation(store),
    // What an app was given does not end with the browser's session at Okta.
    expiresWithSession: () => false,
    pkce: {
      required: (ctx) => appOf(store, ctx)?.credentials.oauthClient['pkce_required'] !== false,
    },
    interactions: {
      url: (_ctx, interaction) => `/signin/${interaction.uid}`,
      policy: interactionPolicy(library, store),
    },
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
      'none',
    ],
    // Okta insists on the endpoint itself; the library would take the issuer as well.
    assertJwtClientAuthClaimsAndHeader: async (ctx, claims) => {
      if (claims['aud'] !== `${options.issuer}${ctx.path}`)
        throw new library.errors.InvalidClientAuth(
          'The audience claim for client_assertion must be the endpoint invoked for the request.',
        )
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: mayRevoke },
      introspection: { enabled: true, allowedPolicy: () => true },
      dPoP: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        // Never seen: see logout.ts, which answers in its place.
        logoutSource: (ctx) => {
          ctx.body = ''
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.redirect('/')
        },
      },
    },
    ttl: {
      AccessToken: 3600,
      ClientCredentials: 3600,
      AuthorizationCode: 300,
      IdToken: 3600,
      RefreshToken: NINETY_DAYS,
      Interaction: 3600,
      Session: 7200,
      // Of the sign-in: rotating a token does not prolong it.
      Grant: NINETY_DAYS,
    },
    renderError: (ctx, out) => {
      ctx.type = 'html'
      ctx.body = errorPage(out.error, out.error_description ?? '')
    },
  }
}

/** The org authorization server on Okta's paths. */
export async function createProvider(options: ProviderOptions): Promise<Provider> {
  return quietly(async () => {
    const library = await import('oidc-provider')
    const provider = new library.default(options.issuer, configuration(library, options))
    useLogout(provider)
    useOktaTexts(provider)
    useClientAuthentication(library, provider, options.store)
    useDpop(provider, options.store)
    return provider
  })
}
