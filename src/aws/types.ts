import type { Distribution, LambdaAssociation, Tags } from '../plan/distribution/distribution.ts'
import type { Identity, LambdaFunction, LambdaVersion, Parameter, Role } from '../plan/observed.ts'

/** The AWS side as the rest of the tool sees it. No decisions: what is missing is `undefined`, all else throws. */
export interface Aws {
  sts: Sts
  iam: Iam
  ssm: Ssm
  lambda: Lambda
  cloudfront: CloudFront
  logs: Logs
  /** Time of AWS by the newest `Date` header, ISO 8601; undefined before the first answer. */
  serverTime(): Date | undefined
  /** The loopback endpoint that is in force, if any: the edge function must use it for SSM too. */
  endpoint: string | undefined
}

export interface Sts {
  identity(): Promise<Identity>
}

export interface Iam {
  /** Reads trust, tags, every inline policy and the attached ones. */
  getRole(name: string): Promise<Role | undefined>
  /** May the principal do this to the resource? Without one of AWS's own reasons: only yes or no. */
  simulate(input: {
    principal: string
    actions: string[]
    resource: string
    /** Of the request that is imagined, by key. */
    context: Record<string, string>
  }): Promise<Record<string, boolean>>
  createRole(input: {
    name: string
    description: string
    trust: unknown
    tags: Tags
  }): Promise<{ arn: string }>
  updateTrust(name: string, trust: unknown): Promise<void>
  putRolePolicy(role: string, policy: string, document: unknown): Promise<void>
  deleteRolePolicy(role: string, policy: string): Promise<void>
  deleteRole(name: string): Promise<void>
}

export interface Ssm {
  /** DescribeParameters (paged) and the tags of each; no values. `path` ends with `/`. */
  describe(path: string): Promise<Parameter[]>
  /** The names alone: one call a page, and none for tags. */
  names(path: string): Promise<string[]>
  /** Values without decryption, by name; missing names are left out. Any number of names. */
  get(names: string[]): Promise<Record<string, { value: string; version: number }>>
  /** Decrypted value of one SecureString. */
  getSecret(name: string): Promise<{ value: string; version: number } | undefined>
  /** Without Overwrite: false when a parameter of that name exists. */
  create(input: ParameterInput & { tags: Tags }): Promise<{ version: number } | false>
  /** With Overwrite, without tags. */
  update(input: ParameterInput): Promise<{ version: number }>
  /** Missing names are no error. Any number of names. */
  remove(names: string[]): Promise<void>
  /** Whether the account pays for more than 40 reads a second. */
  highThroughput(): Promise<boolean>
}

export interface ParameterInput {
  name: string
  value: string
  secure: boolean
  description: string
  /** KMS key of a SecureString; without it SSM takes that of AWS. */
  keyId?: string
}

export interface Logs {
  /** The group of exactly this name; undefined: none. */
  find(
    region: string,
    name: string,
  ): Promise<{ bytes: number; retentionDays: number | undefined } | undefined>
  /** Missing is no error. */
  remove(region: string, name: string): Promise<void>
}

export interface Lambda {
  /** With tags and numbered versions. */
  getFunction(name: string): Promise<LambdaFunction | undefined>
  /** Throws `aws-failed` with reason `role-not-assumable` in {@link AwsFailure} while IAM has not caught up. */
  createFunction(input: FunctionInput & { zip: Uint8Array; tags: Tags }): Promise<void>
  updateCode(name: string, zip: Uint8Array): Promise<void>
  updateConfiguration(input: FunctionInput): Promise<void>
  /** Refused by AWS when `codeSha256` is not that of `$LATEST`. */
  publishVersion(name: string, codeSha256: string, description: string): Promise<LambdaVersion>
  /** `state` is `Pending` for some seconds after publishing. */
  getVersion(arn: string): Promise<(LambdaVersion & { state: string }) | undefined>
  /** False while replicas remain. Missing is true. */
  deleteVersion(arn: string): Promise<boolean>
  /** False while replicas remain. Missing is true. */
  deleteFunction(name: string): Promise<boolean>
}

export interface FunctionInput {
  name: string
  description: string
  roleArn: string
  runtime: string
  handler: string
  memory: number
  timeout: number
}

export interface CloudFront {
  /** With tags. undefined: NoSuchDistribution. */
  getDistribution(id: string): Promise<Distribution | undefined>
  /** The document as it came over the wire, so that fields no SDK knows survive. */
  getConfig(id: string): Promise<{ xml: string; etag: string } | undefined>
  /** Sends exactly `xml`. `stale` on 412 PreconditionFailed / 400 InvalidIfMatchVersion. */
  updateConfig(id: string, xml: string, etag: string): Promise<'done' | 'stale'>
  /** For the picker: every distribution of the account. */
  listDistributions(): Promise<DistributionSummary[]>
}

export interface DistributionSummary {
  id: string
  domainName: string
  aliases: string[]
  comment: string
  enabled: boolean
  staging: boolean
  origins: { id: string; domainName: string; originPath: string }[]
  /** In any order; `targets` are all origins that a behavior may reach, a group's members among them. */
  behaviors: { pattern: string; targets: string[]; viewerFunctions: string[]; signed: boolean }[]
}

/** Viewer associations that one behavior should have; every other event type is left alone. */
export interface AssociationChange {
  /** `default` for the default behavior. */
  pattern: string
  lambda: LambdaAssociation[]
}

/** The `cause` of the GuardError that every failed AWS call throws; see `awsFailureOf`. */
export interface AwsFailure {
  service: string
  operation: string
  /** AWS's error name, e.g. `AccessDeniedException`. */
  name: string
  message: string
  status: number | undefined
  /** `already-exists` is also what a retried create answers when its first answer was lost: read back. */
  reason: 'role-not-assumable' | 'in-progress' | 'already-exists' | 'other'
}
