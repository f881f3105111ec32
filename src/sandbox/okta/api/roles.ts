import { oktaId } from '../store.ts'
import { type Call, type Routes } from './context.ts'
import { apiError, json, notFound } from './errors.ts'

/** Who made the API token: somebody of the admin console, not one of the site's users. */
const OWNER = '00u0sandboxadmin0000'

function ownerOnly(call: Call): void {
  // A service app has no user behind it.
  if (call.power === undefined) throw apiError('E0000006')
}

/**
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/ and
 * …/tag/RoleAssignmentAUser/: which roles the owner of the token has.
 */
export const roleRoutes: Routes = {
  'GET /api/v1/users/me': (call) => {
    ownerOnly(call)
    const profile = { login: 'admin@sandbox.example', firstName: 'Sandbox', lastName: 'Admin' }
    return json(200, { id: OWNER, status: 'ACTIVE', profile })
  },
  'GET /api/v1/users/{id}/roles': (call) => {
    ownerOnly(call)
    if (call.ids[0] !== OWNER) throw notFound(call.ids[0] ?? '', 'User')
    const type = call.power === 'all' ? 'SUPER_ADMIN' : 'READ_ONLY_ADMIN'
    return json(200, [{ id: oktaId('ra1'), type, status: 'ACTIVE', assignmentType: 'USER' }])
  },
}
