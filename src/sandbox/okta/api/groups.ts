import type { Group } from '../store.ts'
import { appOf } from './apps.ts'
import { type Call, page, type Routes } from './context.ts'
import { apiError, invalid, json, NO_CONTENT, notFound } from './errors.ts'
import { listUsers, userAt } from './users.ts'

const EPOCH = '2020-01-01T00:00:00.000Z'

function shown(call: Call, group: Group) {
  return {
    id: group.id,
    created: EPOCH,
    lastUpdated: EPOCH,
    lastMembershipUpdated: EPOCH,
    objectClass: ['okta:user_group'],
    type: group.type,
    profile: { name: group.name, description: group.description },
    _links: { self: { href: `${call.origin}/api/v1/groups/${group.id}` } },
  }
}

/** `profile.name eq "X"`, `profile.name sw "X"`, `type eq "BUILT_IN"`: what Okta documents first. */
function searchFilter(expression: string): (group: Group) => boolean {
  const terms = expression.split(/ and /i).map((term) => {
    const [, field, operator, quoted] =
      /^\(?\s*(profile\.name|type) (eq|sw) ("(?:[^"\\]|\\.)*")\s*\)?$/.exec(term.trim()) ?? []
    if (quoted === undefined)
      throw invalid('search', `search: Invalid search criteria. '${expression}'`)
    const value = (JSON.parse(quoted) as string).toLowerCase()
    return (group: Group) => {
      const actual = (field === 'type' ? group.type : group.name).toLowerCase()
      return operator === 'eq' ? actual === value : actual.startsWith(value)
    }
  })
  return (group) => terms.every((term) => term(group))
}

function list(call: Call) {
  const q = call.query.get('q')?.toLowerCase()
  const search = call.query.get('search') ?? call.query.get('filter')
  const fits = search ? searchFilter(search) : () => true
  const found = [...call.store.groups.values()].filter(
    (group) => (q === undefined || group.name.toLowerCase().startsWith(q)) && fits(group),
  )
  const { items, headers } = page(call, '/api/v1/groups', found, 200)
  return json(
    200,
    items.map((group) => shown(call, group)),
    headers,
  )
}

function groupAt(call: Call, index: number): Group {
  const id = call.ids[index] ?? ''
  const group = call.store.groups.get(id)
  if (group === undefined) throw notFound(id, 'UserGroup')
  return group
}

/** A group whose members an administrator chooses. */
function ownGroup(call: Call): Group {
  const group = groupAt(call, 0)
  if (group.type === 'BUILT_IN') throw apiError('E0000006')
  return group
}

function assignment(call: Call, appId: string, group: Group, priority: number) {
  const base = `${call.origin}/api/v1/apps/${appId}`
  return {
    id: group.id,
    lastUpdated: EPOCH,
    priority,
    profile: {},
    _links: {
      app: { href: base },
      self: { href: `${base}/groups/${group.id}` },
      group: { href: `${call.origin}/api/v1/groups/${group.id}` },
    },
    ...(call.query.get('expand') === 'group' ? { _embedded: { group: shown(call, group) } } : {}),
  }
}

function assigned(call: Call): Set<string> {
  const app = appOf(call)
  const set = call.store.appGroups.get(app.id) ?? new Set<string>()
  call.store.appGroups.set(app.id, set)
  return set
}

export const groupRoutes: Routes = {
  'GET /api/v1/groups': list,
  'GET /api/v1/groups/{id}': (call) => json(200, shown(call, groupAt(call, 0))),
  'GET /api/v1/groups/{id}/users': (call) => {
    const { id } = groupAt(call, 0)
    const everyone = id === call.store.everyone.id
    const users = [...call.store.users.values()].filter((user) => everyone || user.groupIds.has(id))
    return listUsers(call, `/api/v1/groups/${id}/users`, users)
  },
  'PUT /api/v1/groups/{id}/users/{id}': (call) => {
    userAt(call, 1).groupIds.add(ownGroup(call).id)
    return NO_CONTENT
  },
  'DELETE /api/v1/groups/{id}/users/{id}': (call) => {
    userAt(call, 1).groupIds.delete(ownGroup(call).id)
    return NO_CONTENT
  },
  'GET /api/v1/users/{id}/groups': (call) => {
    const ids = [call.store.everyone.id, ...userAt(call, 0).groupIds]
    const groups = ids.flatMap((id) => call.store.groups.get(id) ?? [])
    return json(
      200,
      groups.map((group) => shown(call, group)),
    )
  },
  'GET /api/v1/apps/{id}/groups': (call) => {
    const app = appOf(call)
    const groups = [...assigned(call)].flatMap((id) => call.store.groups.get(id) ?? [])
    const { items, headers } = page(call, `/api/v1/apps/${app.id}/groups`, groups, 20)
    return json(
      200,
      items.map((group, index) => assignment(call, app.id, group, index)),
      headers,
    )
  },
  'GET /api/v1/apps/{id}/groups/{id}': (call) => {
    const group = groupAt(call, 1)
    if (!assigned(call).has(group.id)) throw notFound(group.id, 'ApplicationGroupAssignment')
    return json(200, assignment(call, appOf(call).id, group, 0))
  },
  'PUT /api/v1/apps/{id}/groups/{id}': (call) => {
    const group = groupAt(call, 1)
    const set = assigned(call)
    set.add(group.id)
    return json(200, assignment(call, appOf(call).id, group, set.size - 1))
  },
  'DELETE /api/v1/apps/{id}/groups/{id}': (call) => {
    const group = groupAt(call, 1)
    if (!assigned(call).delete(group.id)) throw notFound(group.id, 'ApplicationGroupAssignment')
    return NO_CONTENT
  },
}
