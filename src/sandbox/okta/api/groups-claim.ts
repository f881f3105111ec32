import type { GroupsClaim } from '../store.ts'
import { appOf } from './apps.ts'
import { type Call, type Routes } from './context.ts'
import { invalid, json } from './errors.ts'

const FILTERS = ['STARTS_WITH', 'EQUALS', 'CONTAINS', 'REGEX', 'NONE']

interface Body {
  name?: unknown
  valueType?: unknown
  groupFilterType?: unknown
  value?: unknown
}

function shown(claim: GroupsClaim | undefined) {
  return {
    name: 'groups',
    valueType: 'GROUPS',
    groupFilterType: claim?.filter.type ?? 'NONE',
    value: claim?.filter.value ?? '',
  }
}

function set(call: Call) {
  const { id } = appOf(call)
  const { name = 'groups', valueType = 'GROUPS', groupFilterType, value } = call.body() as Body
  if (name !== 'groups' || valueType !== 'GROUPS')
    throw invalid('name', "name: this org offers a claim 'groups' of the type GROUPS only")
  if (typeof groupFilterType !== 'string' || !FILTERS.includes(groupFilterType))
    throw invalid('groupFilterType', 'groupFilterType: is not valid')
  if (groupFilterType === 'NONE') call.store.groupsClaims.delete(id)
  else {
    if (typeof value !== 'string' || value === '')
      throw invalid('value', 'value: The field cannot be left blank')
    const type = groupFilterType as GroupsClaim['filter']['type']
    call.store.groupsClaims.set(id, { filter: { type, value } })
  }
  return json(200, shown(call.store.groupsClaims.get(id)))
}

/**
 * What the admin console itself calls, and Terraform's provider with an SSWS token; no OAuth scope
 * reaches it.
 */
export const groupsClaimRoutes: Routes = {
  'GET /api/v1/internal/apps/{id}/settings/oauth/idToken': (call) =>
    json(200, shown(call.store.groupsClaims.get(appOf(call).id))),
  'POST /api/v1/internal/apps/{id}/settings/oauth/idToken': set,
}
