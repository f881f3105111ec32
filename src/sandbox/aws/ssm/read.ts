import { createHash } from 'node:crypto'

import { AwsError } from '../errors.ts'
import type { Context } from '../types.ts'
import { authorizeKey } from './kms.ts'
import {
  newest,
  pageOf,
  parameterArn,
  parameterNotFound,
  stringOf,
  stringsOf,
  validation,
} from './record.ts'
import type { Input, ParameterRecord, ParameterVersion, SsmOperation } from './record.ts'

export const readOperations: Record<string, SsmOperation> = {
  GetParameter: {
    mutating: false,
    resource: (input) => stringOf(input, 'Name'),
    arns: (input, context) => [parameterArn(selected(stringOf(input, 'Name')).name, context)],
    run(input, context) {
      const name = stringOf(input, 'Name')
      const parameter = find(name, input, context)
      if (!parameter) throw parameterNotFound(name)
      return { Parameter: parameter }
    },
  },
  GetParameters: {
    mutating: false,
    resource: (input) => stringsOf(input, 'Names').join(','),
    arns: (input, context) =>
      stringsOf(input, 'Names').map((name) => parameterArn(selected(name).name, context)),
    run(input, context) {
      const names = stringsOf(input, 'Names')
      if (names.length === 0 || names.length > 10) {
        throw validation(
          "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 10.",
        )
      }
      const found = names.map((name) => find(name, input, context))
      return {
        Parameters: found
          .filter((parameter) => parameter !== undefined)
          .sort((one, other) => (one.Name < other.Name ? -1 : 1)),
        InvalidParameters: names.filter((_name, index) => !found[index]),
      }
    },
  },
  GetParametersByPath: {
    mutating: false,
    resource: (input) => stringOf(input, 'Path'),
    arns: (input, context) => [parameterArn(stringOf(input, 'Path'), context)],
    run(input, context) {
      const path = stringOf(input, 'Path').replace(/\/?$/, '/')
      if (!path.startsWith('/')) {
        throw validation('The parameter path must begin with a forward slash.')
      }
      const below = [...context.cloud.parameters.values()].filter(
        ({ name, arn }) =>
          arn === parameterArn(name, context) &&
          name.startsWith(path) &&
          (input.Recursive === true || !name.slice(path.length).includes('/')),
      )
      const { page, next } = pageOf(below, input, 10)
      return {
        Parameters: page.map((record) => shown(record, newest(record), input, context)),
        ...next,
      }
    },
  },
}

/** `name`, `name:3` or an ARN, as GetParameter takes them; labels are not kept here. */
function selected(text: string): { name: string; version: number | undefined } {
  const parts = /^(arn:(?:[^:]*:){4}[^:]*|[^:]*)(?::(\d+))?$/.exec(text)
  if (!parts) throw validation(`Invalid parameter selector ${text}`)
  return { name: parts[1] ?? '', version: parts[2] === undefined ? undefined : Number(parts[2]) }
}

function find(text: string, input: Input, context: Context) {
  const { name, version } = selected(text)
  const record = context.cloud.parameters.get(parameterArn(name, context))
  if (!record) return undefined
  if (version === undefined) return shown(record, newest(record), input, context)
  const entry = record.history.find((candidate) => candidate.version === version)
  if (!entry) {
    throw new AwsError(
      'ParameterVersionNotFound',
      400,
      `Systems Manager could not find version ${version} of ${record.name}. Verify the version and try again.`,
    )
  }
  return { ...shown(record, entry, input, context), Selector: `:${version}` }
}

function shown(record: ParameterRecord, entry: ParameterVersion, input: Input, context: Context) {
  const secure = record.type === 'SecureString'
  const hidden = secure && input.WithDecryption !== true
  if (secure && !hidden) authorizeKey('kms:Decrypt', record.keyId, context)
  return {
    Name: record.name,
    Type: record.type,
    Value: hidden ? ciphertext(record, entry) : entry.value,
    Version: entry.version,
    LastModifiedDate: entry.modifiedAt / 1000,
    ARN: record.arn,
    DataType: 'text',
  }
}

/** Stands for what KMS encrypted: says nothing about the value, stays the same for one version. */
function ciphertext(record: ParameterRecord, entry: ParameterVersion): string {
  const digest = createHash('sha512').update(`${record.arn}:${entry.version}`).digest()
  return Buffer.concat([Buffer.from('0102020078', 'hex'), digest, digest]).toString('base64')
}
