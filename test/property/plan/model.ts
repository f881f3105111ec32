import { createHash } from 'node:crypto'
import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import type { PublicRsaJwk } from '../../../src/access/jwk.ts'
import type { Settings } from '../../../src/access/settings.ts'
import { mergeAssociations } from '../../../src/plan/distribution/associations.ts'
import { canonicalJson } from '../../../src/access/canonical-json.ts'
import { digestOf } from '../../../src/plan/canonical.ts'
import type { Before, Manifest, Revocations } from '../../../src/plan/manifest.ts'
import { namesOf } from '../../../src/plan/names.ts'
import {
  OWNER_TAG,
  type LambdaFunction,
  type Observed,
  type OktaApp,
  type OktaAppFields,
} from '../../../src/plan/observed.ts'
import type { AttachmentTarget } from '../../../src/plan/resources/attachment.ts'
import { describeRing } from '../../../src/plan/keys/facts.ts'
import type { Plan, Step } from '../../../src/plan/types.ts'
import { resolveRefs, type Outputs } from '../../../src/provision/resolve.ts'
import { ACCOUNT, ID, INPUT, OTHERS, READERS } from '../../unit/plan/world.ts'

const TAGS = { [OWNER_TAG]: ID }
const NAMES = namesOf(ID)
const GROUPS = [READERS, OTHERS]

type Inputs = Record<string, unknown>
type Effect = (world: Observed, inputs: Inputs, made: number) => Inputs | undefined

/** The world after the plan was carried out, as AWS and Okta would have it. */
export function applied(start: Observed, plan: Plan): Observed {
  const world = structuredClone(start)
  const outputs: Outputs = new Map()
  for (const step of plan.steps) {
    const inputs = resolveRefs(structuredClone(step.inputs), outputs) as Inputs
    const given = effectOf(step)(world, inputs, (made += 1)) ?? {}
    for (const [field, value] of Object.entries(given)) outputs.set(`${step.id}.${field}`, value)
  }
  return world
}

/** Every key and every code that is made differs from every other. */
let made = 0

function effectOf(step: Step): Effect {
  const effect = EFFECTS[step.kind]
  if (!effect) throw new Error(`the model knows no step of kind ${step.kind}`)
  return effect
}

