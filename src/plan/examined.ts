import type { GuardError } from '../errors/guard-error.ts'
import type { Settings } from '../access/settings.ts'
import type { Distribution } from './distribution/distribution.ts'
import type { Before, Manifest, Revocations } from './manifest.ts'
import type { Identity, LambdaFunction, OktaObserved, Parameter, Role } from './observed.ts'

/** What one look gave, or why it gave nothing: a doctor goes on where a command would end. */
export type Answer<T> = { ok: true; value: T } | { ok: false; error: GuardError }

/** undefined: it was not looked at, because something that it needs is missing. */
export type MaybeAnswer<T> = Answer<T> | undefined

/** Everything that `doctor` has seen; nothing in it is a secret. */
export interface Examined {
  /** undefined: none was named. */
  distributionId: string | undefined
  identity: Answer<Identity>
  /** By which AWS's clock is ahead of this machine's, milliseconds. */
  clockAhead: number | undefined
  distribution: MaybeAnswer<Distribution | undefined>
  role: MaybeAnswer<Role | undefined>
  lambda: MaybeAnswer<LambdaFunction | undefined>
  parameters: MaybeAnswer<Parameter[]>
  documents: MaybeAnswer<Documents>
  /** The account's other distributions. */
  others: MaybeAnswer<OtherDistribution[]>
  buckets: BucketLook[] | undefined
  permissions: Permissions
  highThroughput: MaybeAnswer<boolean>
  okta: OktaExamined
}

export interface Documents {
  manifest: Manifest | undefined
  settings: Settings | undefined
  before: Before | undefined
  revocations: Revocations | undefined
  versionArn: string | undefined
}

export interface OtherDistribution {
  id: string
  domainName: string
  enabled: boolean
  origins: { id: string; domainName: string; originPath: string }[]
  behaviors: { pattern: string; targets: string[]; viewerFunctions: string[]; signed: boolean }[]
}

/** What a stranger got at one of S3's own addresses. */
export interface BucketLook {
  bucket: string
  /** Without the query. */
  address: string
  what: 'object' | 'list' | 'website'
  answer: 'open' | 'closed' | { unreachable: string }
}

/** Of the actions that the coming commands need. */
export interface Permissions {
  denied: string[]
  /** By why it cannot be told. */
  unknown: { action: string; why: string }[]
  allowed: string[]
}

export interface OktaExamined {
  orgUrl: string | undefined
  /** undefined: there are none. */
  credentials: { source: string; scopes: string[] | undefined } | undefined
  /** Trying them; also an address that is none, or a file that cannot be read. */
  tried: MaybeAnswer<true>
  /** undefined: Okta does not say. */
  roles: MaybeAnswer<string[] | undefined>
  /** Asked without credentials. */
  issuer: MaybeAnswer<string>
  /** App and groups. */
  observed: MaybeAnswer<OktaObserved>
}

export function valueOf<T>(answer: MaybeAnswer<T>): T | undefined {
  return answer?.ok ? answer.value : undefined
}
