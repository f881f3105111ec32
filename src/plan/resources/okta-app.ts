import type { PublicRsaJwk } from '../../access/jwk.ts'
import { ROUTES } from '../../access/names.ts'
import { originOf, type Settings } from '../../access/settings.ts'
import { same } from '../canonical.ts'
import type { PlanContext } from '../context.ts'
import { ringOf } from '../keys/begin.ts'
import { dueOf, pendingOf } from '../keys/ring.ts'
import { appLabel } from '../names.ts'
import {
  MANAGED_BY,
  type Observed,
  type OktaApp,
  type OktaAppFields,
  type RefreshTokenFields,
} from '../observed.ts'
import { change, step } from '../step.ts'
import type { Change, Reason, Ref, Step } from '../types.ts'

type Desired = Omit<OktaAppFields, 'jwks'> & { jwks: (PublicRsaJwk | Ref)[] }

/** The fields of the app that are the guard's; everything else in it belongs to the Okta admin. */
export function desiredApp(
  settings: Settings,
  account: string,
  jwks: (PublicRsaJwk | Ref)[],
): Desired {
  const origins = settings.hosts.map(originOf)
  return {
    label: appLabel(settings.hosts[0] ?? ''),
    redirectUris: origins.map((origin) => origin + ROUTES.callback),
    postLogoutRedirectUris: origins.map((origin) => origin + ROUTES.signedOut),
    initiateLoginUri: `${origins[0] ?? ''}${ROUTES.login}`,
    grantTypes: ['authorization_code', 'refresh_token'],
    responseTypes: ['code'],
    applicationType: 'web',
    tokenEndpointAuthMethod: 'private_key_jwt',
    pkceRequired: true,
    consentMethod: 'TRUSTED',
    issuerMode: issuerMode(settings.okta.orgUrl),
    jwks,
    refreshToken: settings.okta.refreshToken,
    profile: { managedBy: MANAGED_BY, distribution: settings.distribution, awsAccount: account },
  }
}

/** Pinned, never DYNAMIC: https://developer.okta.com/docs/guides/custom-url-domain/main/ */
function issuerMode(orgUrl: string): string {
  const { hostname, protocol } = new URL(orgUrl)
  const oktas = /\.(okta|oktapreview|okta-emea|okta-gov|trexcloud)\.(com|mil)$/.test(hostname)
  return oktas || protocol === 'http:' ? 'ORG_URL' : 'CUSTOM_URL'
}

export function oktaAppSteps(
  observed: Observed,
  context: PlanContext,
  jwks: (PublicRsaJwk | Ref)[],
): Step[] {
  if (!observed.okta.checked) return []
  const desired = desiredApp(context.settings, observed.identity.account, jwks)
  const { app } = observed.okta
  if (!app) {
    return [
      step({
        id: 'okta.app',
        kind: 'okta.app.create',
        action: 'create',
        reason: context.reasonForMissing,
        resource: `Okta app "${desired.label}"`,
        inputs: { fields: desired },
        changes: [change('redirect_uris', '', desired.redirectUris)],
        after: ['keys.client'],
        warnings: leftBehind(observed, context.settings),
      }),
    ]
  }
  const changes = differences(app, desired)
  if (app.status !== 'ACTIVE') changes.push(change('status', app.status, 'ACTIVE'))
  if (changes.length === 0) return []
  return [
    step({
      id: 'okta.app',
      kind: 'okta.app.update',
      action: 'update',
      reason: reasonForChange(observed, context, changes, {
        there: app.jwks,
        wanted: desired.jwks,
      }),
      resource: `Okta app "${app.label}"`,
      inputs: { appId: app.id, fields: desired, activate: app.status !== 'ACTIVE' },
      changes,
      after: ['keys.client'],
    }),
  ]
}

interface Jwks {
  there: PublicRsaJwk[]
  wanted: (PublicRsaJwk | Ref)[]
}

/** What the version before could not want is no drift. */
const SINCE_REFRESH = ['grantTypes', 'refreshToken']

function reasonForChange(
  observed: Observed,
  context: PlanContext,
  changes: Change[],
  jwks: Jwks,
): Reason {
  if (!observed.settings) return context.reasonForMissing
  if (!same(observed.settings, context.settings)) return 'settings'
  const isKeysOnly = changes.every(({ field }) => field === 'jwks')
  if (isKeysOnly && isRotating(observed, context, jwks)) return 'housekeeping'
  const isOlder = changes.every(({ field }) => SINCE_REFRESH.includes(field))
  return isOlder ? context.reasonForOlder : 'drift'
}

