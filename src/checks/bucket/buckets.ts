import type { BucketLook } from '../../plan/examined.ts'
import type { Finding } from '../../plan/types.ts'
import { notChecked } from '../refused.ts'

const WORDS: Record<BucketLook['what'], string> = {
  object: 'object',
  list: 'list of all objects',
  website: 'website',
}

/** The decisive test: an unsigned request that S3 itself answered with content. */
export function checkBuckets(looks: BucketLook[]): Finding[] {
  const open = looks.filter(({ answer }) => answer === 'open')
  const buckets = [...new Set(open.map(({ bucket }) => bucket))]
  return buckets.map((bucket) => {
    const seen = open.filter((look) => look.bucket === bucket)
    const where = seen.map((look) => `${look.address} (${WORDS[look.what]})`).join(' and ')
    return {
      code: 'bucket-open',
      severity: 'exposed',
      subject: bucket,
      message: `Everybody can read this bucket around CloudFront: S3 answers strangers at ${where}.`,
      next: `Give its origin an origin access control if it has none, then: aws s3api put-public-access-block --bucket ${bucket} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`,
    }
  })
}

/** That S3 could not be asked is no sign that it would have refused. */
export function checkBucketsReached(looks: BucketLook[]): Finding[] {
  const seen = new Map<string, string>()
  for (const { bucket, answer } of looks) {
    if (typeof answer === 'object' && !seen.has(bucket)) seen.set(bucket, answer.unreachable)
  }
  return [...seen].map(([bucket, why]) =>
    notChecked(
      `bucket ${bucket}`,
      `S3 could not be asked as a stranger would (${why})`,
      'Run this again where S3 can be reached.',
    ),
  )
}
