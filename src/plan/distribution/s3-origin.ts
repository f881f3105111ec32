/** What the domain name of an origin says about the bucket behind it. */
export interface S3Origin {
  bucket: string
  /** undefined: the global endpoint does not say. */
  region: string | undefined
  /** Website endpoints serve nothing but what everybody may read. */
  website: boolean
}

/** A bucket's own name never ends in these; dots in it are allowed. */
const WEBSITE = /^(.+)\.s3-website[.-]([a-z]{2}[a-z-]*-\d)\.amazonaws\.com$/
const REGIONAL = /^(.+)\.s3[.-](?:dualstack\.)?([a-z]{2}[a-z-]*-\d)\.amazonaws\.com$/
const GLOBAL = /^(.+)\.s3\.amazonaws\.com$/

/** https://docs.aws.amazon.com/general/latest/gr/s3.html */
export function s3OriginOf(domainName: string): S3Origin | undefined {
  const name = domainName.toLowerCase()
  const website = WEBSITE.exec(name)
  if (website) return { bucket: website[1] ?? '', region: website[2], website: true }
  const regional = REGIONAL.exec(name)
  if (regional) return { bucket: regional[1] ?? '', region: regional[2], website: false }
  const global = GLOBAL.exec(name)
  return global ? { bucket: global[1] ?? '', region: undefined, website: false } : undefined
}

/** With a dash where S3 had websites first, with a dot everywhere else. */
const DASHED = [
  ...['us-east-1', 'us-west-1', 'us-west-2', 'ap-southeast-1', 'ap-southeast-2'],
  ...['ap-northeast-1', 'eu-west-1', 'sa-east-1'],
]

export function websiteHost(bucket: string, region: string): string {
  return `${bucket}.s3-website${DASHED.includes(region) ? '-' : '.'}${region}.amazonaws.com`
}

/** An address of the REST endpoint; certificates do not cover names of buckets with dots. */
export function restAddress(bucket: string, region: string | undefined, path: string): string {
  const s3 = region === undefined ? 's3.amazonaws.com' : `s3.${region}.amazonaws.com`
  return bucket.includes('.') ? `https://${s3}/${bucket}${path}` : `https://${bucket}.${s3}${path}`
}
