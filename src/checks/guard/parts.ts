import type { OktaClientSettings, Settings } from '../../access/settings.ts'
import { isGuarded } from '../../plan/distribution/behaviors.ts'
import { keyAges, type KeyAge } from '../../plan/keys/age.ts'
import { namesOf, RINGS } from '../../plan/names.ts'
import type { Observed } from '../../plan/observed.ts'
import {
  revocationState,
  revokedWords,
  type RevocationState,
} from '../../plan/resources/revocations.ts'
import type { Plan } from '../../plan/types.ts'
import { RUNTIME_END } from './runtime.ts'

export type PartState = 'ok' | 'drift' | 'missing' | 'not-checked' | 'pending'

/** One line of `status`. */
export interface Part {
  part: string
  state: PartState
  detail: string
}

/** Every part of the guard and whether it is as installed; read off the plan that would repair it. */
export function partsOf(settings: Settings, observed: Observed, plan: Plan, now: string): Part[] {
  return [
    settings.okta.client ? clientPart(settings.okta.client, observed) : oktaPart(observed, plan),
    groupsPart(settings, observed, plan),
    accessPart(settings, observed, plan),
    ...keyParts(settings, observed, plan, now),
    encryptionPart(settings, plan),
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

function clientPart({ id }: OktaClientSettings, { okta }: Observed): Part {
  const begun = okta.checked ? [] : (okta.client?.begun ?? [])
  const isRefused = begun.some(({ answer }) => answer.kind === 'refused')
  const isUnclear = begun.length === 0 || begun.some(({ answer }) => answer.kind === 'unclear')
  return {
    part: 'Okta app',
    state: isRefused ? 'drift' : isUnclear ? 'not-checked' : 'ok',
    detail: `${id}, your Okta admin's: ${isRefused ? 'refuses sign-ins' : isUnclear ? 'did not say whether it takes sign-ins' : 'takes sign-ins'}`,
  }
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

/** One line a ring: which key is in use and how old it is, and what becomes of the others. */
function keyParts({ keys }: Settings, { manifest }: Observed, plan: Plan, now: string): Part[] {
  const ages = manifest ? keyAges(manifest, now, keys.maxAgeDays) : []
  return RINGS.map((ring) => {
    const own = ages.filter((key) => key.ring === ring)
    const state = own.length === 0 ? 'missing' : stateOf(plan, `keys.${ring}`, true)
    const isPending = state === 'ok' && own.some((key) => key.state === 'pending')
    return {
      part: `${ring.charAt(0).toUpperCase()}${ring.slice(1)} key`,
      state: isPending ? 'pending' : state,
      detail: own
        .sort((a, b) => ORDER[a.state] - ORDER[b.state])
        .map((key) => keyWords(key, now))
        .join('; '),
    }
  })
}

const ORDER: Record<KeyAge['state'], number> = { current: 0, pending: 1, previous: 2 }

function keyWords({ kid, state, ageDays, rotateBy, retireAfter }: KeyAge, now: string): string {
  const name = kid.slice(0, 8)
  if (state === 'pending') return `${name} is next, not in use yet`
  if (state === 'previous') {
    const until = retireAfter ?? now
    return `${name} before it, ${until <= now ? 'due to go' : `goes after ${until}`}`
  }
  return `${name} in use, ${ageDays} day${ageDays === 1 ? '' : 's'} old, rotate by ${rotateBy?.slice(0, 10) ?? ''}`
}

/** The key policy of AWS's own key lets in every identity of the account: https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html */
function encryptionPart(settings: Settings, plan: Plan): Part {
  const { kmsKey } = settings.ssm
  const open = 'aws/ssm: whoever in the account may read these parameters can decrypt them'
  return { part: 'KMS key', state: stateOf(plan, 'encryption', true), detail: kmsKey ?? open }
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
          field === `behavior ${pattern}` &&
          !(['update', 'housekeeping'].includes(attach.reason) && from === installed),
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
