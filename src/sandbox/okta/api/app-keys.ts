import { type ClientKey, oktaId } from '../store.ts'
import { appOf } from './apps.ts'
import type { Call, Routes } from './context.ts'
import { ApiError, invalid, json, NO_CONTENT, notFound } from './errors.ts'
import { checkKeys } from './validate-app.ts'

function keysOf(call: Call): ClientKey[] {
  const settings = appOf(call).settings.oauthClient
  settings.jwks ??= { keys: [] }
  return settings.jwks.keys
}

function keyOf(call: Call): ClientKey {
  const id = call.ids[1] ?? ''
  const key = keysOf(call).find((one) => one.id === id)
  if (key === undefined) throw notFound(id, 'OAuth2ClientJsonWebKey')
  return key
}

function setStatus(status: 'ACTIVE' | 'INACTIVE') {
  return (call: Call) => {
    const key = keyOf(call)
    const otherActive = keysOf(call).some((one) => one !== key && one.status === 'ACTIVE')
    if (status === 'INACTIVE' && !otherActive)
      throw invalid('status', 'status: The app must keep at least one active key.')
    key.status = status
    return json(200, key)
  }
}

export const keyRoutes: Routes = {
  'GET /api/v1/apps/{id}/credentials/jwks': (call) => json(200, { keys: keysOf(call) }),
  'GET /api/v1/apps/{id}/credentials/jwks/{id}': (call) => json(200, keyOf(call)),
  'POST /api/v1/apps/{id}/credentials/jwks': (call) => {
    const keys = keysOf(call)
    const body = call.body() as ClientKey
    checkKeys([...keys, body])
    const key: ClientKey = { ...body, id: oktaId('pks'), status: body.status ?? 'ACTIVE' }
    keys.push(key)
    return json(201, key)
  },
  'POST /api/v1/apps/{id}/credentials/jwks/{id}/lifecycle/activate': setStatus('ACTIVE'),
  'POST /api/v1/apps/{id}/credentials/jwks/{id}/lifecycle/deactivate': setStatus('INACTIVE'),
  'DELETE /api/v1/apps/{id}/credentials/jwks/{id}': (call) => {
    const key = keyOf(call)
    if (key.status !== 'INACTIVE')
      throw new ApiError(400, 'E0000001', 'Api validation failed: status', [
        'status: Only an inactive key can be deleted.',
      ])
    const keys = keysOf(call)
    keys.splice(keys.indexOf(key), 1)
    return NO_CONTENT
  },
}
