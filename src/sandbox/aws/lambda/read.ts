import { permitted, refusedWords } from '../permitted.ts'
import type { Context } from '../types.ts'
import type { LambdaOperation } from './operation.ts'
import { FUNCTION_PATH, functionPath, refOf } from './operation.ts'
import { functionOf, versionOf } from './record.ts'
import type { FunctionRecord } from './record.ts'
import { configuration } from './representation.ts'

const PAGE = 50

export const readOperations: LambdaOperation[] = [
  {
    name: 'GetFunction',
    method: 'GET',
    path: FUNCTION_PATH,
    mutating: false,
    run(input, context) {
      const ref = refOf(input, context)
      const record = functionOf(ref, context)
      return {
        status: 200,
        body: {
          Configuration: configuration(
            versionOf(ref, context),
            context,
            ref.qualifier !== undefined,
          ),
          Code: { RepositoryType: 'S3' },
          ...tagsOf(record, context),
        },
      }
    },
  },
  {
    name: 'GetFunctionConfiguration',
    method: 'GET',
    path: functionPath('configuration'),
    mutating: false,
    run(input, context) {
      const ref = refOf(input, context)
      const body = configuration(versionOf(ref, context), context, ref.qualifier !== undefined)
      return { status: 200, body }
    },
  },
  {
    name: 'ListVersionsByFunction',
    method: 'GET',
    path: functionPath('versions'),
    mutating: false,
    run(input, context) {
      const record = functionOf(refOf(input, context), context)
      const all = [record, ...record.versions]
      const start = Number(input.query.get('Marker') ?? 0)
      const end = start + Math.min(Number(input.query.get('MaxItems') ?? PAGE), PAGE)
      return {
        status: 200,
        body: {
          Versions: all.slice(start, end).map((entry) => configuration(entry, context, true)),
          ...(end < all.length && { NextMarker: String(end) }),
        },
      }
    },
  },
]

/** Who may not list the tags gets the rest. https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
function tagsOf({ arn, tags }: FunctionRecord, context: Context): Record<string, unknown> {
  const permission = { action: 'lambda:ListTags', arn }
  if (!permitted(permission, context)) {
    const Message = refusedWords(permission, context)
    return { TagsError: { ErrorCode: 'AccessDeniedException', Message } }
  }
  return tags.size > 0 ? { Tags: Object.fromEntries(tags) } : {}
}
