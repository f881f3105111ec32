import { XML_AUTH_ERRORS } from './auth-errors.ts'
import { AwsError } from './errors.ts'
import type { Action, Call, Context, Permission, Service } from './types.ts'
import { element, textElement, XML_DECLARATION } from './xml.ts'

/** One operation of a service that speaks the query protocol (form in, XML out). */
export interface QueryOperation {
  mutating: boolean
  resource(form: URLSearchParams): string
  arns(form: URLSearchParams, context: Context): string[]
  also?(form: URLSearchParams, context: Context): Permission[]
  /** Markup inside `<…Result>`; undefined: the answer has no result element. */
  run(form: URLSearchParams, context: Context): string | undefined
}

/** A whole service from its table of operations. */
export function queryService(
  name: string,
  namespace: string,
  operations: Record<string, QueryOperation>,
): Service {
  return {
    name,
    authErrors: XML_AUTH_ERRORS,
    action: (call) => queryAction(call, namespace, operations),
    failure: (error, requestId) => ({
      status: error.status,
      headers: { 'Content-Type': 'text/xml' },
      body:
        XML_DECLARATION +
        `<ErrorResponse xmlns="${namespace}">` +
        element(
          'Error',
          textElement('Type', error.status < 500 ? 'Sender' : 'Receiver'),
          textElement('Code', error.code),
          textElement('Message', error.message),
        ) +
        textElement('RequestId', requestId) +
        '</ErrorResponse>',
    }),
  }
}

function queryAction(
  call: Call,
  namespace: string,
  operations: Record<string, QueryOperation>,
): Action {
  const form = new URLSearchParams(Buffer.from(call.body).toString('utf8'))
  const name = form.get('Action') ?? ''
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
  if (!operation) {
    const message = `Could not find operation ${name} for version ${form.get('Version') ?? 'NO_VERSION_SPECIFIED'}`
    throw new AwsError('InvalidAction', 400, message)
  }
  return {
    operation: name,
    mutating: operation.mutating,
    resource: operation.resource(form),
    arns: (context) => operation.arns(form, context),
    also: (context) => operation.also?.(form, context) ?? [],
    run(context) {
      const result = operation.run(form, context)
      const body =
        XML_DECLARATION +
        `<${name}Response xmlns="${namespace}">` +
        (result === undefined ? '' : element(`${name}Result`, result)) +
        element('ResponseMetadata', textElement('RequestId', context.requestId)) +
        `</${name}Response>`
      return { status: 200, headers: { 'Content-Type': 'text/xml' }, body }
    },
  }
}
