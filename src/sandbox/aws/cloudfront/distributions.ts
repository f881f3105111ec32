import { AwsError } from '../errors.ts'
import type { Context } from '../types.ts'
import { isoTime, textElement, XML_DECLARATION } from '../xml.ts'
import type { CloudFrontOperation } from './operation.ts'
import { bodyText, CONFIG, ONE, xmlReply } from './operation.ts'
import type { DistributionRecord } from './record.ts'
import { distributionOf } from './record.ts'
import { authorizeReplication } from './replication.ts'
import { replaceConfig } from './store.ts'

export const distributionOperations: CloudFrontOperation[] = [
  {
    name: 'GetDistribution',
    method: 'GET',
    path: ONE,
    mutating: false,
    run: (id, _call, context) => distributionReply(distributionOf(id, context), context),
  },
  {
    name: 'GetDistributionConfig',
    method: 'GET',
    path: CONFIG,
    mutating: false,
    run(id, _call, context) {
      const { xml, etag } = distributionOf(id, context)
      const body = xml.startsWith('<?xml') ? xml : XML_DECLARATION + xml
      return { status: 200, headers: { 'Content-Type': 'text/xml', ETag: etag }, body }
    },
  },
  {
    name: 'UpdateDistribution',
    method: 'PUT',
    path: CONFIG,
    mutating: true,
    run(id, call, context) {
      const record = distributionOf(id, context)
      const ifMatch = call.headers['if-match']
      if (ifMatch === undefined || ifMatch === '') {
        throw new AwsError(
          'InvalidIfMatchVersion',
          400,
          'The If-Match version is missing or not valid for the resource.',
        )
      }
      if (ifMatch !== record.etag) {
        throw new AwsError(
          'PreconditionFailed',
          412,
          'The request failed because it did not meet the preconditions in one or more request-header fields.',
        )
      }
      replaceConfig(context.cloud, record, bodyText(call), (config) => {
        authorizeReplication(record.config, config, context)
      })
      return distributionReply(record, context)
    },
  },
]

function distributionReply(record: DistributionRecord, { now }: Context) {
  const inner = [
    textElement('Id', record.id),
    textElement('ARN', record.arn),
    textElement('Status', statusOf(record, now)),
    textElement('LastModifiedTime', isoTime(record.modifiedAt)),
    textElement('InProgressInvalidationBatches', 0),
    textElement('DomainName', record.domainName),
    '<ActiveTrustedSigners><Enabled>false</Enabled><Quantity>0</Quantity></ActiveTrustedSigners>',
    '<ActiveTrustedKeyGroups><Enabled>false</Enabled><Quantity>0</Quantity></ActiveTrustedKeyGroups>',
    record.xml.replace(/^\s*<\?xml[^>]*\?>\s*/, ''),
  ].join('')
  return xmlReply('Distribution', inner, { ETag: record.etag })
}

export function statusOf(record: DistributionRecord, now: number): 'InProgress' | 'Deployed' {
  return now < record.deployedAt ? 'InProgress' : 'Deployed'
}
