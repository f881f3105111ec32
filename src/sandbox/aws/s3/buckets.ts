/** What strangers may do with a bucket; nothing unless told, as Block Public Access has it. */
export interface BucketAccess {
  /** `s3:GetObject` for everybody. */
  read?: boolean
  /** `s3:ListBucket` for everybody. */
  list?: boolean
  /** Static website hosting is on. */
  website?: boolean
}

/** The objects of every bucket, by the bucket's domain name as an origin. */
export interface BucketContent {
  get(domain: string, key: string): { body: Uint8Array; contentType: string } | undefined
  /** undefined: no such bucket. */
  keys(domain: string): string[] | undefined
}

export const NO_BUCKETS: BucketContent = { get: () => undefined, keys: () => undefined }

/** Which bucket, and which of its two endpoints, a request is for. */
export interface Asked {
  bucket: string
  website: boolean
  /** Decoded, without the first slash; empty for the bucket itself. */
  key: string
}

const REST = /^(?:(.+)\.)?s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com$/
const WEBSITE = /^(.+)\.s3-website[.-][a-z0-9-]+\.amazonaws\.com$/

/** Virtual-hosted, path-style or website; undefined: the host is not S3's. */
export function askedOf(host: string, path: string): Asked | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, '')
  const rest = decodeURIComponent(path).replace(/^\//, '')
  const site = WEBSITE.exec(name)
  if (site) return { bucket: site[1] ?? '', website: true, key: rest }
  const api = REST.exec(name)
  if (!api) return undefined
  if (api[1] !== undefined) return { bucket: api[1], website: false, key: rest }
  const [bucket = '', ...key] = rest.split('/')
  return { bucket, website: false, key: key.join('/') }
}
