import type { Context } from '../types.ts'
import { element, isoTime, textElement } from '../xml.ts'
import { statusOf } from './distributions.ts'
import { children, markup, parseDocument } from './document.ts'
import type { CloudFrontOperation } from './operation.ts'
import { COLLECTION, NAMESPACE, xmlReply } from './operation.ts'
import type { DistributionRecord } from './record.ts'

/** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionSummary.html */
const SHARED = [
  'Aliases',
  'Origins',
  'OriginGroups',
  'DefaultCacheBehavior',
  'CacheBehaviors',
  'CustomErrorResponses',
  'Comment',
  'PriceClass',
  'Enabled',
  'ViewerCertificate',
  'Restrictions',
  'WebACLId',
  'HttpVersion',
  'IsIPV6Enabled',
  'Staging',
  'ConnectionMode',
]
const PAGE = 100

export const listOperations: CloudFrontOperation[] = [
  {
    name: 'ListDistributions',
    method: 'GET',
    path: COLLECTION,
    mutating: false,
    run(_id, call, context) {
      const marker = call.query.get('Marker') ?? ''
      const size = Math.min(Number(call.query.get('MaxItems') ?? PAGE), PAGE)
      const all = [...context.cloud.distributions.values()]
        .filter(({ account }) => account === context.account)
        .sort((one, other) => (one.id < other.id ? -1 : 1))
        .filter(({ id }) => id > marker)
      const page = all.slice(0, size)
      const more = all.length > page.length
      return xmlReply(
        'DistributionList',
        [
          textElement('Marker', marker),
          more ? textElement('NextMarker', page.at(-1)?.id ?? '') : '',
          textElement('MaxItems', size),
          textElement('IsTruncated', more),
          textElement('Quantity', page.length),
          page.length === 0
            ? ''
            : element('Items', ...page.map((record) => summary(record, context))),
        ].join(''),
      )
    },
  },
]

function summary(record: DistributionRecord, { now }: Context): string {
  const config = parseDocument(record.xml, 'DistributionConfig')
  const shared = children(config).filter(({ localName }) => SHARED.includes(localName ?? ''))
  return element(
    'DistributionSummary',
    textElement('Id', record.id),
    textElement('ARN', record.arn),
    textElement('ETag', record.etag),
    textElement('Status', statusOf(record, now)),
    textElement('LastModifiedTime', isoTime(record.modifiedAt)),
    textElement('DomainName', record.domainName),
    // The namespace stands on the root of the answer already.
    ...shared.map((part) => markup(part).replaceAll(` xmlns="${NAMESPACE}"`, '')),
  )
}
