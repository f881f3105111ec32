import { setUserStatus } from '../directory.ts'
import { appByClientId, type User } from '../store.ts'
import { type Call, page, type Routes } from './context.ts'
import { invalid, json, NO_CONTENT, notFound } from './errors.ts'

function shown(call: Call, user: User) {
  const [firstName = '', ...rest] = user.name.split(' ')
  return {
    id: user.id,
    status: user.status,
    profile: { login: user.login, email: user.email, firstName, lastName: rest.join(' ') },
    _links: { self: { href: `${call.origin}/api/v1/users/${user.id}` } },
  }
}

/** By id, login or what of it stands before the @, as every path under `/users/{id}` takes it. */
export function userAt(call: Call, index: number): User {
  const id = call.ids[index] ?? ''
  const users = [...call.store.users.values()]
  const user =
    call.store.users.get(id) ??
    users.find((one) => one.login === id) ??
    users.find((one) => one.login.split('@')[0] === id)
  if (user === undefined) throw notFound(id, 'User')
  return user
}

/** `profile.login eq "…"`, the same with `profile.email`, or several of them with `or`: what finds one person. */
function searchFilter(expression: string): (user: User) => boolean {
  const filters = expression.split(/ or (?=profile\.)/).map(oneFilter)
  return (user) => filters.some((fits) => fits(user))
}

function oneFilter(expression: string): (user: User) => boolean {
  const [, field, quoted] =
    /^\s*profile\.(login|email) eq ("(?:[^"\\]|\\.)*")\s*$/.exec(expression) ?? []
  if (field === undefined || quoted === undefined)
    throw invalid('search', `search: Invalid search criteria. '${expression}'`)
  const wanted = (JSON.parse(quoted) as string).toLowerCase()
  return (user) => (field === 'login' ? user.login : user.email).toLowerCase() === wanted
}

export function listUsers(call: Call, path: string, users: User[]) {
  const { items, headers } = page(call, path, users, 200)
  return json(
    200,
    items.map((user) => shown(call, user)),
    headers,
  )
}

function list(call: Call) {
  const q = call.query.get('q')?.toLowerCase()
  const expression = call.query.get('search') ?? call.query.get('filter')
  const fits = expression ? searchFilter(expression) : () => true
  const users = [...call.store.users.values()].filter(
    (user) =>
      fits(user) &&
      (q === undefined ||
        [user.login, user.email, user.name].some((text) => text.toLowerCase().startsWith(q))),
  )
  return listUsers(call, '/api/v1/users', users)
}

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserLifecycle/ */
function lifecycle(from: User['status'][], to: User['status']) {
  return (call: Call) => {
    const user = userAt(call, 0)
    if (!from.includes(user.status))
      throw invalid('status', `status: A user who is ${user.status} cannot become ${to}.`)
    setUserStatus(call.store, user, to)
    return json(200, {})
  }
}

export const userRoutes: Routes = {
  'GET /api/v1/users': list,
  'GET /api/v1/users/{id}': (call) => json(200, shown(call, userAt(call, 0))),
  'POST /api/v1/users/{id}/lifecycle/suspend': lifecycle(['ACTIVE'], 'SUSPENDED'),
  'POST /api/v1/users/{id}/lifecycle/unsuspend': lifecycle(['SUSPENDED'], 'ACTIVE'),
  'POST /api/v1/users/{id}/lifecycle/deactivate': lifecycle(
    ['ACTIVE', 'SUSPENDED'],
    'DEPROVISIONED',
  ),
  'POST /api/v1/users/{id}/lifecycle/activate': lifecycle(['DEPROVISIONED'], 'ACTIVE'),
  /** The first call deactivates, the second deletes. */
  'DELETE /api/v1/users/{id}': (call) => {
    const user = userAt(call, 0)
    if (user.status === 'DEPROVISIONED') call.store.users.delete(user.id)
    else setUserStatus(call.store, user, 'DEPROVISIONED')
    return NO_CONTENT
  },
  /** Of one client alone. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserOAuth/ */
  'DELETE /api/v1/users/{id}/clients/{id}/tokens': (call) => {
    const user = userAt(call, 0)
    const clientId = call.ids[1] ?? ''
    if (!appByClientId(call.store, clientId)) throw notFound(clientId, 'PublicClientApp')
    for (const listener of call.store.onUserTokensRevoked) listener(user.id, clientId)
    return NO_CONTENT
  },
  'DELETE /api/v1/users/{id}/sessions': (call) => {
    const { id } = userAt(call, 0)
    const { store, query } = call
    const isAll = query.get('oauthTokens') === 'true'
    for (const listener of isAll ? store.onUserGone : store.onSessionsEnded) listener(id)
    return NO_CONTENT
  },
}
