import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'

import type { Context } from '../types.ts'
import type { LambdaOperation } from './operation.ts'
import { functionPath, refOf } from './operation.ts'
import { checkIdle, checkRevision, functionOf, invalidValue } from './record.ts'
import type { FunctionRecord, FunctionSettings, VersionRecord } from './record.ts'
import { configuration } from './representation.ts'

export const publishOperations: LambdaOperation[] = [
  {
    name: 'PublishVersion',
    method: 'POST',
    path: functionPath('versions'),
    mutating: true,
    run(input, context) {
      const record = functionOf(refOf(input, context), context)
      const { CodeSha256: sha, RevisionId: revisionId, Description: description } = input.body
      checkRevision(record, revisionId)
      if (typeof sha === 'string' && sha !== '' && sha !== record.codeSha256) {
        throw invalidValue(
          `CodeSHA256 (${sha}) is different from current CodeSHA256 in $LATEST (${record.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
        )
      }
      checkIdle(record, context.now)
      const version = publish(
        record,
        typeof description === 'string' ? description : undefined,
        context,
      )
      return { status: 201, body: configuration(version, context) }
    },
  },
]

/** A snapshot of `$LATEST`; the newest version itself when nothing changed since. */
export function publish(
  record: FunctionRecord,
  description: string | undefined,
  { cloud, now }: Context,
): VersionRecord {
  const newest = record.versions.at(-1)
  if (newest && isDeepStrictEqual(comparable(newest), comparable(record))) return newest
  record.lastVersion += 1
  const version: VersionRecord = {
    ...settingsOf(record),
    description: description ?? record.description,
    arn: `${record.arn}:${record.lastVersion}`,
    version: String(record.lastVersion),
    revisionId: randomUUID(),
    modifiedAt: now,
    activeAt: now + cloud.delays.lambda,
  }
  record.versions.push(version)
  return version
}

function settingsOf(record: FunctionSettings): FunctionSettings {
  const { description, roleArn, runtime, handler, memory, timeout } = record
  const { environment, architectures, layers, zip, codeSha256 } = record
  return {
    ...{ description, roleArn, runtime, handler, memory, timeout },
    ...{ environment, architectures, layers, zip, codeSha256 },
  }
}

/** A version may carry a description of its own, so that alone makes no new version. */
function comparable(record: FunctionSettings) {
  const { zip: _zip, description: _description, ...rest } = settingsOf(record)
  return rest
}
