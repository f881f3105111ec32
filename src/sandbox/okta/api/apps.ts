import { withSecret } from '../client-secrets.ts'
import { DEFAULT_LEEWAY } from '../refresh.ts'
import { type App, type OAuthSettings, oktaId } from '../store.ts'
import { type Call, page, type Routes } from './context.ts'
import { apiError, invalid, json, NO_CONTENT, notFound } from './errors.ts'
import { type AppBody, checkApp } from './validate-app.ts'

/** The app that the call's first id names, or Okta's 404. */
export function appOf(call: Call): App {
  const id = call.ids[0] ?? ''
  const app = call.store.apps.get(id)
  if (app === undefined) throw notFound(id, 'AppInstance')
  return app
}

function shown(call: Call, app: App): App {
  const self = `${call.origin}/api/v1/apps/${app.id}`
  return {
    ...app,
    _links: {
      self: { href: self },
      groups: { href: `${self}/groups` },
      users: { href: `${self}/users` },
      ...(app.status === 'ACTIVE'
        ? { deactivate: { href: `${self}/lifecycle/deactivate`, hints: { allow: ['POST'] } } }
        : { activate: { href: `${self}/lifecycle/activate`, hints: { allow: ['POST'] } } }),
    },
  }
}

const stamp = (call: Call): string => new Date(call.clock.now()).toISOString()

/** Keys that come with the app get Okta's id and status, as the jwks sub-resource shows them. */
function withKeyIds(settings: OAuthSettings, before?: OAuthSettings): OAuthSettings {
  if (settings.jwks === undefined) return settings
  const known = before?.jwks?.keys ?? []
  const keys = settings.jwks.keys.map((key) => {
    const old = known.find((one) => one.kid === key.kid)
    return { ...key, id: old?.id ?? oktaId('pks'), status: old?.status ?? ('ACTIVE' as const) }
  })
  return { ...settings, jwks: { keys } }
}

/** Okta fills in what an app that may refresh does not say; whether on PUT as well is not documented. */
function withRefreshToken(settings: OAuthSettings): OAuthSettings {
  if (!settings.grant_types?.includes('refresh_token')) return settings
  const { rotation_type = 'STATIC', leeway = DEFAULT_LEEWAY } = settings.refresh_token ?? {}
  const refresh_token = rotation_type === 'STATIC' ? { rotation_type } : { rotation_type, leeway }
  return { ...settings, refresh_token }
}

function uniqueClientId(call: Call, wanted: unknown, own?: string): string | undefined {
  if (wanted === undefined || wanted === null) return undefined
  if (typeof wanted !== 'string' || !/^[\w-]{6,100}$/.test(wanted))
    throw invalid('client_id', 'client_id: must be 6 to 100 characters of A-Z a-z 0-9 _ -')
  const taken = [...call.store.apps.values()].some(
    (app) => app.id !== own && app.credentials.oauthClient.client_id === wanted,
  )
  if (taken) throw invalid('client_id', 'client_id: already in use')
  return wanted
}

function parts(body: AppBody, rest: Record<string, unknown>): Partial<App> {
  const { otherSettings, ...fields } = rest
  for (const name of ['id', 'status', 'created', 'lastUpdated', '_links', '_embedded', 'orn'])
    delete fields[name]
  return {
    ...fields,
    label: body.label,
    settings: { ...(otherSettings as object), oauthClient: body.settings },
  }
}

