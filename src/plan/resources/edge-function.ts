import type { EdgeConfig, NotBefore, OktaMetadata } from '../../access/edge-config.ts'
import type { PublicRsaJwk } from '../../access/jwk.ts'
import { originOf } from '../../access/settings.ts'
import { digestOf, same } from '../canonical.ts'
import { accessWarnings, configChanges } from '../changes.ts'
import type { PlanContext } from '../context.ts'
import { sessionKids } from '../keys/facts.ts'
import type { InstalledFunction, Manifest } from '../manifest.ts'
import { namesOf } from '../names.ts'
import type { LambdaFunction, Observed } from '../observed.ts'
import { change, step } from '../step.ts'
import type { Change, Reason, Ref, Step } from '../types.ts'
import { effectiveRevocations, revocationState, revokedWords } from './revocations.ts'
import { roleArn } from './role.ts'

/** Limits of a viewer-request function as AWS documented them first; newer pages allow more. */
const MEMORY = 128
const TIMEOUT = 5
const HANDLER = 'index.handler'

/** `config.json`, with refs where a value is not known before apply. */
export type PlannedConfig = Omit<EdgeConfig, 'clientId' | 'sessionKeys'> & {
  clientId: string | Ref
  sessionKeys: (PublicRsaJwk | Ref)[]
}

export interface FunctionInputs {
  clientId: string | Ref
  sessionKeys: (PublicRsaJwk | Ref)[]
  sessionKids: (string | Ref)[]
  notBefore: NotBefore
}

export interface PlannedFunction {
  steps: Step[]
  versionArn: string | Ref
  /** For the manifest. */
  installed: Planned<InstalledFunction>
  metadata: OktaMetadata | undefined
}

type Planned<T> = {
  [Field in keyof T]: T[Field] extends string[] | undefined ? (string | Ref)[] : T[Field] | Ref
}

function edgeConfig(
  context: PlanContext,
  inputs: Omit<FunctionInputs, 'sessionKids'>,
  metadata: OktaMetadata,
): PlannedConfig {
  const { settings, distribution } = context
  return {
    version: 1,
    distribution,
    origins: settings.hosts.map(originOf),
    clientId: inputs.clientId,
    oktaHost: new URL(settings.okta.orgUrl).host,
    okta: metadata,
    sessionKeys: inputs.sessionKeys,
    session: {
      tokenSeconds: settings.session.tokenMinutes * 60,
      maxSeconds: settings.session.maxHours * 3600,
      graceSeconds: settings.session.graceMinutes * 60,
    },
    access: {
      public: settings.access.public,
      rules: settings.access.rules,
      revision: context.access.revision,
      formerGroups: context.access.formerGroups,
    },
    site: context.site,
    notBefore: inputs.notBefore,
    log: settings.function.logLevel,
    secrets: {
      region: 'us-east-1',
      ...(context.ssmEndpoint === undefined ? {} : { endpoint: context.ssmEndpoint }),
      ...namesOf(distribution).keys,
    },
  }
}

export function planFunction(
  observed: Observed,
  context: PlanContext,
  inputs: FunctionInputs,
): PlannedFunction {
  const why = reasonToBuild(observed, context, inputs)
  const found = observed.manifest?.function
  const metadata = why ? freshMetadata(observed) : bakedMetadata(observed.manifest)
  const parameters = functionParameters(observed, context)
  const steps: Step[] = []
  const lambda = observed.lambda
  const name = namesOf(context.distribution).function

  if (!lambda || why) {
    const config = metadata ? edgeConfig(context, inputs, metadata) : undefined
    steps.push(
      step({
        id: 'lambda.function',
        kind: lambda ? 'lambda.code.update' : 'lambda.function.create',
        action: lambda ? 'update' : 'create',
        reason: why ?? context.reasonForMissing,
        resource: `Lambda function ${name}`,
        inputs: { ...parameters, config },
        changes: lambda ? codeChanges(observed, context, inputs) : [],
        warnings: accessWarnings(observed.settings, context.settings),
        after: ['okta.app', 'okta.client', 'iam.policy', 'keys.session'],
      }),
    )
  }
  const drifted = lambda ? parameterChanges(lambda, parameters) : []
  if (drifted.length > 0) {
    steps.push(
      step({
        id: 'lambda.configuration',
        kind: 'lambda.configuration.update',
        action: 'update',
        reason: settingsChanged(observed, context) ? 'settings' : 'drift',
        resource: `Lambda function ${name}: configuration`,
        inputs: parameters,
        changes: drifted,
        after: ['lambda.function'],
      }),
    )
  }
  if (steps.length === 0 && found && versionExists(observed, context, found)) {
    return { steps, versionArn: found.versionArn, installed: { ...found }, metadata }
  }
  const ref = (field: string): Ref => ({ ref: `lambda.version.${field}` })
  steps.push(
    step({
      id: 'lambda.version',
      kind: 'lambda.version.publish',
      action: 'create',
      reason: steps[0]?.reason ?? (settingsChanged(observed, context) ? 'settings' : 'drift'),
      resource: `Lambda version of ${name}`,
      inputs: {
        name,
        codeSha256: codeKnown(steps) ? { ref: 'lambda.function.codeSha256' } : lambda?.codeSha256,
      },
      after: ['lambda.function', 'lambda.configuration'],
    }),
  )
  return {
    steps,
    versionArn: ref('versionArn'),
    installed: {
      versionArn: ref('versionArn'),
      codeSha256: ref('codeSha256'),
      configDigest: codeKnown(steps)
        ? { ref: 'lambda.function.configDigest' }
        : (found?.configDigest ?? ''),
      ...(codeKnown(steps)
        ? { build: context.build, sessionKids: inputs.sessionKids }
        : {
            build: found?.build ?? '',
            ...(found?.sessionKids && { sessionKids: found.sessionKids }),
          }),
    },
    metadata,
  }
}

