import { AwsError } from '../errors.ts'
import { mergeTags, tagsFromList, tagsToList } from '../tags.ts'
import type { Context } from '../types.ts'
import { parameterArn, stringOf } from './record.ts'
import type { Input, ParameterRecord, SsmOperation } from './record.ts'

const resource = (input: Input): string => stringOf(input, 'ResourceId')
const arns = (input: Input, context: Context): string[] => [
  parameterArn(stringOf(input, 'ResourceId'), context),
]

export const taggingOperations: Record<string, SsmOperation> = {
  AddTagsToResource: {
    mutating: true,
    resource,
    arns,
    run(input, context) {
      mergeTags(tagged(input, context).tags, tagsFromList(input.Tags))
      return {}
    },
  },
  ListTagsForResource: {
    mutating: false,
    resource,
    arns,
    run: (input, context) => ({ TagList: tagsToList(tagged(input, context).tags) }),
  },
}

function tagged(input: Input, context: Context): ParameterRecord {
  if (input.ResourceType !== 'Parameter') {
    throw new AwsError('InvalidResourceType', 400, 'The resource type is not valid.')
  }
  const id = stringOf(input, 'ResourceId')
  const record = context.cloud.parameters.get(parameterArn(id, context))
  if (!record) {
    throw new AwsError('InvalidResourceId', 400, `The resource ID "${id}" is not valid.`)
  }
  return record
}
