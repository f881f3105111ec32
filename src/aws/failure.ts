import type { GuardErrorOptions } from '../errors/guard-error.ts'
import { GuardError } from '../errors/guard-error.ts'
import type { AwsFailure } from './types.ts'

const CREDENTIALS = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'InvalidAccessKeyId',
  'AuthFailure',
  'OptInRequired',
  // Of the services behind the chain: SSO, and STS with a web identity.
  'UnauthorizedException',
  'InvalidIdentityToken',
  'InvalidIdentityTokenException',
])

const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'NotAuthorized',
  'UnauthorizedOperation',
])

const THROTTLED = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'TooManyUpdates',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'PriorRequestNotComplete',
])

const NETWORK = /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|EPROTO|ERR_SSL)/
const CERTIFICATE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS)/

/** In these words CloudFront says what Lambda@Edge may not do, under a name that stands for other mistakes too. */
const NEEDS = /Update the IAM policy to add permission: ([\w-]+:[\w*]+)/

export type FailureKind = 'credentials' | 'denied' | 'throttled' | 'unreachable' | 'failed'

interface SdkError {
  name?: unknown
  message?: unknown
  code?: unknown
  $metadata?: { httpStatusCode?: number }
}

/** What the SDK threw, as plain data without its request, its response or any of `secrets`. */
export function toFailure(
  service: string,
  operation: string,
  error: unknown,
  secrets: readonly string[] = [],
): AwsFailure {
  const thrown = (typeof error === 'object' && error !== null ? error : {}) as SdkError
  const code = typeof thrown.code === 'string' && isNetwork(thrown.code) ? thrown.code : undefined
  const name = code ?? (typeof thrown.name === 'string' ? thrown.name : 'Error')
  const raw = typeof thrown.message === 'string' && thrown.message !== '' ? thrown.message : name
  const message = withhold(raw, secrets)
  const status = thrown.$metadata?.httpStatusCode
  return { service, operation, name, message, status, reason: reasonOf(name, message) }
}

/** Of a secret, less than this may be told. */
const TELLING = 12

/** AWS's validation errors quote the value they refuse, or a part of it; a secret must not come back that way. */
function withhold(message: string, secrets: readonly string[]): string {
  const leaks = secrets.some((secret) => partsOf(secret).some((part) => message.includes(part)))
  return leaks ? 'the message is withheld because it quotes a secret value' : message.trim()
}

function partsOf(secret: string): string[] {
  const count = Math.max(secret.length - TELLING + 1, Math.min(secret.length, 1))
  return Array.from({ length: count }, (_, at) => secret.slice(at, at + TELLING))
}

function reasonOf(name: string, message: string): AwsFailure['reason'] {
  if (/^InvalidParameterValue/.test(name) && /role.*cannot be assumed by Lambda/i.test(message)) {
    return 'role-not-assumable'
  }
  if (/^(EntityAlreadyExists|ParameterAlreadyExists)/.test(name)) return 'already-exists'
  if (/^ResourceConflict/.test(name)) {
    return /already exist/i.test(message) ? 'already-exists' : 'in-progress'
  }
  return 'other'
}

/** Which of the five kinds of failure it is, by name, status and message. */
export function kindOf(failure: AwsFailure): FailureKind {
  const { name, status } = failure
  if (CREDENTIALS.has(name)) return 'credentials'
  if (/security token.*(expired|invalid)|SSO session.*(expired|invalid)/i.test(failure.message)) {
    return 'credentials'
  }
  if (DENIED.has(name) || NEEDS.test(failure.message)) return 'denied'
  if (THROTTLED.has(name) || status === 429) return 'throttled'
  if (isNetwork(name) || name === 'TimeoutError' || name === 'DeadlineExceeded') {
    return 'unreachable'
  }
  return 'failed'
}

/** The error a command ends with; credentials are explained by `credentials.ts`, which knows the profile. */
export function toGuardError(
  failure: AwsFailure,
  known: { identity?: string | undefined; endpoint?: string | undefined } = {},
): GuardError {
  return new GuardError({ ...optionsOf(failure, known), cause: failure })
}

