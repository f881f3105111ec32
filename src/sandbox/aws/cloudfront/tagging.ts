import { AwsError } from '../errors.ts'
import { mergeTags } from '../tags.ts'
import type { Call, Context } from '../types.ts'
import { element, textElement } from '../xml.ts'
import { items, parseDocument, textOf } from './document.ts'
import type { CloudFrontOperation } from './operation.ts'
import { bodyText, TAGGING, xmlReply } from './operation.ts'
import type { DistributionRecord } from './record.ts'

export const taggingOperations: CloudFrontOperation[] = [
  {
    name: 'ListTagsForResource',
    method: 'GET',
    path: TAGGING,
    mutating: false,
    run(_id, call, context) {
      const tags = [...tagged(call, context).tags].map(([key, value]) =>
        element('Tag', textElement('Key', key), textElement('Value', value)),
      )
      return xmlReply('Tags', element('Items', ...tags))
    },
  },
  {
    name: 'TagResource',
    method: 'POST',
    path: TAGGING,
    query: { Operation: 'Tag' },
    mutating: true,
    run(_id, call, context) {
      const added = items(wrap(bodyText(call)), 'Tags').map(
        (tag) => [textOf(tag, 'Key'), textOf(tag, 'Value')] as const,
      )
      mergeTags(tagged(call, context).tags, new Map(added), 'InvalidTagging')
      return { status: 204 }
    },
  },
]

/** The body is the list itself; `items` looks for it inside a parent. */
function wrap(xml: string) {
  return parseDocument(
    element('TagResource', xml.replace(/^\s*<\?xml[^>]*\?>\s*/, '')),
    'TagResource',
  )
}

function tagged(call: Call, { cloud, account }: Context): DistributionRecord {
  const arn = call.query.get('Resource') ?? ''
  const record = [...cloud.distributions.values()].find((candidate) => candidate.arn === arn)
  if (record?.account !== account) {
    throw new AwsError('NoSuchResource', 404, 'The specified resource does not exist.')
  }
  return record
}
