import type { Clock, Delays, EdgeSource, Operations } from '../types.ts'
import { createAdmin } from './admin.ts'
import type { Admin } from './admin.ts'
import { edgeSource } from './edge.ts'
import { createHooks } from './hooks.ts'
import type { Hooks } from './hooks.ts'
import { createIdentities } from './identities.ts'
import type { NewIdentity } from './identities.ts'
import { NO_BUCKETS, type BucketAccess, type BucketContent } from './s3/buckets.ts'
import { serve } from './server.ts'
import { snapshotOf } from '../snapshot.ts'
import type { Cloud, Credentials } from './types.ts'

export type { NewDistribution } from './cloudfront/example.ts'
export type { Credentials } from './types.ts'

export interface AwsOptions {
  clock: Clock
  delays: Delays
  operations: Operations
  accountId?: string
  /** 0 (the default) takes a free one. */
  port?: number
  region?: string
  /** Where edges and strangers find the objects; without it there is no bucket. */
  buckets?: BucketContent
  /** Milliseconds by which a signature may be off; AWS takes five minutes, here it is unlimited unless told. */
  maxSkew?: number
}

/** A local AWS with STS, IAM, SSM, Lambda and CloudFront on one port, and a back door for tests. */
export interface SandboxAws extends Admin {
  url: string
  account: string
  region: string
  /** Of the operator: everything is allowed. */
  credentials: Credentials
  edge: EdgeSource
  /** Another operator, maybe of another account, maybe with limited or temporary credentials. */
  addIdentity(identity?: Partial<NewIdentity>): Credentials
  /** Every action that this key needed a permission for until now. */
  askedOf(accessKeyId: string): string[]
  /** From now on (or no longer) the key is answered with ExpiredToken. */
  setExpired(expired: boolean, accessKeyId?: string): void
  /** Somebody makes a bucket public, or its list, or a website of it. */
  openBucket(bucket: string, access: BucketAccess): void
  /** Parameter Store's higher throughput. */
  setHighThroughput(enabled: boolean): void
  before: Hooks['before']
  /** Remembers everything that is stored; the result puts it back. */
  snapshot(): () => void
  /** AWS's own clock is this much ahead: `Date` headers and the age of signatures, no waits. */
  skewClock(milliseconds: number): void
  close(): Promise<void>
}

/** Starts it on 127.0.0.1. */
export async function startAws(options: AwsOptions): Promise<SandboxAws> {
  const { clock, delays, operations, accountId: account = '111122223333' } = options
  const cloud: Cloud = {
    clock,
    delays,
    roles: new Map(),
    functions: new Map(),
    parameters: new Map(),
    kmsKeys: new Map(),
    serviceRoles: new Map(),
    logGroups: new Map(),
    distributions: new Map(),
    replicasUntil: new Map(),
    buckets: options.buckets ?? NO_BUCKETS,
    bucketAccess: new Map(),
    highThroughput: false,
  }
  const identities = createIdentities(cloud)
  const hooks = createHooks()
  const credentials = identities.add({ account })
  let skew = 0
  const server = await serve(options.port ?? 0, {
    cloud,
    identities,
    operations,
    hooks,
    awsTime: () => clock.now() + skew,
    maxSkew: options.maxSkew,
  })
  return {
    ...createAdmin(cloud, account),
    url: `http://127.0.0.1:${server.port}`,
    account,
    region: options.region ?? 'us-east-1',
    credentials,
    edge: edgeSource(cloud, identities, (domain, key) => cloud.buckets.get(domain, key)),
    addIdentity: (identity = {}) => identities.add({ account, ...identity }),
    askedOf: (accessKeyId) => [...(identities.find(accessKeyId)?.principal.asked ?? [])].sort(),
    setExpired: (expired, accessKeyId = credentials.accessKeyId) => {
      identities.setExpired(accessKeyId, expired)
    },
    openBucket(bucket, access) {
      cloud.bucketAccess.set(bucket, access)
    },
    setHighThroughput(enabled) {
      cloud.highThroughput = enabled
    },
    before: (operation, hook, times) => hooks.before(operation, hook, times),
    snapshot: () =>
      snapshotOf(
        Object.values(cloud).filter((part): part is Map<string, unknown> => part instanceof Map),
      ),
    skewClock(milliseconds) {
      skew = milliseconds
    },
    close: () => server.close(),
  }
}