function codeKnown(steps: Step[]): boolean {
  return steps.some(({ id }) => id === 'lambda.function')
}

/** undefined: what stands in Lambda is what the settings, the keys and this build would give. */
function reasonToBuild(
  observed: Observed,
  context: PlanContext,
  inputs: FunctionInputs,
): Reason | undefined {
  const found = observed.manifest?.function
  if (!found || !observed.lambda) return context.reasonForMissing
  const baked = bakedMetadata(observed.manifest)
  if (!baked || digestOf(edgeConfig(context, inputs, baked)) !== found.configDigest) {
    if (settingsChanged(observed, context)) return 'settings'
    if (baked && isRotating(observed, context, inputs, baked)) return 'housekeeping'
    return isRevoking(observed) ? 'missing' : context.reasonForOlder
  }
  if (observed.lambda.codeSha256 !== found.codeSha256) return 'drift'
  if (found.build !== context.build) return 'update'
  const fresh = freshMetadata(observed)
  if (fresh && !same(baked, fresh)) return 'update'
  return undefined
}

/** Nothing but the session keys is to be others: one is on its way, or has had its time. */
function isRotating(
  observed: Observed,
  context: PlanContext,
  inputs: FunctionInputs,
  baked: OktaMetadata,
): boolean {
  const { manifest } = observed
  // A ring that has to be made anew was lost.
  if (inputs.sessionKeys.some((key) => 'ref' in key)) return false
  const known = manifest?.keys.session ?? []
  const former = sessionKids(manifest).flatMap(
    (kid) => known.find((entry) => entry.kid === kid) ?? [],
  )
  const sessionKeys = former.map((entry) => entry.public)
  const config = edgeConfig(context, { ...inputs, sessionKeys }, baked)
  return digestOf(config) === manifest?.function?.configDigest
}

/** Left out by a run that died, or about to be done: no other hands were here. */
function isRevoking(observed: Observed): boolean {
  return observed.manifest?.access !== undefined && revocationState(observed) === 'pending'
}

function settingsChanged(observed: Observed, context: PlanContext): boolean {
  return observed.settings !== undefined && !same(observed.settings, context.settings)
}

/** Okta's newest keys where it could be asked, else those that were baked in before. */
function freshMetadata(observed: Observed): OktaMetadata | undefined {
  const { okta } = observed
  const asked = okta.checked ? okta.metadata : okta.client?.metadata
  return asked ?? bakedMetadata(observed.manifest)
}

/** What an older version baked in may lack an endpoint: then Okta must be asked again. */
function bakedMetadata(manifest: Manifest | undefined): OktaMetadata | undefined {
  const { metadata } = manifest ?? {}
  const { revocationEndpoint, userinfoEndpoint } = metadata ?? {}
  if (!metadata || revocationEndpoint === undefined || userinfoEndpoint === undefined) return
  return { ...metadata, revocationEndpoint, userinfoEndpoint }
}

/** A run that died may have given the wanted runtime to the function, and to no version yet. */
function versionExists(
  observed: Observed,
  { settings }: PlanContext,
  found: InstalledFunction,
): boolean {
  return (
    observed.lambda?.versions.some(
      ({ arn, codeSha256, runtime }) =>
        arn === found.versionArn &&
        codeSha256 === found.codeSha256 &&
        runtime === settings.function.runtime,
    ) ?? false
  )
}

interface FunctionParameters extends Record<string, unknown> {
  name: string
  roleArn: string
  runtime: string
  handler: string
  memory: number
  timeout: number
}

function functionParameters(observed: Observed, context: PlanContext): FunctionParameters {
  return {
    name: namesOf(context.distribution).function,
    roleArn: roleArn(observed.identity.account, context.distribution),
    runtime: context.settings.function.runtime,
    handler: HANDLER,
    memory: MEMORY,
    timeout: TIMEOUT,
  }
}

function parameterChanges(lambda: LambdaFunction, wanted: FunctionParameters): Change[] {
  const fields = ['roleArn', 'runtime', 'handler', 'memory', 'timeout'] as const
  return fields
    .filter((field) => lambda[field] !== wanted[field])
    .map((field) => change(field, lambda[field], wanted[field]))
}

function codeChanges(observed: Observed, context: PlanContext, inputs: FunctionInputs): Change[] {
  const { settings: installed, manifest } = observed
  const found = manifest?.function
  if (!found) return []
  const changes = configChanges(installed, context, manifest)
  if (['pending', 'lost'].includes(revocationState(observed))) {
    changes.push(change('revocations', '', revokedWords(effectiveRevocations(observed))))
  }
  const checks = sessionKids(manifest)
  if (!same(checks, inputs.sessionKids)) {
    changes.push(change('session keys', checks, inputs.sessionKids.map(kidWord)))
  }
  if (found.build !== context.build) {
    changes.push(change('edge build', found.build.slice(0, 12), context.build.slice(0, 12)))
  }
  if (changes.length > 0) return changes
  if (observed.lambda?.codeSha256 !== found.codeSha256) {
    return [change('code', 'changed by others', 'as installed')]
  }
  return [change('config.json', 'as installed', 'as wanted')]
}

function kidWord(kid: string | Ref): string {
  return typeof kid === 'string' ? kid : '(new)'
}
