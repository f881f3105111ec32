import { randomUUID } from 'node:crypto'

import { child, markup, parseDocument } from './cloudfront/document.ts'
import { exampleConfig } from './cloudfront/example.ts'
import type { NewDistribution } from './cloudfront/example.ts'
import type { DistributionRecord } from './cloudfront/record.ts'
import { addDistribution, removeDistribution, replaceConfig } from './cloudfront/store.ts'
import type { RoleRecord } from './iam/record.ts'
import type { FunctionRecord } from './lambda/record.ts'
import { newest } from './ssm/record.ts'
import type { ParameterRecord } from './ssm/record.ts'
import type { Cloud } from './types.ts'

export interface Made {
  id: string
  arn: string
}

/** What somebody with the console could do or see; none of it goes through the operation log. */
export interface Admin {
  createDistribution(input: NewDistribution & { accountId?: string }): Made
  /** From a whole DistributionConfig document, kept as it is. */
  createDistributionFromXml(input: { domainName: string; xml: string; accountId?: string }): Made
  /** The DistributionConfig as it stands. */
  distributionXml(id: string): string
  distributionEtag(id: string): string
  /** Somebody else's UpdateDistribution: new ETag, propagation and all checks included. */
  editDistribution(id: string, edit: (xml: string) => string): void
  setEnabled(id: string, enabled: boolean): void
  tagDistribution(id: string, tags: Record<string, string>): void
  deleteDistribution(id: string): void
  /** Attaches a managed policy to a role. */
  attachRolePolicy(roleName: string, policyArn: string): void
  /** Somebody deletes the roles that CloudFront had made for Lambda@Edge. */
  deleteServiceRoles(): void
  /** Makes a customer managed KMS key; the ARN. */
  createKmsKey(region?: string): string
  /** What it has encrypted is lost. */
  deleteKmsKey(arn: string): void
  /** What an edge leaves behind that has logged in this Region. */
  createLogGroup(name: string, region: string, retentionInDays?: number): void
  /** As `eu-west-1 /aws/lambda/…`. */
  logGroups(): string[]
  roles(): RoleView[]
  functions(): FunctionView[]
  /** With the secrets in plain text. */
  parameters(): ParameterView[]
}

export interface RoleView extends Pick<
  RoleRecord,
  'name' | 'arn' | 'description' | 'trust' | 'attachedPolicies'
> {
  inlinePolicies: Record<string, unknown>
  tags: Record<string, string>
}

export interface FunctionView extends Pick<
  FunctionRecord,
  | 'name'
  | 'arn'
  | 'roleArn'
  | 'runtime'
  | 'handler'
  | 'memory'
  | 'timeout'
  | 'codeSha256'
  | 'zip'
  | 'description'
> {
  tags: Record<string, string>
  versions: { arn: string; version: string; codeSha256: string; description: string }[]
}

export interface ParameterView extends Pick<ParameterRecord, 'name' | 'arn' | 'type' | 'keyId'> {
  value: string
  version: number
  description: string
  tags: Record<string, string>
}

export function createAdmin(cloud: Cloud, account: string): Admin {
  function record(id: string): DistributionRecord {
    const found = cloud.distributions.get(id)
    if (!found) throw new Error(`no distribution ${id} in the sandbox`)
    return found
  }
  function edit(id: string, change: (xml: string) => string): void {
    const found = record(id)
    replaceConfig(cloud, found, change(found.xml))
  }
  function add(accountId: string | undefined, domainName: string, xml: string): Made {
    const { id, arn } = addDistribution(cloud, accountId ?? account, domainName, xml)
    return { id, arn }
  }
  return {
    createDistribution: ({ accountId, ...input }) =>
      add(accountId, input.domainName, exampleConfig(input, randomUUID())),
    createDistributionFromXml: ({ accountId, domainName, xml }) => add(accountId, domainName, xml),
    distributionXml: (id) => record(id).xml,
    distributionEtag: (id) => record(id).etag,
    editDistribution: edit,
    setEnabled(id, enabled) {
      edit(id, (xml) => withEnabled(xml, enabled))
    },
    tagDistribution(id, tags) {
      for (const [key, value] of Object.entries(tags)) record(id).tags.set(key, value)
    },
    deleteDistribution(id) {
      removeDistribution(cloud, record(id))
    },
    attachRolePolicy(roleName, policyArn) {
      const role = [...cloud.roles.values()].find(({ name }) => name === roleName)
      if (!role) throw new Error(`no role ${roleName} in the sandbox`)
      role.attachedPolicies.push(policyArn)
    },
    deleteServiceRoles() {
      cloud.serviceRoles.clear()
    },
    createKmsKey(region = 'us-east-1') {
      const arn = `arn:aws:kms:${region}:${account}:key/${randomUUID()}`
      cloud.kmsKeys.set(arn, { arn })
      return arn
    },
    deleteKmsKey: (arn) => void cloud.kmsKeys.delete(arn),
    createLogGroup(name, region, retentionInDays) {
      const arn = `arn:aws:logs:${region}:${account}:log-group:${name}`
      const group = { name, arn, storedBytes: 2048, createdAt: cloud.clock.now() }
      cloud.logGroups.set(arn, {
        ...group,
        ...(retentionInDays !== undefined && { retentionInDays }),
      })
    },
    logGroups: () =>
      [...cloud.logGroups.values()].map(({ arn, name }) => `${arn.split(':')[3] ?? ''} ${name}`),
    roles: () => [...cloud.roles.values()].map(roleView),
    functions: () => [...cloud.functions.values()].map(functionView),
    parameters: () => [...cloud.parameters.values()].map(parameterView),
  }
}

/** `Enabled` is also the name of elements further down: only the root's own child counts. */
function withEnabled(xml: string, enabled: boolean): string {
  const config = parseDocument(xml, 'DistributionConfig')
  const flag = child(config, 'Enabled')
  if (flag) flag.textContent = String(enabled)
  return markup(config)
}

function roleView(role: RoleRecord): RoleView {
  const { name, arn, description, trust, attachedPolicies } = role
  return {
    ...{ name, arn, description, trust, attachedPolicies: [...attachedPolicies] },
    inlinePolicies: Object.fromEntries(role.inlinePolicies),
    tags: Object.fromEntries(role.tags),
  }
}

function functionView(record: FunctionRecord): FunctionView {
  const { name, arn, roleArn, runtime, handler, memory, timeout, codeSha256, zip } = record
  return {
    ...{ name, arn, roleArn, runtime, handler, memory, timeout, codeSha256, zip },
    description: record.description,
    tags: Object.fromEntries(record.tags),
    versions: record.versions.map((version) => ({
      arn: version.arn,
      version: version.version,
      codeSha256: version.codeSha256,
      description: version.description,
    })),
  }
}

function parameterView(record: ParameterRecord): ParameterView {
  const { name, arn, type, keyId } = record
  const { value, version, description } = newest(record)
  return { name, arn, type, keyId, value, version, description, tags: tagsOf(record) }
}

function tagsOf({ tags }: ParameterRecord): Record<string, string> {
  return Object.fromEntries(tags)
}
