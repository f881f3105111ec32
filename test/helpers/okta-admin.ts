import type { AdminSheet } from '../../src/plan/okta/admin-sheet.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'

/** Somebody with admin rights in Okta, who types into the console what they are told. */
export interface OktaAdmin {
  /** An app that nobody has set up yet. */
  newApp(authentication: 'private_key_jwt' | 'client_secret_basic'): Promise<NewApp>
  /** Enters what the guard has printed. */
  enter(appId: string, sheet: AdminSheet): Promise<void>
  /** Changes single fields of `settings.oauthClient`. */
  change(appId: string, fields: Record<string, unknown>): Promise<void>
  call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
}

export interface NewApp {
  id: string
  clientId: string
  /** Empty with private_key_jwt. */
  secret: string
}

interface AppJson {
  id: string
  credentials: { oauthClient: Record<string, string> }
  settings: { oauthClient: Record<string, unknown> }
}

const KINDS = new Map([
  ['Authorization Code', 'authorization_code'],
  ['Refresh Token', 'refresh_token'],
])

const METHODS = new Map([
  ['Client secret', 'client_secret_basic'],
  ['Public key / Private key, keys saved in Okta', 'private_key_jwt'],
])

export function oktaAdmin({ okta }: Sandbox): OktaAdmin {
  const call: OktaAdmin['call'] = async (method, path, body) => {
    const response = await fetch(okta.url + path, {
      method,
      headers: { authorization: `SSWS ${okta.token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  }
  const change: OktaAdmin['change'] = async (appId, fields) => {
    const app = (await call('GET', `/api/v1/apps/${appId}`)) as unknown as AppJson
    Object.assign(app.settings.oauthClient, fields)
    await call('PUT', `/api/v1/apps/${appId}`, app)
  }
  return {
    call,
    change,
    async newApp(authentication) {
      const app = (await call('POST', '/api/v1/apps', {
        name: 'oidc_client',
        label: 'Quarterly reports',
        signOnMode: 'OPENID_CONNECT',
        credentials: { oauthClient: { token_endpoint_auth_method: authentication } },
        settings: {
          oauthClient: {
            redirect_uris: ['https://example.com/callback'],
            response_types: ['code'],
            grant_types: ['authorization_code'],
            application_type: 'web',
            ...(authentication === 'private_key_jwt' && { jwks: { keys: [PLACEHOLDER] } }),
          },
        },
      })) as unknown as AppJson
      const { client_id = '', client_secret = '' } = app.credentials.oauthClient
      return { id: app.id, clientId: client_id, secret: client_secret }
    },
    async enter(appId, { entries, jwks }) {
      const values = (field: string): string[] =>
        entries.find((one) => one.field === field)?.values ?? []
      const app = (await call('GET', `/api/v1/apps/${appId}`)) as unknown as AppJson
      const required = values('Proof Key for Code Exchange (PKCE)')[0] === 'required'
      const [method = ''] = values('Client authentication')
      Object.assign(app.credentials.oauthClient, {
        pkce_required: required,
        token_endpoint_auth_method: METHODS.get(method),
      })
      Object.assign(app.settings.oauthClient, {
        grant_types: values('Grant types').map((name) => KINDS.get(name)),
        redirect_uris: values('Sign-in redirect URIs'),
        post_logout_redirect_uris: values('Sign-out redirect URIs'),
        initiate_login_uri: values('Initiate login URI')[0],
        refresh_token: { rotation_type: 'STATIC' },
        ...(jwks.length > 0 && { jwks: { keys: jwks } }),
      })
      await call('PUT', `/api/v1/apps/${appId}`, app)
      for (const name of values('Assignments')) {
        const groups = (await call(
          'GET',
          `/api/v1/groups?q=${encodeURIComponent(name)}`,
        )) as unknown
        const [group] = groups as { id: string }[]
        await call('PUT', `/api/v1/apps/${appId}/groups/${group?.id ?? ''}`, {})
      }
    },
  }
}

/** Okta makes no app with private_key_jwt without a key. */
const PLACEHOLDER = {
  kty: 'RSA',
  kid: 'placeholder',
  alg: 'RS256',
  use: 'sig',
  e: 'AQAB',
  n: 'u'.repeat(341) + 'w',
}
