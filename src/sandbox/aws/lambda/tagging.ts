import { mergeTags } from '../tags.ts'
import type { Context } from '../types.ts'
import type { Input, LambdaOperation } from './operation.ts'
import { TAGS_PATH } from './operation.ts'
import { functionOf, functionRef, invalidValue } from './record.ts'
import type { FunctionRecord } from './record.ts'

export const taggingOperations: LambdaOperation[] = [
  {
    name: 'TagResource',
    method: 'POST',
    path: TAGS_PATH,
    mutating: true,
    run(input, context) {
      const added = new Map(Object.entries((input.body.Tags ?? {}) as Record<string, string>))
      mergeTags(tagged(input, context).tags, added, 'InvalidParameterValueException')
      return { status: 204 }
    },
  },
  {
    name: 'ListTags',
    method: 'GET',
    path: TAGS_PATH,
    mutating: false,
    run: (input, context) => ({
      status: 200,
      body: { Tags: Object.fromEntries(tagged(input, context).tags) },
    }),
  },
]

function tagged({ target }: Input, context: Context): FunctionRecord {
  const ref = functionRef(target, null, context)
  if (ref.qualifier !== undefined) {
    throw invalidValue('Tags on function aliases and versions are not supported.')
  }
  return functionOf(ref, context)
}
