import type { User } from '../store.ts'
import { appOf } from './apps.ts'
import { type Call, page, type Routes } from './context.ts'
import { json, NO_CONTENT, notFound } from './errors.ts'

const POLICY = 'rst0sandboxdefault00'

function shown(call: Call, user: User) {
  const [firstName = '', ...rest] = user.name.split(' ')
  return {
    id: user.id,
    status: user.status,
    profile: { login: user.login, email: user.email, firstName, lastName: rest.join(' ') },
    _links: { self: { href: `${call.origin}/api/v1/users/${user.id}` } },
  }
}

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
  'GET /api/v1/users': (call) => {
    const users = [...call.store.users.values()]
    const { items, headers } = page(call, '/api/v1/users', users, 200)
    return json(
      200,
      items.map((user) => shown(call, user)),
      headers,
    )
  },
  'GET /api/v1/users/{id}': (call) => {
    const id = call.ids[0] ?? ''
    const user =
      call.store.users.get(id) ?? [...call.store.users.values()].find((one) => one.login === id)
    if (user === undefined) throw notFound(id, 'User')
    return json(200, shown(call, user))
  },
  'GET /api/v1/policies': (call) =>
    json(200, call.query.get('type') === 'ACCESS_POLICY' ? [defaultPolicy(call)] : []),
  'PUT /api/v1/apps/{id}/policies/{id}': (call) => {
    appOf(call)
    if (call.ids[1] !== POLICY) throw notFound(call.ids[1] ?? '', 'Policy')
    return NO_CONTENT
  },
}
