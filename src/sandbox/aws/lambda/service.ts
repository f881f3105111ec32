import { REST_JSON_AUTH_ERRORS } from '../auth-errors.ts'
import { AwsError } from '../errors.ts'
import type { Call, Service } from '../types.ts'
import type { Input } from './operation.ts'
import { publishOperations } from './publish.ts'
import { readOperations } from './read.ts'
import { functionRef } from './record.ts'
import { removeOperations } from './remove.ts'
import { taggingOperations } from './tagging.ts'
import { writeOperations } from './write.ts'

const OPERATIONS = [
  ...readOperations,
  ...writeOperations,
  ...publishOperations,
  ...removeOperations,
  ...taggingOperations,
]

/** Lambda, REST with JSON. */
export const lambda: Service = {
  name: 'lambda',
  authErrors: REST_JSON_AUTH_ERRORS,
  action(call) {
    const operation = OPERATIONS.find(
      ({ method, path }) => method === call.method && path.test(call.path),
    )
    if (!operation) throw new AwsError('UnknownOperationException', 404, '')
    const body = readBody(call)
    const inPath = decodeURIComponent(operation.path.exec(call.path)?.[1] ?? '')
    const named = typeof body.FunctionName === 'string' ? body.FunctionName : ''
    const input: Input = { target: inPath, query: call.query, body }
    const target = inPath === '' ? named : inPath
    const qualifier = call.query.get('Qualifier')
    return {
      operation: operation.name,
      mutating: operation.mutating,
      resource: qualifier === null ? target : `${target}:${qualifier}`,
      arns(context) {
        const ref = functionRef(target, qualifier, context)
        return [ref.qualifier === undefined ? ref.arn : `${ref.arn}:${ref.qualifier}`]
      },
      also: (context) => operation.also?.(input, context) ?? [],
      run(context) {
        const output = operation.run(input, context)
        if (!output.body) return { status: output.status }
        return {
          status: output.status,
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(output.body),
        }
      },
    }
  },
  failure: (error) => ({
    status: error.status,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': error.code },
    body: JSON.stringify({
      Type: error.status < 500 ? 'User' : 'Service',
      Message: error.message,
      message: error.message,
    }),
  }),
}

function readBody(call: Call): Record<string, unknown> {
  if (call.body.byteLength === 0) return {}
  try {
    const body: unknown = JSON.parse(Buffer.from(call.body).toString('utf8'))
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>
  } catch {
    // Answered below, as for any other body that is no JSON object.
  }
  throw new AwsError('InvalidRequestContentException', 400, 'Could not parse request body')
}
