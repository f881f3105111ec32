import type { Distribution, DistributionOrigin } from '../../plan/distribution/distribution.ts'
import { s3OriginOf } from '../../plan/distribution/s3-origin.ts'
import type { Finding } from '../../plan/types.ts'

/**
 * CloudFront asks such an origin as anybody would, so that anybody gets the same from it. Only a header that
 * CloudFront adds may keep them apart.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
export function checkOrigins({ origins }: Distribution): Finding[] {
  return origins.flatMap((origin) => {
    const s3 = s3OriginOf(origin.domainName)
    if (!s3) return []
    if (s3.website) return [website(origin)]
    return origin.originAccessControlId === '' && origin.originAccessIdentity === ''
      ? [unprotected(origin)]
      : []
  })
}

function website({ domainName, customHeaders }: DistributionOrigin): Finding {
  const held = heldBy(customHeaders)
  return {
    code: 'origin-website',
    severity: held ? 'info' : 'exposed',
    subject: domainName,
    message: `This origin is an S3 website endpoint, which cannot tell CloudFront from anybody else: ${held ?? 'what it serves is public around CloudFront'}.`,
    next: "Make the origin the bucket's REST endpoint with origin access control, and turn the website off; site.directoryIndex stands in for its index pages.",
  }
}

function unprotected({ domainName, customHeaders }: DistributionOrigin): Finding {
  const held = heldBy(customHeaders)
  return {
    code: 'origin-unprotected',
    severity: held ? 'info' : 'exposed',
    subject: domainName,
    message: `This origin has neither origin access control nor an origin access identity: CloudFront reads the bucket as a stranger, ${held ?? 'so what it serves is public around CloudFront'}.`,
    next: 'Give the origin an origin access control, let the bucket policy name this distribution alone, and block public access.',
  }
}

function heldBy(customHeaders: string[]): string | undefined {
  if (customHeaders.length === 0) return undefined
  return `at best a header that CloudFront adds (${customHeaders.join(', ')}) holds strangers off, and everybody who may read the distribution can read that secret`
}