/** A key is on its way and not there yet, or has had its time and is still there. */
function isRotating({ manifest }: Observed, { now }: PlanContext, jwks: Jwks): boolean {
  const ring = manifest && ringOf(manifest, 'client')
  // A ring that has to be made anew was lost.
  if (!ring || jwks.wanted.some((key) => 'ref' in key)) return false
  const due = dueOf(ring, now).map(({ kid }) => kid)
  const pending = pendingOf(ring)?.kid
  const there = jwks.there.map(({ kid }) => kid)
  const known = ring.entries.map(({ kid }) => kid)
  const needed = known.filter((kid) => kid !== pending && !due.includes(kid))
  return there.every((kid) => known.includes(kid)) && needed.every((kid) => there.includes(kid))
}

/** With another org the app of the former one is out of reach. */
function leftBehind({ manifest }: Observed, settings: Settings): string[] {
  const former = manifest?.okta
  if (!former || former.orgUrl === settings.okta.orgUrl) return []
  return [`the app ${former.appId} stays in ${former.orgUrl}: delete it there`]
}

/** Lists are sets to Okta: their order is no difference. */
function differences(app: OktaApp, desired: Desired): Change[] {
  const changes: Change[] = []
  for (const field of Object.keys(desired) as (keyof Desired)[]) {
    if (field === 'jwks') continue
    if (!same(sorted(app[field]), sorted(desired[field]))) {
      changes.push(change(field, words(app[field]), words(desired[field])))
    }
  }
  if (!same(sorted(app.jwks.map(({ kid }) => kid)), sorted(desired.jwks.map(kidOf)))) {
    changes.push(
      change(
        'jwks',
        app.jwks.map(({ kid }) => kid),
        desired.jwks.map(kidOf),
      ),
    )
  }
  return changes
}

function words(value: unknown): unknown {
  const { rotation, leewaySeconds } = Object(value) as Partial<RefreshTokenFields>
  if (rotation === undefined) return value
  return leewaySeconds === undefined ? rotation : `${rotation}, leeway ${leewaySeconds} s`
}

function kidOf(key: PublicRsaJwk | Ref): string {
  return 'kid' in key ? key.kid : '(new)'
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...(value as unknown[])].sort() : value
}

/** Who may sign in: assignments are made and taken back, one step a group. */
export function oktaGroupSteps(observed: Observed, context: PlanContext): Step[] {
  if (!observed.okta.checked) return []
  const { app, assigned, wanted } = observed.okta
  const appId: string | Ref = app ? app.id : { ref: 'okta.app.appId' }
  const reason =
    observed.settings && !same(observed.settings.allow, context.settings.allow)
      ? 'settings'
      : context.reasonForMissing
  // Other hands have assigned it: no new revision asks the open sessions back.
  const when =
    reason === 'settings' ? 'with their next request' : 'when their session token expires'
  const added = wanted.filter(({ id }) => !assigned.some((group) => group.id === id))
  const removed = assigned.filter(({ id }) => !wanted.some((group) => group.id === id))
  return [
    ...added.map((group) =>
      step({
        id: `okta.group.${group.id}`,
        kind: 'okta.group.assign',
        action: 'create',
        reason,
        resource: `Okta assignment: group "${group.name}" may sign in`,
        inputs: { appId, groupId: group.id },
        after: ['okta.app'],
      }),
    ),
    ...removed.map((group) =>
      step({
        id: `okta.group.${group.id}`,
        kind: 'okta.group.unassign',
        action: 'delete',
        reason,
        resource: `Okta assignment: group "${group.name}" may no longer sign in`,
        inputs: { appId, groupId: group.id },
        after: ['okta.app'],
        warnings: [`members of "${group.name}" lose access ${when}`],
      }),
    ),
  ]
}

export function oktaDestroySteps(observed: Observed): Step[] {
  if (!observed.okta.checked || !observed.okta.app) return []
  const { app } = observed.okta
  const on = {
    resource: `Okta app "${app.label}"`,
    reason: 'settings',
    inputs: { appId: app.id },
  } as const
  return [
    step({
      ...on,
      id: 'okta.tokens',
      kind: 'okta.tokens.revoke',
      action: 'delete',
      resource: `Tokens of ${on.resource}`,
    }),
    step({
      ...on,
      id: 'okta.app',
      kind: 'okta.app.delete',
      action: 'delete',
      after: ['okta.tokens'],
    }),
  ]
}
