import { AwsError } from '../errors.ts'
import { newest, pageOf, parameterArn, stringOf, stringsOf } from './record.ts'
import type { Input, ParameterRecord, SsmOperation } from './record.ts'

export const describeOperations: Record<string, SsmOperation> = {
  DescribeParameters: {
    mutating: false,
    resource: (input) => filtersOf(input).flatMap((filter) => stringsOf(filter, 'Values'))[0] ?? '',
    arns: (_input, { account, region }) => [`arn:aws:ssm:${region}:${account}:*`],
    run(input, context) {
      const filters = filtersOf(input)
      const matching = [...context.cloud.parameters.values()].filter(
        (record) =>
          record.arn === parameterArn(record.name, context) &&
          filters.every((filter) => matches(record, filter)),
      )
      const { page, next } = pageOf(matching, input, 50)
      return { Parameters: page.map(metadata), ...next }
    },
  },
}

function filtersOf(input: Input): Input[] {
  return Array.isArray(input.ParameterFilters) ? (input.ParameterFilters as Input[]) : []
}

function matches(record: ParameterRecord, filter: Input): boolean {
  const key = stringOf(filter, 'Key')
  const values = stringsOf(filter, 'Values')
  if (key.startsWith('tag:')) {
    const tag = record.tags.get(key.slice('tag:'.length))
    return tag !== undefined && (values.length === 0 || values.includes(tag))
  }
  const option = stringOf(filter, 'Option')
  switch (key) {
    case 'Name':
      return values.some((value) => matchesName(record.name, option || 'Equals', value))
    case 'Type':
      return values.includes(record.type)
    case 'KeyId':
      return values.includes(record.keyId)
    case 'Tier':
      return values.includes(record.tier)
    case 'Path':
      return values.some((value) => isBelow(record.name, value, option === 'Recursive'))
    default:
      throw new AwsError('InvalidFilterKey', 400, `The specified key isn't valid: ${key}`)
  }
}

function matchesName(name: string, option: string, value: string): boolean {
  switch (option) {
    case 'Equals':
      return name === value
    case 'BeginsWith':
      return name.startsWith(value)
    case 'Contains':
      return name.includes(value)
    default:
      throw new AwsError('InvalidFilterOption', 400, `The filter option isn't valid: ${option}`)
  }
}

function isBelow(name: string, path: string, recursive: boolean): boolean {
  const prefix = path.replace(/\/?$/, '/')
  return name.startsWith(prefix) && (recursive || !name.slice(prefix.length).includes('/'))
}

function metadata(record: ParameterRecord): Record<string, unknown> {
  const { version, description, modifiedAt } = newest(record)
  return {
    Name: record.name,
    ARN: record.arn,
    Type: record.type,
    ...(record.keyId !== '' && { KeyId: record.keyId }),
    LastModifiedDate: modifiedAt / 1000,
    LastModifiedUser: record.modifiedBy,
    ...(description !== '' && { Description: description }),
    Version: version,
    Tier: record.tier,
    Policies: [],
    DataType: 'text',
  }
}