function create(call: Call) {
  const body = checkApp(call.body())
  const id = oktaId('0oa')
  const now = stamp(call)
  const clientId = uniqueClientId(call, body.oauthClient['client_id']) ?? id
  const made = parts(body, body.rest)
  const app: App = {
    visibility: { autoSubmitToolbar: false, hide: { iOS: true, web: true } },
    accessibility: { selfService: false, errorRedirectUrl: null },
    features: [],
    ...made,
    id,
    name: 'oidc_client',
    label: body.label,
    status: call.query.get('activate') === 'false' ? 'INACTIVE' : 'ACTIVE',
    signOnMode: 'OPENID_CONNECT',
    created: now,
    lastUpdated: now,
    credentials: {
      userNameTemplate: { template: '${source.login}', type: 'BUILT_IN' },
      oauthClient: withSecret({
        autoKeyRotation: true,
        ...body.oauthClient,
        client_id: clientId,
      }),
    },
    settings: {
      ...made.settings,
      oauthClient: withKeyIds({
        application_type: 'web',
        consent_method: 'TRUSTED',
        issuer_mode: 'ORG_URL',
        idp_initiated_login: { mode: 'DISABLED', default_scope: [] },
        wildcard_redirect: 'DISABLED',
        ...withRefreshToken(body.settings),
      }),
    },
  }
  call.store.apps.set(id, app)
  call.store.appGroups.set(id, new Set())
  return json(200, shown(call, app))
}

function replace(call: Call) {
  const old = appOf(call)
  const body = checkApp(call.body())
  const clientId = uniqueClientId(call, body.oauthClient['client_id'], old.id)
  const made = parts(body, body.rest)
  const app: App = {
    ...old,
    ...made,
    id: old.id,
    name: old.name,
    label: body.label,
    status: old.status,
    signOnMode: old.signOnMode,
    created: old.created,
    lastUpdated: stamp(call),
    credentials: {
      ...old.credentials,
      oauthClient: withSecret(
        {
          ...body.oauthClient,
          client_id: clientId ?? old.credentials.oauthClient.client_id,
        },
        old.credentials.oauthClient,
      ),
    },
    settings: {
      ...old.settings,
      ...made.settings,
      oauthClient: withKeyIds(withRefreshToken(body.settings), old.settings.oauthClient),
    },
  }
  call.store.apps.set(old.id, app)
  return json(200, shown(call, app))
}

function list(call: Call) {
  const q = call.query.get('q')?.toLowerCase()
  const status = /^status eq "(ACTIVE|INACTIVE)"$/.exec(call.query.get('filter') ?? '')?.[1]
  if (call.query.get('filter') && status === undefined)
    throw invalid('filter', `filter: '${call.query.get('filter')}' is not supported`)
  const found = [...call.store.apps.values()].filter(
    (app) =>
      (q === undefined || [app.label, app.name].some((it) => it.toLowerCase().startsWith(q))) &&
      (status === undefined || app.status === status),
  )
  const { items, headers } = page(call, '/api/v1/apps', found, 20)
  return json(
    200,
    items.map((app) => shown(call, app)),
    headers,
  )
}

function setStatus(status: App['status']): (call: Call) => ReturnType<typeof json> {
  return (call) => {
    const app = appOf(call)
    app.status = status
    app.lastUpdated = stamp(call)
    return json(200, {})
  }
}

export const appRoutes: Routes = {
  'GET /api/v1/apps': list,
  'POST /api/v1/apps': create,
  'GET /api/v1/apps/{id}': (call) => json(200, shown(call, appOf(call))),
  'PUT /api/v1/apps/{id}': replace,
  'DELETE /api/v1/apps/{id}': (call) => {
    const app = appOf(call)
    if (app.status !== 'INACTIVE') throw apiError('E0000056')
    call.store.apps.delete(app.id)
    call.store.appGroups.delete(app.id)
    call.store.groupsClaims.delete(app.id)
    call.store.clientSecrets.delete(app.id)
    return NO_CONTENT
  },
  'POST /api/v1/apps/{id}/lifecycle/activate': setStatus('ACTIVE'),
  'POST /api/v1/apps/{id}/lifecycle/deactivate': setStatus('INACTIVE'),
  'DELETE /api/v1/apps/{id}/tokens': (call) => {
    const app = appOf(call)
    for (const listener of call.store.onTokensRevoked) listener(app.id)
    return NO_CONTENT
  },
}
