import { describe, expect, test } from 'vitest'
import { checkBuckets, checkBucketsReached } from '../../../src/checks/bucket/buckets.ts'
import { checkOrigins } from '../../../src/checks/distribution/origins.ts'
import { checkSharedBucket } from '../../../src/checks/bucket/shared-bucket.ts'
import type { DistributionOrigin } from '../../../src/plan/distribution/distribution.ts'
import type { BucketLook, OtherDistribution } from '../../../src/plan/examined.ts'
import type { Finding } from '../../../src/plan/types.ts'
import { distributionOf } from '../plan/world.ts'

const SITE = 'site.s3.us-east-1.amazonaws.com'
const shown = (found: Finding[]): string[] =>
  found.map(({ severity, code, subject }) => `${severity} ${code} ${subject}`)

describe('an origin that CloudFront reads as a stranger', () => {
  const origin = (change: Partial<DistributionOrigin>): DistributionOrigin => ({
    id: 'o',
    domainName: SITE,
    kind: 's3',
    originPath: '',
    customHeaders: [],
    originAccessControlId: '',
    originAccessIdentity: '',
    ...change,
  })
  const WEBSITE = 'site.s3-website-us-east-1.amazonaws.com'

  test.each<[string, Partial<DistributionOrigin>, string[]]>([
    ['without access control', {}, [`exposed origin-unprotected ${SITE}`]],
    ['with origin access control', { originAccessControlId: 'E1' }, []],
    ['with an access identity', { originAccessIdentity: 'origin-access-identity/x' }, []],
    [
      'with a header that may be a secret',
      { customHeaders: ['Referer'] },
      [`info origin-unprotected ${SITE}`],
    ],
    ['a website', { domainName: WEBSITE, kind: 'custom' }, [`exposed origin-website ${WEBSITE}`]],
    [
      'a website behind a header',
      { domainName: WEBSITE, kind: 'custom', customHeaders: ['Referer'] },
      [`info origin-website ${WEBSITE}`],
    ],
    ['that is no bucket', { domainName: 'api.example.com', kind: 'custom' }, []],
  ])('%s', (_name, change, expected) => {
    expect(shown(checkOrigins(distributionOf({ origins: [origin(change)] })))).toEqual(expected)
  })
})

describe('what S3 says to strangers', () => {
  const look = (what: BucketLook['what'], answer: BucketLook['answer']): BucketLook => ({
    bucket: 'site',
    address: `https://${SITE}/${what}`,
    what,
    answer,
  })

  test('one finding a bucket, with every address that answered', () => {
    const found = checkBuckets([
      look('object', 'open'),
      look('list', 'closed'),
      look('website', 'open'),
    ])
    expect(shown(found)).toEqual(['exposed bucket-open site'])
    expect(found[0]?.message).toContain(`https://${SITE}/object (object) and`)
    expect(found[0]?.message).not.toContain('list of all objects')
  })

  test('silence is not taken for a refusal', () => {
    const silent = look('object', { unreachable: 'it did not answer in time' })
    expect(checkBuckets([silent])).toEqual([])
    expect(shown(checkBucketsReached([silent, look('list', 'closed')]))).toEqual([
      'info not-checked bucket site',
    ])
    expect(checkBucketsReached([look('object', 'closed')])).toEqual([])
  })
})

describe('another distribution on the same bucket', () => {
  const other = (change: Partial<OtherDistribution> = {}): OtherDistribution => ({
    id: 'E2OTHER',
    domainName: 'd2.cloudfront.net',
    enabled: true,
    origins: [{ id: 'o', domainName: SITE, originPath: '' }],
    behaviors: [{ pattern: 'default', targets: ['o'], viewerFunctions: [], signed: false }],
    ...change,
  })
  const behavior = (change: Partial<OtherDistribution['behaviors'][number]>) => ({
    behaviors: [
      { pattern: 'default', targets: ['o'], viewerFunctions: [], signed: false, ...change },
    ],
  })
  const guard = 'arn:aws:lambda:us-east-1:123456789012:function:s3-okta-guard-E2OTHER:3'

  test.each<[string, Partial<OtherDistribution>, string[]]>([
    ['that asks nobody', {}, ['exposed bucket-shared E2OTHER']],
    ['that is disabled', { enabled: false }, []],
    ['that is guarded too', behavior({ viewerFunctions: [guard] }), []],
    [
      'with a function of its own',
      behavior({ viewerFunctions: ['arn:aws:cloudfront::1:function/auth'] }),
      ['info bucket-shared E2OTHER'],
    ],
    ['with signed URLs', behavior({ signed: true }), ['info bucket-shared E2OTHER']],
    ['whose behaviors go elsewhere', behavior({ targets: ['another'] }), []],
    [
      'by its global name',
      { origins: [{ id: 'o', domainName: 'site.s3.amazonaws.com', originPath: '' }] },
      ['exposed bucket-shared E2OTHER'],
    ],
    [
      'another bucket',
      { origins: [{ id: 'o', domainName: 'else.s3.amazonaws.com', originPath: '' }] },
      [],
    ],
  ])('%s', (_name, change, expected) => {
    expect(shown(checkSharedBucket(distributionOf(), [other(change)]))).toEqual(expected)
  })

  test('folders side by side share nothing; one inside the other does', () => {
    const [origin] = distributionOf().origins
    const ours = distributionOf({ origins: [{ ...origin!, originPath: '/app' }] })
    const at = (originPath: string): OtherDistribution[] => [
      other({ origins: [{ id: 'o', domainName: SITE, originPath }] }),
    ]
    expect(checkSharedBucket(ours, at('/app2'))).toEqual([])
    expect(checkSharedBucket(ours, at('/app/docs'))).toHaveLength(1)
    expect(checkSharedBucket(ours, at(''))).toHaveLength(1)
  })

  test('the distribution itself is none', () => {
    expect(checkSharedBucket(distributionOf(), [other({ id: distributionOf().id })])).toEqual([])
  })
})
