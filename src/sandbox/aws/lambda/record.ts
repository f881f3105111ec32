import { randomUUID } from 'node:crypto'

import { AwsError } from '../errors.ts'
import type { Context } from '../types.ts'
import type { VersionRecord, FunctionRecord } from './stored.ts'

export type { FunctionSettings, VersionRecord, FunctionRecord } from './stored.ts'

export interface FunctionRef {
  arn: string
  qualifier: string | undefined
}

/** `name`, `name:2`, a partial or a whole ARN, and a qualifier from elsewhere. */
export function functionRef(text: string, qualifier: string | null, context: Context): FunctionRef {
  const parts =
    /^(?:arn:[^:]*:lambda:([^:]*):([^:]*):function:|(\d{12}):(?:function:)?)?([\w-]{1,140})(?::(\$LATEST|[\w-]+))?$/.exec(
      text,
    )
  if (!parts) {
    const message = `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint`
    throw new AwsError('ValidationException', 400, message)
  }
  const [, region = context.region, arnAccount, account = context.account, name, inline] = parts
  return {
    arn: `arn:aws:lambda:${region}:${arnAccount ?? account}:function:${name}`,
    qualifier: qualifier ?? inline,
  }
}

/** The function, or ResourceNotFoundException with AWS's words. */
export function functionOf({ arn, qualifier }: FunctionRef, context: Context): FunctionRecord {
  const record = context.cloud.functions.get(arn)
  if (!record || arn.split(':')[4] !== context.account) throw notFound(arn, qualifier)
  return record
}

/** A numbered version, or `$LATEST` (also without a qualifier). */
export function versionOf(ref: FunctionRef, context: Context): FunctionRecord | VersionRecord {
  const record = functionOf(ref, context)
  if (ref.qualifier === undefined || ref.qualifier === '$LATEST') return record
  const version = record.versions.find((candidate) => candidate.version === ref.qualifier)
  if (!version) throw notFound(ref.arn, ref.qualifier)
  return version
}

function notFound(arn: string, qualifier?: string): AwsError {
  const whole = qualifier === undefined ? arn : `${arn}:${qualifier}`
  return new AwsError('ResourceNotFoundException', 404, `Function not found: ${whole}`)
}

export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', 400, message)
}

/** Refuses what AWS refuses while a function is being created or updated. */
export function checkIdle(record: FunctionRecord, now: number): void {
  if (now < record.activeAt) {
    throw new AwsError(
      'ResourceConflictException',
      409,
      `The operation cannot be performed at this time. The function is currently in the following state: Pending`,
    )
  }
  if (record.updatedAt !== undefined && now < record.updatedAt) {
    throw new AwsError(
      'ResourceConflictException',
      409,
      `The operation cannot be performed at this time. An update is in progress for resource: ${record.arn}`,
    )
  }
}

export function checkRevision(record: FunctionRecord, revisionId: unknown): void {
  if (revisionId === undefined || revisionId === record.revisionId) return
  throw new AwsError(
    'PreconditionFailedException',
    412,
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
  )
}

/** Marks an update as begun: it lasts `delays.lambda`. */
export function beginUpdate(record: FunctionRecord, { cloud, now }: Context): void {
  record.revisionId = randomUUID()
  record.modifiedAt = now
  record.updatedAt = now + cloud.delays.lambda
}
