import type { Distribution } from '../plan/distribution/distribution.ts'
import type { BucketLook } from '../plan/examined.ts'
import { restAddress, s3OriginOf, websiteHost } from '../plan/distribution/s3-origin.ts'
import type { BucketAnswer, Web } from '../web/types.ts'

interface Bucket {
  name: string
  region: string | undefined
  /** Of the first page of the site, with a leading slash. */
  path: string
}

/**
 * What everybody can read around CloudFront: the first page at both endpoints of every bucket, one answer deep.
 * `listed` also asks for the list, and for what stands in it.
 */
export async function askBuckets(
  distribution: Distribution,
  web: Pick<Web, 'askBucket'>,
  listed = false,
): Promise<BucketLook[]> {
  const looks = bucketsOf(distribution).map((bucket) => askOne(bucket, web, listed))
  return (await Promise.all(looks)).flat()
}

/** Each once, though several origins may lead to different folders of it. */
function bucketsOf({ origins, defaultRootObject }: Distribution): Bucket[] {
  const root = defaultRootObject === '' ? 'index.html' : defaultRootObject
  const found = new Map<string, Bucket>()
  for (const { domainName, originPath } of origins) {
    const s3 = s3OriginOf(domainName)
    if (!s3) continue
    const path = `${originPath}/${root}`.split('/').map(encodeURIComponent).join('/')
    found.set(`${s3.bucket}${path}`, { name: s3.bucket, region: s3.region, path })
  }
  return [...found.values()]
}

async function askOne(
  bucket: Bucket,
  web: Pick<Web, 'askBucket'>,
  listed: boolean,
): Promise<BucketLook[]> {
  const rest = askRest(bucket, bucket.path, web)
  const [object, website, list] = await Promise.all([
    rest,
    askWebsite(bucket, web),
    listed ? askRest(bucket, '/', web, '?list-type=2&max-keys=5') : undefined,
  ])
  const looks = [lookOf(bucket, 'object', object), lookOf(bucket, 'website', website)]
  if (list) looks.push(lookOf(bucket, 'list', list))
  const key = list?.answer.kind === 'open' ? list.answer.keys.find(isFile) : undefined
  if (key !== undefined && object.answer.kind !== 'open') {
    const path = `/${key.split('/').map(encodeURIComponent).join('/')}`
    looks.push(lookOf(bucket, 'object', await askRest(bucket, path, web)))
  }
  return looks.flat()
}

interface Asked {
  address: string
  answer: BucketAnswer
}

/** Once more where S3 says that the bucket is in another region. */
async function askRest(
  bucket: Bucket,
  path: string,
  web: Pick<Web, 'askBucket'>,
  query = '',
): Promise<Asked> {
  const address = restAddress(bucket.name, bucket.region, path)
  const answer = await web.askBucket(address + query)
  if (answer.kind !== 'elsewhere') return { address, answer }
  const there = restAddress(bucket.name, answer.region, path)
  return { address: there, answer: await web.askBucket(there + query) }
}

/** Of a bucket whose region is not known, the most common one; another one answers that there is none. */
async function askWebsite(bucket: Bucket, web: Pick<Web, 'askBucket'>): Promise<Asked> {
  const host = websiteHost(bucket.name, bucket.region ?? 'us-east-1')
  const address = `http://${host}${bucket.path}`
  return { address, answer: await web.askBucket(address) }
}

function lookOf(bucket: Bucket, what: BucketLook['what'], { address, answer }: Asked): BucketLook {
  const seen = ((): BucketLook['answer'] => {
    if (answer.kind === 'open') return 'open'
    if (answer.kind === 'unreachable') return { unreachable: answer.detail }
    return answer.kind === 'elsewhere' ? { unreachable: `it is in ${answer.region}` } : 'closed'
  })()
  return { bucket: bucket.name, address, what, answer: seen }
}

function isFile(key: string): boolean {
  return key !== '' && !key.endsWith('/')
}
