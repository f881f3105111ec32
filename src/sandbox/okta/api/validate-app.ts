import { invalid } from './errors.ts'
import type { ClientKey, OAuthSettings } from '../store.ts'

const AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'none',
]
const GRANT_TYPES = [
  'authorization_code',
  'implicit',
  'refresh_token',
  'password',
  'client_credentials',
]

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkUris(field: string, uris: unknown): void {
  if (uris === undefined) return
  if (!Array.isArray(uris)) throw invalid(field, `${field}: must be an array`)
  const seen = new Set<string>()
  for (const uri of uris) {
    if (typeof uri !== 'string' || !URL.canParse(uri) || uri.includes('#'))
      throw invalid(field, `${field}: '${String(uri)}' is not a valid URI`)
    if (seen.has(uri)) throw invalid(field, `${field}: '${uri}' is duplicated`)
    seen.add(uri)
  }
}

/** RFC 7517 as far as Okta insists: a kid each, no two alike, and nothing private. */
export function checkKeys(keys: unknown): ClientKey[] {
  if (!Array.isArray(keys)) throw invalid('jwks', 'jwks: keys must be an array')
  if (keys.length > 50) throw invalid('jwks', 'jwks: An app may have at most 50 keys.')
  const kids = new Set<unknown>()
  for (const key of keys) {
    if (!isRecord(key) || (key['kty'] !== 'RSA' && key['kty'] !== 'EC'))
      throw invalid('jwks', "jwks: 'kty' must be RSA or EC.")
    if (key['d'] !== undefined)
      throw invalid('jwks', 'jwks: The JSON Web Key must not contain private key material.')
    if (typeof key['kid'] !== 'string' || key['kid'] === '')
      throw invalid('jwks', "jwks: 'kid' is required.")
    if (kids.has(key['kid'])) throw invalid('jwks', 'jwks: The kid must be unique.')
    kids.add(key['kid'])
  }
  return keys as ClientKey[]
}

function checkRefreshToken(settings: OAuthSettings): void {
  const grants = settings.grant_types ?? []
  if (grants.includes('refresh_token') && !grants.includes('authorization_code'))
    throw invalid(
      'grant_types',
      "grant_types: 'refresh_token' must be accompanied by 'authorization_code'.",
    )
  if (settings.refresh_token === undefined) return
  const { rotation_type: rotation = 'STATIC', leeway = 0 } = settings.refresh_token
  if (rotation !== 'STATIC' && rotation !== 'ROTATE')
    throw invalid('rotation_type', `rotation_type: '${String(rotation)}' is not a valid value`)
  if (!Number.isInteger(leeway) || leeway < 0 || leeway > 60)
    throw invalid('leeway', 'leeway: must be between 0 and 60')
}

function checkOAuthClient(client: Record<string, unknown>, settings: OAuthSettings): void {
  const method = client['token_endpoint_auth_method'] ?? 'client_secret_basic'
  if (typeof method !== 'string' || !AUTH_METHODS.includes(method))
    throw invalid(
      'token_endpoint_auth_method',
      `token_endpoint_auth_method: '${JSON.stringify(method)}' is not a valid value`,
    )
  const grants = settings.grant_types ?? []
  for (const grant of grants)
    if (!GRANT_TYPES.includes(grant))
      throw invalid('grant_types', `grant_types: '${grant}' is not a valid grant type`)
  if (grants.includes('authorization_code')) {
    if (!settings.redirect_uris?.length)
      throw invalid(
        'redirect_uris',
        "redirect_uris: The 'redirect_uris' parameter is required for the grant type 'authorization_code'.",
      )
    if (!settings.response_types?.includes('code'))
      throw invalid(
        'response_types',
        "response_types: 'code' is required for the grant type 'authorization_code'.",
      )
  }
  checkRefreshToken(settings)
  checkUris('redirect_uris', settings.redirect_uris)
  checkUris('post_logout_redirect_uris', settings.post_logout_redirect_uris)
  if (settings['initiate_login_uri'] !== undefined)
    checkUris('initiate_login_uri', [settings['initiate_login_uri']])
  if (settings.jwks !== undefined) checkKeys(settings.jwks.keys)
  if (method === 'private_key_jwt' && !settings.jwks?.keys.length && !settings['jwks_uri'])
    throw invalid('jwks', "jwks: 'jwks' or 'jwks_uri' is required for private_key_jwt.")
}

export interface AppBody {
  label: string
  oauthClient: Record<string, unknown>
  settings: OAuthSettings
  rest: Record<string, unknown>
}

/** What `POST` and `PUT /api/v1/apps` accept, or Okta's `E0000001`. */
export function checkApp(body: unknown): AppBody {
  if (!isRecord(body)) throw invalid('application', 'The request body must be an application.')
  const { label, name, signOnMode, credentials, settings, ...rest } = body
  if (typeof label !== 'string' || label === '')
    throw invalid('label', 'label: The field cannot be left blank')
  if (label.length > 100)
    throw invalid('label', 'label: The field is too long. Maximum length is 100.')
  if (name !== 'oidc_client' || signOnMode !== 'OPENID_CONNECT')
    throw invalid('name', "name: this org offers 'oidc_client' with 'OPENID_CONNECT' only")
  const oauthClient = isRecord(credentials) ? credentials['oauthClient'] : undefined
  const oauthSettings = isRecord(settings) ? settings['oauthClient'] : undefined
  if (!isRecord(oauthClient)) throw invalid('credentials', 'credentials: oauthClient is required')
  if (!isRecord(oauthSettings)) throw invalid('settings', 'settings: oauthClient is required')
  checkOAuthClient(oauthClient, oauthSettings)
  const { oauthClient: _own, ...otherSettings } = settings as Record<string, unknown>
  return {
    label,
    oauthClient,
    settings: oauthSettings,
    rest: Object.keys(otherSettings).length > 0 ? { ...rest, otherSettings } : rest,
  }
}
