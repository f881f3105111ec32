import type { PublicRsaJwk } from '../../access/jwk.ts'
import { ROUTES } from '../../access/names.ts'
import { requestedScope } from '../../access/scope.ts'
import { originOf, type OktaClientSettings, type Settings } from '../../access/settings.ts'
import { ruleGroups } from '../access.ts'
import { groupsClaim } from './groups-claim.ts'

/** What an Okta admin enters for an app that is not the guard's, in the words of the admin console. */
export interface AdminSheet<Key = PublicRsaJwk> {
  clientId: string
  entries: { field: string; values: string[] }[]
  /** Public halves of the keys that the app must take; empty with a client secret. */
  jwks: Key[]
}

/** What of it Okta can be asked without admin rights. */
export interface ClientRequest {
  clientId: string
  redirectUris: string[]
  scope: string
}

export function clientRequest(settings: Settings, { id }: OktaClientSettings): ClientRequest {
  const isOrgServer = settings.okta.authorizationServer === 'org'
  return {
    clientId: id,
    redirectUris: settings.hosts.map((host) => originOf(host) + ROUTES.callback),
    scope: requestedScope(isOrgServer, ruleGroups(settings).length > 0),
  }
}

/** https://help.okta.com/oie/en-us/content/topics/apps/apps_app_integration_wizard_oidc.htm */
export function adminSheet<Key = PublicRsaJwk>(
  settings: Settings,
  client: OktaClientSettings,
  jwks: Key[],
): AdminSheet<Key> {
  const { redirectUris } = clientRequest(settings, client)
  const origins = settings.hosts.map(originOf)
  const hasSecret = client.authentication === 'client_secret'
  const entries: [string, string[]][] = [
    ['Application type', ['OIDC - OpenID Connect, Web Application']],
    [
      'Client authentication',
      [hasSecret ? 'Client secret' : 'Public key / Private key, keys saved in Okta'],
    ],
    ['Proof Key for Code Exchange (PKCE)', ['required']],
    ['Grant types', ['Authorization Code', 'Refresh Token']],
    ['Refresh token', [refreshTokenWords(settings)]],
    ['Sign-in redirect URIs', redirectUris],
    ['Sign-out redirect URIs', origins.map((origin) => origin + ROUTES.signedOut)],
    ['Initiate login URI', [`${origins[0] ?? ''}${ROUTES.login}`]],
    ['Assignments', 'groups' in settings.allow ? settings.allow.groups : ['Everyone']],
    ...(hasSecret || jwks.length > 0 ? [] : [KEY_TO_COME]),
    ...claimEntry(settings),
    ...policyEntry(settings),
  ]
  return {
    clientId: client.id,
    entries: entries.map(([field, values]) => ({ field, values })),
    jwks: hasSecret ? [] : jwks,
  }
}

const KEY_TO_COME: [string, string[]] = [
  'Public key',
  ['shown by the first run without --dry-run, which makes it'],
]

function refreshTokenWords({ okta: { refreshToken } }: Settings): string {
  return refreshToken.rotation === 'STATIC'
    ? 'Use persistent token'
    : `Rotate token after every use, grace period ${refreshToken.leewaySeconds} seconds`
}

function claimEntry(settings: Settings): [string, string[]][] {
  const groups = ruleGroups(settings)
  return groups.length === 0 ? [] : [['Groups claim', [groupsClaim(settings, groups)]]]
}

function policyEntry({ okta: { authorizationServer } }: Settings): [string, string[]][] {
  if (authorizationServer === 'org') return []
  const rule = `of ${authorizationServer}: a rule for this app with Authorization Code, and refresh tokens`
  return [['Access policy', [rule]]]
}

/** A line a value; keys as JSON, to be pasted. */
export function sheetLines({ clientId, entries, jwks }: AdminSheet): string[] {
  return [
    `Client ID: ${clientId}`,
    ...entries.flatMap(({ field, values }) => values.map((value) => `${field}: ${value}`)),
    ...jwks.map((jwk) => `Public key (JWK): ${JSON.stringify(jwk)}`),
  ]
}
