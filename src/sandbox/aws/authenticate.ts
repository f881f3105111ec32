import { AwsError } from './errors.ts'
import type { Identities } from './identities.ts'
import { permitted, refusedWords } from './permitted.ts'
import { readAuthorization, signatureProblem, signingTime } from './sigv4.ts'
import type { Action, AuthFailure, Call, Context, Principal, Service } from './types.ts'

const MESSAGES: Record<AuthFailure, string> = {
  missing: 'Request is missing Authentication Token',
  'unknown-key': 'The security token included in the request is invalid.',
  expired: 'The security token included in the request is expired',
  signature: '',
  denied: '',
}

/** Who signed the call, and for which region; anything wrong is refused in the service's words. */
export function authenticate(
  call: Call,
  service: Service,
  identities: Identities,
  clock: { now: number; maxSkew: number | undefined },
): { principal: Principal; region: string } {
  const authorization = readAuthorization(call.headers.authorization)
  if (!authorization) throw refusal(service, 'missing')
  const entry = identities.find(authorization.accessKeyId)
  if (!entry) throw refusal(service, 'unknown-key')
  if (entry.credentials.sessionToken !== call.headers['x-amz-security-token']) {
    throw refusal(service, 'unknown-key')
  }
  if (entry.expired) throw refusal(service, 'expired')
  if (authorization.service !== service.name) {
    const message = `Credential should be scoped to correct service: '${service.name}'.`
    throw refusal(service, 'signature', message)
  }
  const problem = signatureProblem(call, authorization, entry.credentials.secretAccessKey)
  if (problem !== undefined) throw refusal(service, 'signature', problem)
  const skew = Math.abs((signingTime(call) ?? 0) - clock.now)
  if (clock.maxSkew !== undefined && skew > clock.maxSkew) {
    const stamp = call.headers['x-amz-date'] ?? ''
    const now = new Date(clock.now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
    throw refusal(
      service,
      'signature',
      `Signature expired: ${stamp} is not within ${now} +- 5 min.`,
    )
  }
  return { principal: entry.principal, region: authorization.region }
}

/** Refuses what the policies of the caller do not allow. */
export function authorize(service: Service, action: Action, context: Context): void {
  if (!context.principal.policies) return
  const name = `${service.name}:${action.operation}`
  const needed = [
    ...action.arns(context).map((arn) => ({ action: name, arn })),
    ...(action.also?.(context) ?? []),
  ]
  const denied = needed.find((permission) => !permitted(permission, context))
  if (denied) throw refusal(service, 'denied', refusedWords(denied, context))
}

function refusal(service: Service, failure: AuthFailure, message = MESSAGES[failure]): AwsError {
  const { code, status } = service.authErrors[failure]
  return new AwsError(code, status, message)
}
