import { AwsError } from '../errors.ts'
import type { Context, Permission } from '../types.ts'
import type { ParameterVersion, ParameterRecord } from './stored.ts'

export type { ParameterType, ParameterVersion, ParameterRecord } from './stored.ts'

/** Operations of the JSON protocol take and give plain objects. */
export type Input = Record<string, unknown>

/** One SSM operation. */
export interface SsmOperation {
  mutating: boolean
  resource(input: Input): string
  arns(input: Input, context: Context): string[]
  also?(input: Input, context: Context): Permission[]
  run(input: Input, context: Context): Record<string, unknown>
}

export function newest(record: ParameterRecord): ParameterVersion {
  const last = record.history.at(-1)
  if (!last) throw new Error(`parameter ${record.name} has no version`)
  return last
}

/** Parameter ARNs have one slash between `parameter` and the name, however it begins. */
export function parameterArn(name: string, { account, region }: Context): string {
  if (name.startsWith('arn:')) return name
  return `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`
}

export function stringOf(input: Input, field: string): string {
  const value = input[field]
  return typeof value === 'string' ? value : ''
}

export function stringsOf(input: Input, field: string): string[] {
  const value = input[field]
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
}

export function parameterNotFound(name: string): AwsError {
  return new AwsError('ParameterNotFound', 400, name === '' ? '' : `Parameter ${name} not found.`)
}

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', 400, message)
}

/** A page of a list, and the token for the next one. */
export function pageOf<T>(
  items: T[],
  input: Input,
  size: number,
): { page: T[]; next: { NextToken?: string } } {
  const token = stringOf(input, 'NextToken')
  const start = token === '' ? 0 : Number(Buffer.from(token, 'base64').toString('utf8'))
  if (!Number.isInteger(start) || start < 0) {
    throw new AwsError('InvalidNextToken', 400, 'The specified token is not valid.')
  }
  const end = start + Math.min(Number(input.MaxResults ?? size), size)
  const next = end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64') } : {}
  return { page: items.slice(start, end), next }
}
