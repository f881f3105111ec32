import type { OktaClientSettings } from '../../access/settings.ts'
import type { OktaExamined } from '../../plan/examined.ts'
import type { Manifest } from '../../plan/manifest.ts'
import type { Finding } from '../../plan/types.ts'
import { notChecked, refused } from '../refused.ts'

/** Roles of Okta's own that may make and change OpenID Connect apps. */
const MAKE_APPS = ['SUPER_ADMIN', 'APP_ADMIN', 'API_ACCESS_MANAGEMENT_ADMIN']
/** What is in them is for the org to say. */
const OWN_ROLES = /CUSTOM|^$/
const NEEDED_SCOPES = ['okta.apps.manage', 'okta.groups.read']
const GIVE =
  'Set OKTA_CLIENT_ORGURL and OKTA_CLIENT_TOKEN, or the variables of a service app, or give --okta-token-file.'

/** Before an install they are needed; later most commands go on without them. */
export function checkOktaCredentials(
  okta: OktaExamined,
  manifest: Manifest | undefined,
  client?: OktaClientSettings,
): Finding[] {
  if (client) return []
  if (okta.tried && !okta.tried.ok) return [refused(okta.tried.error)]
  if (okta.credentials && okta.tried) return [...checkScopes(okta), ...checkRoles(okta)]
  const why = okta.credentials
    ? 'it is not known which Okta org the credentials are for'
    : 'no Okta credentials were found'
  if (manifest) return [notChecked('Okta app', why, GIVE)]
  return [
    {
      code: 'okta-credentials',
      severity: 'broken',
      subject: '',
      message: `init needs Okta credentials, and ${why}.`,
      next: GIVE,
    },
  ]
}

/** A service app gets the scopes that it asks for, or no token at all. */
function checkScopes({ credentials }: OktaExamined): Finding[] {
  const scopes = credentials?.scopes
  const missing = scopes && NEEDED_SCOPES.filter((scope) => !covers(scopes, scope))
  if (!missing || missing.length === 0) return []
  return [
    {
      code: 'okta-denied',
      severity: 'broken',
      subject: '',
      message: `The Okta service app asks for the scopes ${scopes.join(' ')} and lacks ${missing.join(' and ')}.`,
      next: 'Grant them on its Okta API Scopes tab (a Super Admin can), and name them in OKTA_CLIENT_SCOPES.',
    },
  ]
}

/** To manage includes to read: https://developer.okta.com/docs/api/oauth2 */
function covers(scopes: string[], scope: string): boolean {
  return scopes.includes(scope) || scopes.includes(scope.replace(/\.read$/, '.manage'))
}

/** A token that can only read is found out by the roles of its owner: trying to write would be writing. */
function checkRoles({ credentials, roles }: OktaExamined): Finding[] {
  if (roles && !roles.ok) return [refused(roles.error)]
  const types = roles?.value
  if (types?.some((type) => MAKE_APPS.includes(type))) return []
  if (types === undefined || types.some((type) => OWN_ROLES.test(type))) {
    const whose = credentials?.scopes ? 'a service app' : 'the owner of the token'
    const next = 'Ask for the role Application Administrator, or look it up in the admin console.'
    return [notChecked('Okta role', `Okta does not say which role ${whose} has`, next)]
  }
  return [
    {
      code: 'okta-denied',
      severity: 'broken',
      subject: '',
      message: `The Okta token can read and not write: its owner has ${types.length === 0 ? 'no admin role' : `the roles ${types.join(', ')}`}.`,
      next: 'Have a token made by an Application Administrator.',
    },
  ]
}

/** Discovery is public: it is asked even where credentials are missing. */
export function checkIssuer({ issuer }: OktaExamined, manifest: Manifest | undefined): Finding[] {
  if (!issuer) return []
  if (!issuer.ok) return [refused(issuer.error)]
  const baked = manifest?.metadata?.issuer
  if (baked === undefined || baked === issuer.value) return []
  return [
    {
      code: 'okta-issuer',
      severity: 'broken',
      subject: '',
      message: `Okta calls itself ${issuer.value} now, and the edge function takes ID tokens of ${baked} alone: nobody can sign in.`,
      next: 's3-okta-guard apply',
    },
  ]
}
