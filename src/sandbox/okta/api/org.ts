import { appOf } from './apps.ts'
import type { Call, Routes } from './context.ts'
import { json, NO_CONTENT, notFound } from './errors.ts'

const POLICY = 'rst0sandboxdefault00'

function defaultPolicy(call: Call) {
  return {
    id: POLICY,
    type: 'ACCESS_POLICY',
    name: 'Any two factors',
    status: 'ACTIVE',
    priority: 1,
    system: true,
    _links: { self: { href: `${call.origin}/api/v1/policies/${POLICY}` } },
  }
}

export const orgRoutes: Routes = {
  'GET /api/v1/org': (call) =>
    json(200, { id: call.store.orgId, companyName: 'Sandbox', status: 'ACTIVE' }),
  'GET /api/v1/policies': (call) =>
    json(200, call.query.get('type') === 'ACCESS_POLICY' ? [defaultPolicy(call)] : []),
  'PUT /api/v1/apps/{id}/policies/{id}': (call) => {
    appOf(call)
    if (call.ids[1] !== POLICY) throw notFound(call.ids[1] ?? '', 'Policy')
    return NO_CONTENT
  },
}
