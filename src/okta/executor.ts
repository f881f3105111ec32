import { anySignal } from '../errors/any-signal.ts'
import { GuardError } from '../errors/guard-error.ts'
import { tokenRefusal } from './token-refusal.ts'

/** What the SDK hands to its request executor, as far as we touch it. */
export interface SdkRequest {
  url: string
  method: string
  headers: Record<string, string>
  redirect?: 'manual'
  signal?: AbortSignal
  agent?: unknown
}

export interface SdkResponse {
  status: number
  headers: { get(name: string): string | null }
  text(): Promise<string>
  json(): Promise<unknown>
}

export interface OktaCall {
  method: string
  /** With the query; never a header or a body. */
  path: string
  status: number
}

export interface ExecutorOptions {
  orgUrl: string
  fetch: (request: SdkRequest) => Promise<SdkResponse>
  /** Proxy agent, for the token endpoint too, where the SDK forgets it. */
  agent: () => unknown
  onCall: ((call: OktaCall) => void) | undefined
  onWait: ((seconds: number) => void) | undefined
  signal: AbortSignal | undefined
  sleep: (seconds: number) => Promise<void>
  deadline: (milliseconds: number) => AbortSignal
  /** Seconds before the first retry of a call that failed; doubled each time, with jitter. */
  backoff: number
}

const TOKEN_PATH = '/oauth2/v1/token'
/** In a row. Each of the calls that begin together needs one; the SDK itself would take them for ever. */
const MAX_NONCES = 20
const MAX_WAITS = 3
const MAX_WAIT_SECONDS = 60
const REQUEST_TIMEOUT_MS = 30_000
const MAX_RETRIES = 4
const MAX_BACKOFF_SECONDS = 8
/** Made twice, they do what they do once: RFC 9110, section 9.2.2. A POST is left to the step that made it. */
const IDEMPOTENT = new Set(['GET', 'PUT', 'DELETE'])
const TRANSIENT = new Set([500, 502, 503, 504])

/**
 * Sends for the SDK: stays on the org's own origin, waits out rate limits within bounds,
 * and shows what the token endpoint says, which the SDK takes for a token.
 */
export function createExecutor(options: ExecutorOptions): {
  fetch(request: SdkRequest): Promise<SdkResponse>
} {
  const { origin } = new URL(options.orgUrl)
  let nonces = 0

  async function once(request: SdkRequest): Promise<SdkResponse> {
    options.signal?.throwIfAborted()
    const agent = request.agent ?? options.agent()
    const response = await options.fetch({
      ...request,
      redirect: 'manual',
      // One of its own for each request: the SDK's fetch leaves its listener where a body is not read.
      signal: anySignal([
        options.deadline(REQUEST_TIMEOUT_MS),
        ...(options.signal ? [options.signal] : []),
      ]),
      ...(agent === undefined ? {} : { agent }),
    })
    const { pathname, search } = new URL(request.url)
    options.onCall?.({
      method: request.method.toUpperCase(),
      path: pathname + search,
      status: response.status,
    })
    return response
  }

  /** Over a connection that was dropped, and a server that failed, the call goes out again. */
  async function patiently(request: SdkRequest): Promise<SdkResponse> {
    for (let retries = 0; ; retries += 1) {
      const last = retries === MAX_RETRIES || !IDEMPOTENT.has(request.method.toUpperCase())
      try {
        const response = await once(request)
        if (last || !TRANSIENT.has(response.status)) return response
        await response.text()
      } catch (error) {
        if (last || !isDropped(error)) throw error
      }
      const most = Math.min(MAX_BACKOFF_SECONDS, options.backoff * 2 ** retries)
      await options.sleep(most * (0.5 + Math.random() / 2))
    }
  }

  return {
    async fetch(request) {
      const url = new URL(request.url)
      if (url.origin !== origin) {
        throw new GuardError({
          code: 'okta-failed',
          message: `Okta's answer points to ${url.origin}, which is not ${origin}; nothing was sent there.`,
          hint: `If that is the same org, run again with --okta-org-url ${url.origin}.`,
        })
      }
      let response = await patiently(request)
      for (let waits = 0; response.status === 429 && waits < MAX_WAITS; waits += 1) {
        const seconds = secondsToReset(response)
        if (seconds === undefined || seconds > MAX_WAIT_SECONDS) break
        await response.text()
        options.onWait?.(seconds)
        await options.sleep(seconds)
        response = await patiently({
          ...request,
          headers: { ...request.headers, 'X-Okta-Retry-Count': String(waits + 1) },
        })
      }
      if (url.pathname === TOKEN_PATH && response.status >= 400) {
        const body = await response.text()
        nonces += 1
        const refusal = tokenRefusal(response.status, body, nonces <= MAX_NONCES)
        if (refusal) throw refusal
        response = whole(response, body)
      } else if (url.pathname === TOKEN_PATH) nonces = 0
      const type = response.headers.get('content-type')
      if (response.status < 300 && type !== null && !/\bjson\b/.test(type)) {
        // The SDK takes a page of HTML for an empty list.
        throw new SyntaxError(`${type} is not JSON`)
      }
      return response
    },
  }
}

/**
 * An answer whose body has been read. A clone would do for one that comes; where none does, node-fetch lets the
 * deadline fall upon the other half, which nobody listens to, and the process ends.
 */
function whole({ status, headers }: SdkResponse, body: string): SdkResponse {
  return {
    status,
    headers,
    text: () => Promise.resolve(body),
    json: () => Promise.resolve().then(() => JSON.parse(body) as unknown),
  }
}

function isDropped(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return code === 'ECONNRESET' || code === 'EPIPE'
}

/** Okta's clock against Okta's clock: `x-rate-limit-reset` minus `date`, and a second for rounding. */
export function secondsToReset(response: Pick<SdkResponse, 'headers'>): number | undefined {
  const reset = response.headers.get('x-rate-limit-reset')
  const date = Date.parse(response.headers.get('date') ?? '')
  if (reset === null || !/^\d{1,12}$/.test(reset) || Number.isNaN(date)) return undefined
  return Math.max(1, Number(reset) - Math.floor(date / 1000) + 1)
}