function optionsOf(
  failure: AwsFailure,
  known: { identity?: string | undefined; endpoint?: string | undefined },
): GuardErrorOptions {
  const call = `${failure.service}:${failure.operation}`
  switch (kindOf(failure)) {
    case 'credentials':
      return {
        code: 'aws-credentials',
        message: `AWS does not take the credentials: ${failure.message}`,
        next: ['aws sts get-caller-identity'],
      }
    case 'denied': {
      const key = /perform:? (kms:\w+) on resource: (\S+)/.exec(failure.message)
      if (key) return keyDenied(failure, key[1] ?? '', key[2] ?? '', known.identity)
      const action =
        (/perform:? ([\w-]+:[\w*]+)/.exec(failure.message) ?? NEEDS.exec(failure.message))?.[1] ??
        call
      const who = /User: (\S+)/.exec(failure.message)?.[1] ?? known.identity
      return {
        code: 'aws-denied',
        message: `AWS refuses ${action}${who ? ` to ${who}` : ''}: ${failure.message}`,
        hint: `Add ${action} to the policies of ${who ?? 'the identity in use'}, or use another profile.`,
        details: [action],
      }
    }
    case 'throttled':
      return {
        code: 'aws-throttled',
        message: `AWS limits the rate of ${call} and did so through every retry: ${failure.message}`,
        hint: 'Wait a minute and run the same command again; it continues where it stopped.',
      }
    case 'unreachable':
      return {
        code: 'aws-unreachable',
        message: `${known.endpoint ?? `AWS (${failure.service})`} cannot be reached: ${failure.message}`,
        hint: CERTIFICATE.test(failure.name)
          ? 'A proxy of your network seems to sit in between: name its certificate in NODE_EXTRA_CA_CERTS.'
          : 'Check the network, the proxy and the name service, then run the same command again.',
      }
    case 'failed':
      if (failure.name.startsWith('InvalidKeyId')) return keyUnknown(failure)
      return {
        code: 'aws-failed',
        message: `${call} failed: ${failure.message} (${failure.name}${failure.status ? `, HTTP ${failure.status}` : ''})`,
        hint: 'Run the same command again; it continues where it stopped.',
      }
  }
}

/** SSM passes on what KMS says; the key's own policy may be in the way as well as that of the caller. */
function keyDenied(
  failure: AwsFailure,
  action: string,
  key: string,
  identity: string | undefined,
): GuardErrorOptions {
  const who = /User: (\S+)/.exec(failure.message)?.[1] ?? identity ?? 'the identity in use'
  return {
    code: 'aws-denied',
    message: `The KMS key of the private keys refuses ${action} to ${who}: ${failure.message}`,
    hint: `Allow ${action} on ${key} in the policies of ${who} and in the key's own policy, or use another key with --kms-key; without one, AWS's own key (aws/ssm) needs no such right.`,
    details: [action],
  }
}

function keyUnknown({ message }: AwsFailure): GuardErrorOptions {
  return {
    code: 'aws-failed',
    message: `SSM cannot use the KMS key of the private keys: ${message}`,
    hint: 'Enable that key or cancel its deletion; or name another enabled symmetric key in us-east-1 with apply --kms-key (ssm.kmsKey in the file). Then run the same command again.',
    next: ['aws kms list-keys --region us-east-1'],
  }
}

function isNetwork(code: string): boolean {
  return NETWORK.test(code) || CERTIFICATE.test(code)
}

/** The failed AWS call behind an error, if there is one. */
export function awsFailureOf(error: unknown): AwsFailure | undefined {
  const cause: unknown = error instanceof GuardError ? error.cause : undefined
  const known = typeof cause === 'object' && cause !== null && 'operation' in cause
  return known && 'reason' in cause ? (cause as AwsFailure) : undefined
}

/** Turns the named AWS errors into `value`; everything else is thrown on. */
export async function unless<T, V>(
  call: Promise<T>,
  value: V,
  matches: (failure: AwsFailure) => boolean,
): Promise<T | V> {
  try {
    return await call
  } catch (error) {
    const failure = awsFailureOf(error)
    if (failure && matches(failure)) return value
    throw error
  }
}

/** Matches AWS errors by name, with or without the `Exception` that the SDKs add to some. */
export function named(...names: string[]): (failure: AwsFailure) => boolean {
  return ({ name }) => names.includes(name.replace(/Exception$/, ''))
}
