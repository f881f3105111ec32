import type { Context } from '../types.ts'
import type { FunctionRecord, VersionRecord } from './record.ts'

/** A FunctionConfiguration of `$LATEST` or of a version; `qualified` puts `:$LATEST` into the ARN. */
export function configuration(
  record: FunctionRecord | VersionRecord,
  { now }: Context,
  qualified = false,
): Record<string, unknown> {
  const version = 'version' in record ? record.version : '$LATEST'
  const pending = now < record.activeAt
  const suffix = qualified && version === '$LATEST' ? ':$LATEST' : ''
  return {
    FunctionName: record.arn.split(':')[6],
    FunctionArn: record.arn + suffix,
    Runtime: record.runtime,
    Role: record.roleArn,
    Handler: record.handler,
    CodeSize: record.zip.byteLength,
    Description: record.description,
    Timeout: record.timeout,
    MemorySize: record.memory,
    LastModified: new Date(record.modifiedAt).toISOString().replace('Z', '+0000'),
    CodeSha256: record.codeSha256,
    Version: version,
    TracingConfig: { Mode: 'PassThrough' },
    RevisionId: record.revisionId,
    State: pending ? 'Pending' : 'Active',
    ...(pending && {
      StateReason: 'The function is being created.',
      StateReasonCode: 'Creating',
    }),
    ...updateStatus(record, now, pending),
    PackageType: 'Zip',
    Architectures: record.architectures,
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    ...(Object.keys(record.environment).length > 0 && {
      Environment: { Variables: record.environment },
    }),
    ...(record.layers.length > 0 && { Layers: record.layers.map((Arn) => ({ Arn })) }),
  }
}

function updateStatus(
  record: FunctionRecord | VersionRecord,
  now: number,
  pending: boolean,
): Record<string, unknown> {
  if (pending) return {}
  const updating = 'updatedAt' in record && record.updatedAt !== undefined && now < record.updatedAt
  if (!updating) return { LastUpdateStatus: 'Successful' }
  return {
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: 'The function is being created.',
    LastUpdateStatusReasonCode: 'Creating',
  }
}
