import { startAws, type NewDistribution, type SandboxAws } from './aws/index.ts'
import { type SandboxCloudFront, startCloudFront } from './cloudfront/index.ts'
import { type SandboxOkta, startOkta } from './okta/index.ts'
import { createOperations } from './operations.ts'
import { type Bucket, bucketFromFolder, bucketOf } from './site/bucket.ts'
import { SAMPLE_SITE } from './site/sample.ts'
import { createClock } from './clock.ts'
import { snapshotOf } from './snapshot.ts'
import type { Clock, Delays, Operations, SandboxClock } from './types.ts'

export interface SandboxOptions {
  /** Published by `createSite`; without it the sample site is. */
  folder?: string
  /** 0 or absent takes a free one. */
  ports?: { okta?: number; aws?: number; cloudfront?: number }
  /** Nothing takes time unless told. */
  delays?: Partial<Delays>
  clock?: Clock
  /** The administrator's SSWS token; made up unless told. */
  token?: string
}

export interface NewSite extends Partial<Omit<NewDistribution, 'domainName' | 'originDomain'>> {
  /** Text by path, instead of the sandbox's folder or sample site. */
  files?: Record<string, string>
}

export interface Site {
  distributionId: string
  /** `http://localhost:PORT`; a second site is `http://site2.localhost:PORT`. */
  url: string
  bucket: Bucket
  /** Domain name of the bucket as an origin. */
  originDomain: string
}

export interface Sandbox {
  okta: SandboxOkta
  aws: SandboxAws
  cloudfront: SandboxCloudFront
  operations: Operations
  /** `advance` lets sessions, tokens and leeways run out without waiting. */
  clock: SandboxClock
  /** A private bucket and a distribution in front of it, open to everybody. */
  createSite(site?: NewSite): Site
  /** Remembers what is stored at AWS and Okta; the result puts it back, as often as it is called. */
  snapshot(): () => void
  /** What to put into the environment of the CLI to run it against this sandbox. */
  environment(): Record<string, string>
  close(): Promise<void>
}

const NO_DELAYS: Delays = { deploy: 0, role: 0, lambda: 0, replica: 0 }

/** A port in use rejects with `code: 'EADDRINUSE'` and its `port`, and nothing is left running. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { ports = {} } = options
  const clock = createClock(options.clock)
  const operations = createOperations(clock)
  const content = options.folder ? await bucketFromFolder(options.folder) : bucketOf(SAMPLE_SITE)
  const buckets = new Map<string, Bucket>()
  const started: { close(): Promise<void> }[] = []
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    started.unshift(part)
    return part
  }
  const close = async (): Promise<void> => {
    await Promise.all(started.splice(0).map((part) => part.close()))
  }

  try {
    const aws = keep(
      await startAws({
        clock,
        operations,
        delays: { ...NO_DELAYS, ...options.delays },
        port: ports.aws ?? 0,
        buckets: {
          get: (domain, key) => buckets.get(domain)?.get(key),
          keys: (domain) => {
            const bucket = buckets.get(domain)
            return bucket && [...bucket.keys()]
          },
        },
      }),
    )
    const cloudfront = keep(
      await startCloudFront({ source: aws.edge, clock, port: ports.cloudfront ?? 0 }),
    )
    const token = options.token === undefined ? {} : { token: options.token }
    const okta = keep(await startOkta({ clock, operations, port: ports.okta ?? 0, ...token }))
    return {
      okta,
      aws,
      cloudfront,
      operations,
      clock,
      createSite: siteMaker(aws, cloudfront, buckets, content),
      snapshot() {
        const restoreAws = aws.snapshot()
        const restoreOkta = snapshotOf(
          Object.values(okta.store).filter(
            (part): part is Map<string, unknown> => part instanceof Map,
          ),
        )
        return () => {
          restoreAws()
          restoreOkta()
        }
      },
      environment: () => ({
        AWS_ENDPOINT_URL: aws.url,
        AWS_ACCESS_KEY_ID: aws.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: aws.credentials.secretAccessKey,
        AWS_REGION: aws.region,
        OKTA_CLIENT_ORGURL: okta.url,
        OKTA_CLIENT_TOKEN: okta.token,
      }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function siteMaker(
  aws: SandboxAws,
  cloudfront: SandboxCloudFront,
  buckets: Map<string, Bucket>,
  content: Bucket,
): Sandbox['createSite'] {
  return ({ files, ...distribution } = {}) => {
    const number = buckets.size + 1
    const originDomain = `sandbox-site-${number}.s3.us-east-1.amazonaws.com`
    const bucket = files ? bucketOf(files) : new Map(content)
    buckets.set(originDomain, bucket)
    const prefix = number === 1 ? '' : `site${number}.`
    const domainName = `${prefix}${cloudfront.domainName}`
    const { id } = aws.createDistribution({ ...distribution, domainName, originDomain })
    return { distributionId: id, url: `http://${domainName}`, bucket, originDomain }
  }
}
