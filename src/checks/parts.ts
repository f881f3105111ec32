import type { Settings } from '../access/settings.ts'
import { isGuarded } from '../plan/behaviors.ts'
import { namesOf } from '../plan/names.ts'
import type { Observed } from '../plan/observed.ts'
import {
  revocationState,
  revokedWords,
  type RevocationState,
} from '../plan/resources/revocations.ts'
import type { Plan } from '../plan/types.ts'
import { RUNTIME_END } from './runtime.ts'

export type PartState = 'ok' | 'drift' | 'missing' | 'not-checked' | 'pending'

/** One line of `status`. */
export interface Part {
  part: string
  state: PartState
  detail: string
}

/** Every part of the guard and whether it is as installed; read off the plan that would repair it. */
export function partsOf(settings: Settings, observed: Observed, plan: Plan): Part[] {
  return [
    oktaPart(observed, plan),
    groupsPart(settings, observed, plan),
    accessPart(settings, observed, plan),
    keysPart(observed, plan),
    rolePart(settings, observed, plan),
    functionPart(observed, plan),
    ...revocationsPart(observed),
    ...behaviorParts(settings, observed, plan),
    propagationPart(observed),
  ]
}

/** What the steps of these ids mean for the part that they belong to. */
function stateOf(plan: Plan, prefix: string, exists: boolean): PartState {
  if (!exists) return 'missing'
  const steps = plan.steps.filter(({ id }) => id === prefix || id.startsWith(`${prefix}.`))
  const changed = steps.some(({ reason }) => reason === 'drift' || reason === 'settings')
  if (changed) return 'drift'
  return steps.some(({ reason }) => reason === 'missing') ? 'missing' : 'ok'
}

function oktaPart({ okta, manifest }: Observed, plan: Plan): Part {
  const part = 'Okta app'
  if (!okta.checked) return { part, state: 'not-checked', detail: okta.reason }
  const state = stateOf(plan, 'okta.app', okta.app !== undefined)
  const detail = okta.app
    ? `${okta.app.label} (${okta.app.id}), ${okta.app.status.toLowerCase()}, refresh tokens ${okta.app.refreshToken.rotation}`
    : `not found${manifest?.okta ? ` (was ${manifest.okta.appId})` : ''}`
  return { part, state, detail }
}

function groupsPart(settings: Settings, { okta }: Observed, plan: Plan): Part {
  const part = 'Who may sign in'
  const detail = 'everyone' in settings.allow ? 'everyone' : settings.allow.groups.join(', ')
  if (!okta.checked) return { part, state: 'not-checked', detail }
  const unclear = okta.unclear.map(({ name }) => name)
  if (unclear.length > 0)
    return { part, state: 'missing', detail: `no group ${unclear.join(', ')}` }
  return { part, state: stateOf(plan, 'okta.group', true), detail }
}

/** The rules are in the function: they are as installed when it is. */
function accessPart({ access }: Settings, observed: Observed, plan: Plan): Part {
  const { manifest } = observed
  const { length } = access.rules
  const rules = length === 0 ? 'everyone who may sign in' : `${length} rule${length > 1 ? 's' : ''}`
  const open = access.public.length
  const paths = open === 0 ? [] : [`${open} public path${open > 1 ? 's' : ''}`]
  const revision = manifest?.access ? [`revision ${manifest.access.revision}`] : []
  const state = functionState(observed, plan)
  return { part: 'Access rules', state, detail: [rules, ...paths, ...revision].join(', ') }
}

function keysPart({ manifest }: Observed, plan: Plan): Part {
  const rings = Object.entries(manifest?.keys ?? {})
  const detail = rings
    .map(([ring, entries]) => `${ring} ${entries.map(({ kid }) => kid.slice(0, 8)).join(', ')}`)
    .join('; ')
  const exists = rings.every(([, entries]) => entries.length > 0) && rings.length > 0
  return { part: 'Keys in SSM', state: stateOf(plan, 'keys', exists), detail }
}

function rolePart(settings: Settings, { role }: Observed, plan: Plan): Part {
  const policy = stateOf(plan, 'iam.policy', role !== undefined)
  const state = policy === 'ok' ? stateOf(plan, 'iam.role', role !== undefined) : policy
  return { part: 'IAM role', state, detail: role?.name ?? namesOf(settings.distribution).role }
}

/** Nothing is missing from a function that only has not heard of a revocation. */
function functionState(observed: Observed, plan: Plan): PartState {
  const state = stateOf(plan, 'lambda', observed.lambda !== undefined)
  const isBehind = observed.lambda !== undefined && revocationState(observed) === 'pending'
  return isBehind && state === 'missing' ? 'pending' : state
}

function functionPart(observed: Observed, plan: Plan): Part {
  const { lambda, manifest } = observed
  const part = 'Edge function'
  const installed = manifest?.function
  if (!lambda) return { part, state: 'missing', detail: 'not found' }
  const version = installed?.versionArn.split(':').at(-1) ?? '?'
  const digest = installed?.codeSha256.slice(0, 12) ?? '?'
  const end = RUNTIME_END[lambda.runtime]
  return {
    part,
    state: functionState(observed, plan),
    detail: `version ${version}, code ${digest}…, ${lambda.runtime}${end === undefined ? '' : ` (until ${end})`}`,
  }
}

const REVOCATION_STATES: Record<RevocationState, PartState> = {
  none: 'ok',
  'in-force': 'ok',
  pending: 'pending',
  lost: 'drift',
}

/** No line where there is nothing to say. */
function revocationsPart(observed: Observed): Part[] {
  const state = revocationState(observed)
  if (state === 'none') return []
  const detail = state === 'lost' ? 'the record is gone' : revokedWords(observed.revocations)
  return [{ part: 'Revoked sessions', state: REVOCATION_STATES[state], detail }]
}

/** A newer version that could be attached takes nothing from the one that is. */
function behaviorParts(
  settings: Settings,
  { distribution, manifest }: Observed,
  plan: Plan,
): Part[] {
  const installed = `version ${manifest?.function?.versionArn.split(':').at(-1) ?? ''}`
  const attach = plan.steps.find(({ id }) => id === 'cloudfront.behaviors')
  return (distribution?.behaviors ?? [])
    .filter(({ pattern }) => isGuarded(settings, pattern))
    .map(({ pattern }) => {
      const change = attach?.changes.find(
        ({ field, from }) =>
          field === `behavior ${pattern}` && !(attach.reason === 'update' && from === installed),
      )
      const state = change ? (change.from === '' ? 'missing' : 'drift') : 'ok'
      const detail = change ? `${change.from === '' ? 'no guard' : change.from}` : 'guarded'
      return { part: `Behavior ${pattern}`, state, detail }
    })
}

function propagationPart({ distribution }: Observed): Part {
  const deployed = distribution?.status === 'Deployed'
  return {
    part: 'CloudFront',
    state: distribution ? (deployed ? 'ok' : 'pending') : 'missing',
    detail: distribution ? distribution.status : 'no such distribution',
  }
}