const EFFECTS: Partial<Record<string, Effect>> = {
  'document.put': (world, { name, value }) => {
    parameter(world, String(name), 's3-okta-guard')
    const document = structuredClone(value)
    if (name === NAMES.manifest) world.manifest = document as Manifest
    else if (name === NAMES.settings) world.settings = document as Settings
    else if (name === NAMES.before) world.before = document as Before
    else if (name === NAMES.revocations) world.revocations = document as Revocations
    else if (name === NAMES.versionArn) world.versionArn = String(value)
    else throw new Error(`no document ${String(name)}`)
    return undefined
  },
  'parameters.delete': (world, { names }) => {
    for (const name of names as string[]) dropParameter(world, name)
    return undefined
  },
  'key.generate': (world, { ring, name, keyId }, count) => {
    const kid = `${String(ring)}-${count}`
    parameter(world, String(name), describeRing([kid]), String(keyId))
    const half: PublicRsaJwk = { kty: 'RSA', kid, alg: 'RS256', use: 'sig', n: kid, e: 'AQAB' }
    return { kid, createdAt: INPUT.now, ...(ring === 'seal' ? {} : { public: half }) }
  },
  'key.encrypt': (world, { name, keyId }) => {
    const found = world.parameters.find((one) => one.name === name)
    if (!found) throw new Error('ParameterNotFound')
    parameter(world, String(name), found.description, String(keyId))
    return undefined
  },
  'okta.app.create': (world, { fields }, count) => {
    const app: OktaApp = {
      ...(fields as OktaAppFields),
      id: `app-${count}`,
      clientId: `client-${count}`,
      status: 'ACTIVE',
    }
    okta(world).app = app
    okta(world).assigned = []
    return { appId: app.id, clientId: app.clientId }
  },
  'okta.app.update': (world, { fields }) => {
    const app = Object.assign(appOf(world), fields, { status: 'ACTIVE' })
    return { appId: app.id, clientId: app.clientId }
  },
  'okta.app.delete': (world) => {
    okta(world).app = undefined
    okta(world).assigned = []
    return undefined
  },
  'okta.tokens.revoke': (world) => {
    appOf(world)
    return undefined
  },
  'okta.group.assign': (world, { appId, groupId }) => {
    if (appOf(world).id !== appId) throw new Error('assigned to another app')
    okta(world).assigned.push(...GROUPS.filter(({ id }) => id === groupId))
    return undefined
  },
  'okta.group.unassign': (world, { groupId }) => {
    okta(world).assigned = okta(world).assigned.filter(({ id }) => id !== groupId)
    return undefined
  },
  'iam.role.create': (world, { name, trust }) => {
    if (world.role) throw new Error('EntityAlreadyExists')
    const arn = `arn:aws:iam::${ACCOUNT}:role/${String(name)}`
    world.role = {
      name: String(name),
      arn,
      trust,
      inlinePolicies: {},
      attachedPolicies: [],
      tags: TAGS,
    }
    return undefined
  },
  'iam.role.trust': (world, { trust }) => {
    roleOf(world).trust = trust
    return undefined
  },
  'iam.policy.put': (world, { policy, document }) => {
    roleOf(world).inlinePolicies[String(policy)] = document
    return undefined
  },
  'iam.policy.delete': (world, { policy }) => {
    const { [String(policy)]: _gone, ...rest } = roleOf(world).inlinePolicies
    roleOf(world).inlinePolicies = rest
    return undefined
  },
  'iam.role.delete': (world) => {
    const { inlinePolicies, attachedPolicies } = roleOf(world)
    if (Object.keys(inlinePolicies).length + attachedPolicies.length > 0) {
      throw new Error('DeleteConflict')
    }
    world.role = undefined
    return undefined
  },
  'lambda.function.create': (world, inputs) => {
    if (world.lambda) throw new Error('ResourceConflictException')
    const { name, roleArn, runtime, handler, memory, timeout, config } = inputs
    if (world.role?.arn !== roleArn) throw new Error('no such role')
    world.lambda = {
      ...({ name, roleArn, runtime, handler, memory, timeout } as LambdaFunction),
      arn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${String(name)}`,
      codeSha256: codeOf(config),
      state: 'Active',
      lastUpdateStatus: 'Successful',
      revisionId: '1',
      tags: TAGS,
      versions: [],
    }
    return { codeSha256: codeOf(config), configDigest: digestOf(config) }
  },
  'lambda.code.update': (world, { config }) => {
    lambdaOf(world).codeSha256 = codeOf(config)
    return { codeSha256: codeOf(config), configDigest: digestOf(config) }
  },
  'lambda.configuration.update': (world, { roleArn, runtime, handler, memory, timeout }) => {
    Object.assign(lambdaOf(world), { roleArn, runtime, handler, memory, timeout })
    return undefined
  },
  'lambda.version.publish': (world, { codeSha256 }, count) => {
    const lambda = lambdaOf(world)
    if (lambda.codeSha256 !== codeSha256) throw new Error('CodeSha256 mismatch')
    const arn = `${lambda.arn}:${count}`
    lambda.versions.push({
      arn,
      version: String(count),
      codeSha256: lambda.codeSha256,
      runtime: lambda.runtime,
      description: 's3-okta-guard',
    })
    return { versionArn: arn, codeSha256: lambda.codeSha256 }
  },
  'lambda.version.delete': (world, { arn }) => {
    const used = world.distribution?.behaviors.some(({ lambda }) =>
      lambda.some((one) => one.arn === arn),
    )
    if (used) throw new Error('the version is attached')
    lambdaOf(world).versions = lambdaOf(world).versions.filter((one) => one.arn !== arn)
    return undefined
  },
  'lambda.function.delete': (world) => {
    world.lambda = undefined
    return undefined
  },
  'cloudfront.associate': (world, inputs) => {
    const { targets } = inputs as unknown as {
      targets: (AttachmentTarget & { versionArn: string | null })[]
    }
    for (const target of targets) {
      const behavior = distributionIn(world).behaviors.find((one) => one.pattern === target.pattern)
      if (!behavior) throw new Error(`no behavior ${target.pattern}`)
      behavior.lambda = mergeAssociations(behavior, String(inputs['function']), target)
    }
    distributionIn(world).status = 'InProgress'
    return undefined
  },
  'cloudfront.wait': (world) => {
    distributionIn(world).status = 'Deployed'
    return undefined
  },
  'web.probe': (world) => {
    if (distributionIn(world).status !== 'Deployed') throw new Error('asked before Deployed')
    return undefined
  },
}

/** By code: what a version would serve. */
export const CONFIGS = new Map<string, EdgeConfig>()

function codeOf(config: unknown): string {
  const code = createHash('sha256')
    .update(INPUT.build + canonicalJson(config))
    .digest('base64')
  CONFIGS.set(code, config as EdgeConfig)
  return code
}

function parameter(world: Observed, name: string, description: string, keyId = ''): void {
  const found = world.parameters.find((one) => one.name === name)
  const type = name.includes('/keys/') ? 'SecureString' : 'String'
  if (found) Object.assign(found, { description, keyId, version: found.version + 1 })
  else world.parameters.push({ name, type, version: 1, description, keyId, tags: TAGS })
}

/** Also what other hands do. */
export function dropParameter(world: Observed, name: string): void {
  world.parameters = world.parameters.filter((one) => one.name !== name)
  if (name === NAMES.manifest) world.manifest = undefined
  if (name === NAMES.settings) world.settings = undefined
  if (name === NAMES.before) world.before = undefined
  if (name === NAMES.revocations) world.revocations = undefined
  if (name === NAMES.versionArn) world.versionArn = undefined
}

export function okta(world: Observed): Extract<Observed['okta'], { checked: true }> {
  if (!world.okta.checked) throw new Error('a step for Okta without credentials')
  return world.okta
}

export function appOf(world: Observed): OktaApp {
  const { app } = okta(world)
  if (!app) throw new Error('no such app')
  return app
}

export function roleOf(world: Observed) {
  if (!world.role) throw new Error('NoSuchEntity')
  return world.role
}

export function lambdaOf(world: Observed): LambdaFunction {
  if (!world.lambda) throw new Error('ResourceNotFoundException')
  return world.lambda
}

export function distributionIn(world: Observed) {
  if (!world.distribution) throw new Error('NoSuchDistribution')
  return world.distribution
}
