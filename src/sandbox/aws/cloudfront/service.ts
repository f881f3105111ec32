import { XML_AUTH_ERRORS } from '../auth-errors.ts'
import { AwsError } from '../errors.ts'
import type { Call, Service } from '../types.ts'
import { element, textElement, XML_DECLARATION } from '../xml.ts'
import { distributionOperations } from './distributions.ts'
import { listOperations } from './list.ts'
import type { CloudFrontOperation } from './operation.ts'
import { NAMESPACE } from './operation.ts'
import { taggingOperations } from './tagging.ts'

const OPERATIONS = [...distributionOperations, ...listOperations, ...taggingOperations]
const API_VERSION = '/2020-05-31'

/** CloudFront, REST with XML. */
export const cloudfront: Service = {
  name: 'cloudfront',
  authErrors: XML_AUTH_ERRORS,
  action(call) {
    const path = call.path.startsWith(`${API_VERSION}/`) ? call.path.slice(API_VERSION.length) : ''
    const operation = OPERATIONS.find((candidate) => fits(candidate, call, path))
    if (!operation) throw new AwsError('UnknownOperationException', 404, 'UnknownOperation')
    const id = decodeURIComponent(operation.path.exec(path)?.[1] ?? '')
    const resource = call.query.get('Resource') ?? id
    return {
      operation: operation.name,
      mutating: operation.mutating,
      resource,
      arns({ account }) {
        if (resource === '') return ['*']
        if (resource.startsWith('arn:')) return [resource]
        return [`arn:aws:cloudfront::${account}:distribution/${resource}`]
      },
      run: (context) => operation.run(id, call, context),
    }
  },
  failure: (error, requestId) => ({
    status: error.status,
    headers: { 'Content-Type': 'text/xml' },
    body:
      XML_DECLARATION +
      `<ErrorResponse xmlns="${NAMESPACE}">` +
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

function fits(operation: CloudFrontOperation, call: Call, path: string): boolean {
  return (
    operation.method === call.method &&
    operation.path.test(path) &&
    Object.entries(operation.query ?? {}).every(([name, value]) => call.query.get(name) === value)
  )
}
