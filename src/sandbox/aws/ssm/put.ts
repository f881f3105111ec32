import { AwsError } from '../errors.ts'
import { mergeTags, tagsFromList } from '../tags.ts'
import type { Context } from '../types.ts'
import { authorizeKey, chosenKey } from './kms.ts'
import { newest, parameterArn, stringOf, validation } from './record.ts'
import type { Input, ParameterRecord, ParameterType, SsmOperation } from './record.ts'

const TYPES: string[] = ['String', 'StringList', 'SecureString'] satisfies ParameterType[]
/** https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const LIMITS = { Standard: 4096, Advanced: 8192 }
const HISTORY = 100

export const putOperations: Record<string, SsmOperation> = {
  PutParameter: {
    mutating: true,
    resource: (input) => stringOf(input, 'Name'),
    arns: (input, context) => [parameterArn(stringOf(input, 'Name'), context)],
    also: (input, context) =>
      tagsFromList(input.Tags).size === 0
        ? []
        : [
            {
              action: 'ssm:AddTagsToResource',
              arn: parameterArn(stringOf(input, 'Name'), context),
            },
          ],
    run: putParameter,
  },
}

function putParameter(input: Input, context: Context): Record<string, unknown> {
  const name = stringOf(input, 'Name')
  const arn = parameterArn(name, context)
  const existing = context.cloud.parameters.get(arn)
  const tags = tagsFromList(input.Tags)
  checkName(name)
  if (tags.size > 0 && input.Overwrite === true) {
    throw validation(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    )
  }
  const type = input.Type ?? existing?.type
  if (typeof type !== 'string' || !TYPES.includes(type)) {
    throw validation('A parameter type is required when you create a parameter.')
  }
  if (existing && input.Overwrite !== true) {
    throw new AwsError(
      'ParameterAlreadyExists',
      400,
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    )
  }
  const tier = tierOf(input, existing)
  checkValue(stringOf(input, 'Value'), tier)
  const description = descriptionOf(input, existing)
  const keyId = type === 'SecureString' ? chosenKey(stringOf(input, 'KeyId'), context) : ''
  if (keyId !== '') authorizeKey('kms:Encrypt', keyId, context)
  const record: ParameterRecord = existing ?? {
    name,
    arn,
    type: type as ParameterType,
    tier,
    keyId,
    history: [],
    tags: new Map(),
    modifiedBy: context.principal.arn,
  }
  mergeTags(record.tags, tags)
  Object.assign(record, { type, tier, keyId, modifiedBy: context.principal.arn })
  const version = (record.history.at(-1)?.version ?? 0) + 1
  record.history.push({
    version,
    value: stringOf(input, 'Value'),
    description,
    modifiedAt: context.now,
  })
  if (record.history.length > HISTORY) record.history.shift()
  context.cloud.parameters.set(arn, record)
  return { Version: version, Tier: tier }
}

function checkName(name: string): void {
  if (/^\/?aws(?:\/|$)/i.test(name)) {
    throw new AwsError('AccessDeniedException', 400, 'No access to reserved parameter name: aws.')
  }
  if (!/^[\w.\-/]{1,1011}$/.test(name) || (name.includes('/') && !name.startsWith('/'))) {
    throw validation(
      'Parameter name must be a fully qualified name, of letters, numbers and the symbols .-_/',
    )
  }
  if (/^\/?ssm/i.test(name)) {
    throw validation('Parameter name: can\'t be prefixed with "ssm" (case-insensitive).')
  }
  if (name.split('/').length > 16) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      400,
      'A hierarchy can have a maximum of 15 levels.',
    )
  }
}

function checkValue(value: string, tier: keyof typeof LIMITS): void {
  if (value === '') {
    throw validation(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    )
  }
  if (value.includes('{{')) {
    throw validation('Parameter value can not nest another parameter: {{}} is not allowed.')
  }
  if (Buffer.byteLength(value) > LIMITS[tier]) {
    throw validation(
      `${tier} tier parameters support a maximum parameter value of ${LIMITS[tier]} characters.`,
    )
  }
}

function tierOf(input: Input, existing: ParameterRecord | undefined): 'Standard' | 'Advanced' {
  const wanted = input.Tier ?? existing?.tier ?? 'Standard'
  if (wanted !== 'Standard' && wanted !== 'Advanced') {
    throw validation(`Tier '${stringOf(input, 'Tier')}' is not supported here.`)
  }
  if (existing?.tier === 'Advanced' && wanted === 'Standard') {
    throw validation('This parameter uses the advanced-parameter tier and cannot be downgraded.')
  }
  return wanted
}

function descriptionOf(input: Input, existing: ParameterRecord | undefined): string {
  if (input.Description === undefined) return existing ? newest(existing).description : ''
  const description = stringOf(input, 'Description')
  if (description.length > 1024) {
    throw validation(
      "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1024.",
    )
  }
  return description
}
