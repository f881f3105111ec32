import { JSON_AUTH_ERRORS } from '../auth-errors.ts'
import { AwsError } from '../errors.ts'
import type { Call, Service } from '../types.ts'
import { describeOperations } from './describe.ts'
import { putOperations } from './put.ts'
import { readOperations } from './read.ts'
import type { Input, SsmOperation } from './record.ts'
import { removeOperations } from './remove.ts'
import { serviceSettingOperations } from './service-setting.ts'
import { taggingOperations } from './tagging.ts'

const OPERATIONS: Record<string, SsmOperation> = {
  ...putOperations,
  ...readOperations,
  ...describeOperations,
  ...removeOperations,
  ...taggingOperations,
  ...serviceSettingOperations,
}
const HEADERS = { 'Content-Type': 'application/x-amz-json-1.1' }

/** Systems Manager's Parameter Store, AWS JSON 1.1. */
export const ssm: Service = {
  name: 'ssm',
  authErrors: JSON_AUTH_ERRORS,
  action(call) {
    const [target, name = ''] = (call.headers['x-amz-target'] ?? '').split('.')
    const operation =
      target === 'AmazonSSM' && Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined
    if (!operation) throw new AwsError('UnknownOperationException', 400, '')
    const input = readInput(call)
    return {
      operation: name,
      mutating: operation.mutating,
      resource: operation.resource(input),
      arns: (context) => operation.arns(input, context),
      also: (context) => operation.also?.(input, context) ?? [],
      run: (context) => ({
        status: 200,
        headers: HEADERS,
        body: JSON.stringify(operation.run(input, context)),
      }),
    }
  },
  failure: (error) => ({
    status: error.status,
    headers: HEADERS,
    body: JSON.stringify({ __type: error.code, message: error.message }),
  }),
}

function readInput(call: Call): Input {
  try {
    const input: unknown = JSON.parse(Buffer.from(call.body).toString('utf8'))
    if (typeof input === 'object' && input !== null) return input as Input
  } catch {
    // Answered below, as for any other body that is no JSON object.
  }
  throw new AwsError('SerializationException', 400, '')
}
