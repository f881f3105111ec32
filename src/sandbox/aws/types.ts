import type { Clock, Delays, Reply } from '../types.ts'
import type { AwsError } from './errors.ts'
import type { DistributionRecord } from './cloudfront/stored.ts'
import type { RoleRecord } from './iam/stored.ts'
import type { FunctionRecord } from './lambda/stored.ts'
import type { BucketAccess, BucketContent } from './s3/buckets.ts'
import type { ParameterRecord } from './ssm/stored.ts'

/** Everything that is stored, of all accounts and regions; an ARN tells them apart. */
export interface Cloud {
  clock: Clock
  delays: Delays
  roles: Map<string, RoleRecord>
  functions: Map<string, FunctionRecord>
  parameters: Map<string, ParameterRecord>
  /** Customer managed keys, by ARN. */
  kmsKeys: Map<string, { arn: string }>
  /** Of CloudFront's Lambda@Edge, by ARN. */
  serviceRoles: Map<string, { arn: string }>
  /** By ARN, of every Region. */
  logGroups: Map<string, LogGroupRecord>
  /** By distribution id. */
  distributions: Map<string, DistributionRecord>
  /** Version ARN to the time at which its last replica is gone, once it is detached. */
  replicasUntil: Map<string, number>
  buckets: BucketContent
  /** What strangers may do, by the name of the bucket. */
  bucketAccess: Map<string, BucketAccess>
  /** The account's setting for Parameter Store. */
  highThroughput: boolean
}

export interface LogGroupRecord {
  name: string
  arn: string
  storedBytes: number
  retentionInDays?: number
  createdAt: number
}

/** Who calls. */
export interface Principal {
  account: string
  arn: string
  userId: string
  /** Policies that must allow the call; undefined: everything is allowed. */
  policies: (() => unknown[]) | undefined
  /** Every action that a permission was asked for, allowed or not. */
  asked: Set<string>
}

/** Something that a call needs; for actions that are no calls of their own as well (`iam:PassRole`). */
export interface Permission {
  action: string
  arn: string
  /** What is known of the request, by condition key. */
  about?: Record<string, string[]>
}

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

/** One request as it came over the wire. */
export interface Call {
  method: string
  /** Still percent-encoded. */
  path: string
  query: URLSearchParams
  headers: Record<string, string>
  body: Uint8Array
}

/** What an operation works with. */
export interface Context {
  cloud: Cloud
  principal: Principal
  account: string
  region: string
  now: number
  requestId: string
}

/** One call, read far enough to be logged, counted and authorized. */
export interface Action {
  operation: string
  mutating: boolean
  /** Name or id for the log. */
  resource: string
  /** Not signed, and answered all the same. */
  anonymous?: boolean
  /** What the caller must be allowed to touch. */
  arns(context: Context): string[]
  /** And what AWS checks inside the call, beside the action of its own name. */
  also?(context: Context): Permission[]
  run(context: Context): Reply
}

/** One AWS service in its own wire protocol. */
export interface Service {
  /** As in the credential scope and in policies. */
  name: string
  /** How this protocol spells what goes wrong before an operation is reached. */
  authErrors: AuthErrors
  action(call: Call): Action
  failure(error: AwsError, requestId: string): Reply
}

export type AuthFailure = 'missing' | 'unknown-key' | 'expired' | 'signature' | 'denied'
export type AuthErrors = Record<AuthFailure, { code: string; status: number }>
