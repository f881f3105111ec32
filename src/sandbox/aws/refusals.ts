import type { Refusal, Reply } from '../types.ts'
import { AwsError } from './errors.ts'
import type { Action, Service } from './types.ts'

/** How each service says that it is asked too often. */
const THROTTLING: Record<string, { code: string; status: number }> = {
  ssm: { code: 'ThrottlingException', status: 400 },
  lambda: { code: 'TooManyRequestsException', status: 429 },
}

/** An injected refusal, as this service would put it. */
export function refusalOf(
  refusal: Refusal,
  service: Service,
  action: Action,
  requestId: string,
): Reply {
  const reply = service.failure(errorFor(refusal, service, action), requestId)
  // Milliseconds, as the SDKs read it beside `Retry-After`, which knows whole seconds only.
  if (refusal === 'throttled-with-hint')
    reply.headers = { ...reply.headers, 'x-amz-retry-after': '200' }
  return reply
}

function errorFor(refusal: Refusal, { name, authErrors }: Service, action: Action): AwsError {
  switch (refusal) {
    case 'failed':
      return new AwsError(
        'InternalFailure',
        500,
        'The request failed because of an internal error.',
      )
    case 'bad-gateway':
      return new AwsError('BadGateway', 502, 'Bad Gateway')
    case 'unavailable':
      return new AwsError('ServiceUnavailable', 503, 'The service is unavailable; try again.')
    case 'throttled':
    case 'throttled-with-hint': {
      const { code, status } = THROTTLING[name] ?? { code: 'Throttling', status: 400 }
      return new AwsError(code, status, 'Rate exceeded')
    }
    case 'expired': {
      const { code, status } = authErrors.expired
      return new AwsError(code, status, 'The security token included in the request is expired')
    }
    case 'denied': {
      const { code, status } = authErrors.denied
      const what = `${name}:${action.operation} on resource: ${action.resource}`
      return new AwsError(code, status, `User: operator is not authorized to perform: ${what}`)
    }
  }
}
