import { newSecret, secretObject, secretsOf, usesSecret } from '../client-secrets.ts'
import type { ClientSecret } from '../store.ts'
import { appOf } from './apps.ts'
import type { Call, Routes } from './context.ts'
import { invalid, json, NO_CONTENT, notFound } from './errors.ts'

const MAX_SECRETS = 2

function secretOf(call: Call): ClientSecret {
  const id = call.ids[1] ?? ''
  const secret = secretsOf(call.store, appOf(call)).find((one) => one.id === id)
  if (secret === undefined) throw notFound(id, 'OAuth2ClientSecret')
  return secret
}

function shown(call: Call, secret: ClientSecret) {
  const self = `${call.origin}/api/v1/apps/${call.ids[0]}/credentials/secrets/${secret.id}`
  const change = secret.status === 'ACTIVE' ? 'deactivate' : 'activate'
  const href = `${self}/lifecycle/${change}`
  return {
    ...secret,
    _links: {
      [change]: { href, hints: { allow: ['POST'] } },
      ...(secret.status === 'INACTIVE' && { delete: { href: self, hints: { allow: ['DELETE'] } } }),
    },
  }
}

/** The app itself shows the newest secret that is good. */
function showNewest(call: Call): void {
  const app = appOf(call)
  const newest = secretsOf(call.store, app).findLast(({ status }) => status === 'ACTIVE')
  if (newest) app.credentials.oauthClient['client_secret'] = newest.client_secret
}

function add(call: Call) {
  const app = appOf(call)
  if (!usesSecret(app.credentials.oauthClient))
    throw invalid('client_secret', 'client_secret: The client does not authenticate with a secret.')
  const secrets = secretsOf(call.store, app)
  if (secrets.length >= MAX_SECRETS)
    throw invalid('client_secret', `client_secret: You can create up to ${MAX_SECRETS} secrets.`)
  const { client_secret = newSecret(), status = 'ACTIVE' } = (call.body() ?? {}) as {
    client_secret?: unknown
    status?: unknown
  }
  if (typeof client_secret !== 'string' || client_secret === '')
    throw invalid('client_secret', 'client_secret: is not valid')
  if (status !== 'ACTIVE' && status !== 'INACTIVE') throw invalid('status', 'status: is not valid')
  const now = new Date(call.clock.now()).toISOString()
  const made: ClientSecret = {
    ...secretObject(client_secret, now),
    status: status === 'ACTIVE' ? 'ACTIVE' : 'INACTIVE',
  }
  call.store.clientSecrets.set(app.id, [...secrets, made])
  showNewest(call)
  return json(201, shown(call, made))
}

function setStatus(status: ClientSecret['status']) {
  return (call: Call) => {
    const secret = secretOf(call)
    const others = secretsOf(call.store, appOf(call)).filter((one) => one !== secret)
    if (status === 'INACTIVE' && !others.some((one) => one.status === 'ACTIVE'))
      throw invalid('status', 'status: The only secret of a client cannot be deactivated.')
    secret.status = status
    secret.lastUpdated = new Date(call.clock.now()).toISOString()
    showNewest(call)
    return json(200, shown(call, secret))
  }
}

/**
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOCredentialOAuth2ClientAuth/:
 * two secrets at most, the only one stays active, and only an inactive one can be deleted.
 */
export const secretRoutes: Routes = {
  'GET /api/v1/apps/{id}/credentials/secrets': (call) =>
    json(
      200,
      secretsOf(call.store, appOf(call)).map((secret) => shown(call, secret)),
    ),
  'GET /api/v1/apps/{id}/credentials/secrets/{id}': (call) =>
    json(200, shown(call, secretOf(call))),
  'POST /api/v1/apps/{id}/credentials/secrets': add,
  'POST /api/v1/apps/{id}/credentials/secrets/{id}/lifecycle/activate': setStatus('ACTIVE'),
  'POST /api/v1/apps/{id}/credentials/secrets/{id}/lifecycle/deactivate': setStatus('INACTIVE'),
  'DELETE /api/v1/apps/{id}/credentials/secrets/{id}': (call) => {
    const secret = secretOf(call)
    if (secret.status !== 'INACTIVE')
      throw invalid('status', 'status: Only an inactive secret can be deleted.')
    const left = secretsOf(call.store, appOf(call)).filter((one) => one !== secret)
    call.store.clientSecrets.set(call.ids[0] ?? '', left)
    return NO_CONTENT
  },
}
