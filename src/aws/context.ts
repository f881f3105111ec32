import { setMaxListeners } from 'node:events'
import { anySignal } from '../errors/any-signal.ts'
import { GuardError } from '../errors/guard-error.ts'
import { assertProfile, credentialsError, environmentKeys } from './credentials.ts'
import type { ServiceName } from './endpoints.ts'
import { assertEndpoints, endpointFor } from './endpoints.ts'
import { kindOf, toFailure, toGuardError } from './failure.ts'
import type { AwsCall, MiddlewareStackLike } from './middleware.ts'
import { observeAnswers } from './middleware.ts'

export interface AwsOptions {
  profile?: string
  env: NodeJS.ProcessEnv
  /** For `--debug`: one call per attempt, never with values. `status` is absent when nothing came back. */
  onCall?: (call: AwsCall) => void
  signal?: AbortSignal
  /** Fixed delay between retries; the SDK's backoff with jitter unless set. */
  retryDelayMs?: number
  /** The longest that one call may take, with all of its retries; 60 s unless set. */
  deadlineMs?: number
  /** What aborts after so many milliseconds; `AbortSignal.timeout` unless set. */
  deadline?: (milliseconds: number) => AbortSignal
}

const REGION = 'us-east-1'
const MAX_ATTEMPTS = 5
const DEADLINE_MS = 60_000

/** What the service files share: how a client is made, and how a call is run to its end. */
export interface AwsContext {
  /** Configuration for the constructor of an SDK client. */
  clientConfig(service: ServiceName): Promise<ClientConfig>
  /** Puts our middleware on a client. */
  watch<C extends { middlewareStack: MiddlewareStackLike }>(service: ServiceName, client: C): C
  /** Runs a call under the deadline; whatever fails comes out as a GuardError. */
  run<T>(
    service: ServiceName,
    operation: string,
    call: (options: { abortSignal: AbortSignal }) => Promise<T>,
    secrets?: readonly string[],
  ): Promise<T>
  serverTime(): Date | undefined
  /** The identity in use once STS has answered, for messages. */
  identity: string | undefined
}

export type ClientConfig = Awaited<ReturnType<typeof configOf>>

/** Makes the context; refuses endpoints on other machines before anything is called. */
export function createContext(options: AwsOptions): AwsContext {
  assertEndpoints(options.env)
  // Set before any client is loaded: the SDK warns on stderr about the Node version otherwise.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  const credentials = sharedCredentials(options)
  let time: Date | undefined

  const context: AwsContext = {
    identity: undefined,
    serverTime: () => time,
    clientConfig: (service) => configOf(service, options, credentials),
    watch(service, client) {
      observeAnswers(client.middlewareStack, service, {
        onCall: options.onCall,
        onDate: (date) => {
          time = date
        },
      })
      return client
    },
    async run(service, operation, call, secrets) {
      const after = options.deadline ?? ((ms: number) => AbortSignal.timeout(ms))
      const deadline = after(options.deadlineMs ?? DEADLINE_MS)
      const signals = options.signal ? [options.signal, deadline] : [deadline]
      const abortSignal = anySignal(signals)
      // The SDK listens once a request, and a call may have many pages and retries.
      setMaxListeners(0, abortSignal)
      try {
        abortSignal.throwIfAborted()
        return await orAbort(call({ abortSignal }), abortSignal)
      } catch (error) {
        if (error instanceof GuardError) throw error
        if (options.signal?.aborted) {
          throw new GuardError({ code: 'interrupted', message: 'Interrupted.' })
        }
        const seconds = Math.round((options.deadlineMs ?? DEADLINE_MS) / 1000)
        const failure = toFailure(
          service,
          operation,
          deadline.aborted ? late(`no complete answer within ${seconds} s`) : error,
          secrets,
        )
        if (kindOf(failure) === 'credentials') {
          throw await credentialsError(failure, { profile: options.profile, env: options.env })
        }
        const endpoint = endpointFor(service, options.env)
        throw toGuardError(failure, { identity: context.identity, endpoint })
      }
    },
  }
  return context
}

async function configOf(
  service: ServiceName,
  options: AwsOptions,
  credentials: ReturnType<typeof sharedCredentials>,
) {
  const { ConfiguredRetryStrategy } = await import('@smithy/core/retry')
  const endpoint = endpointFor(service, options.env)
  return {
    region: REGION,
    credentials,
    retryStrategy: new ConfiguredRetryStrategy(MAX_ATTEMPTS, options.retryDelayMs),
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 20_000,
      throwOnRequestTimeout: true,
    },
    ignoreConfiguredEndpointUrls: true,
    ...(endpoint ? { endpoint, useFipsEndpoint: false, useDualstackEndpoint: false } : {}),
  }
}

interface Keys {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}

/** One chain for all clients, so that a profile with SSO or a process is asked once. */
function sharedCredentials(options: AwsOptions): () => Promise<Keys> {
  const keys = environmentKeys({ profile: options.profile, env: options.env })
  if (keys) return () => Promise.resolve(keys)
  let chain: Promise<() => Promise<Keys>> | undefined
  return async () => {
    const profile = options.profile ?? options.env['AWS_PROFILE']
    if (profile) await assertProfile(profile, options.env)
    chain ??= import('@aws-sdk/client-sts').then(({ STSClient }) => {
      // Without a logger of ours the chain warns on the console about keys beside a profile.
      const logger = { debug() {}, info() {}, warn() {}, error() {} }
      const client = new STSClient({ region: REGION, logger, ...(profile ? { profile } : {}) })
      return () => client.config.credentials()
    })
    return (await chain)()
  }
}

function late(message: string): Error {
  return Object.assign(new Error(message), { name: 'DeadlineExceeded' })
}

/** A credential process or a sign-in helper does not know our signal: stop waiting for it. */
function orAbort<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
    call.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
