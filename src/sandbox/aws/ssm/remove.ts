import { parameterArn, parameterNotFound, stringOf, stringsOf, validation } from './record.ts'
import type { SsmOperation } from './record.ts'

export const removeOperations: Record<string, SsmOperation> = {
  DeleteParameter: {
    mutating: true,
    resource: (input) => stringOf(input, 'Name'),
    arns: (input, context) => [parameterArn(stringOf(input, 'Name'), context)],
    run(input, context) {
      const name = stringOf(input, 'Name')
      if (!context.cloud.parameters.delete(parameterArn(name, context))) {
        throw parameterNotFound(name)
      }
      return {}
    },
  },
  DeleteParameters: {
    mutating: true,
    resource: (input) => stringsOf(input, 'Names').join(','),
    arns: (input, context) => stringsOf(input, 'Names').map((name) => parameterArn(name, context)),
    run(input, context) {
      const names = stringsOf(input, 'Names')
      if (names.length === 0 || names.length > 10) {
        throw validation(
          "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 10.",
        )
      }
      const deleted = names.filter((name) =>
        context.cloud.parameters.delete(parameterArn(name, context)),
      )
      return {
        DeletedParameters: deleted,
        InvalidParameters: names.filter((name) => !deleted.includes(name)),
      }
    },
  },
}
