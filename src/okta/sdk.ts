import { setTimeout as delay } from 'node:timers/promises'
import type { Client, Collection } from '@okta/okta-sdk-nodejs'
import { GuardError } from '../errors/guard-error.ts'
import type { AppJson } from './app-json.ts'
import { createExecutor } from './executor.ts'
import type { OktaCall, SdkRequest, SdkResponse } from './executor.ts'
import { isLoopbackHost } from './org-url.ts'
import { sdkAuth } from './sdk-auth.ts'
import type { OktaCredentials } from './types.ts'

export interface SdkOptions {
  orgUrl: string
  credentials: OktaCredentials
  onCall?: ((call: OktaCall) => void) | undefined
  /** Told before a rate limit is waited out. */
  onWait?: ((seconds: number) => void) | undefined
  signal?: AbortSignal | undefined
  /** Waits out a rate limit or a failure; real time unless set. */
  sleep?: ((seconds: number) => Promise<void>) | undefined
  /** What aborts after so many milliseconds; `AbortSignal.timeout` unless set. */
  deadline?: ((milliseconds: number) => AbortSignal) | undefined
}

export interface Sdk {
  client: Client
  /** JSON as Okta sends it: the SDK's models drop every field that they do not know. */
  json(method: 'GET' | 'POST' | 'PUT', path: string, body?: AppJson): Promise<AppJson>
  list(path: string): AsyncIterable<AppJson | null>
}

/** The SDK's types speak of node-fetch's, which are not installed. */
interface RawFetch {
  fetch(request: SdkRequest): Promise<SdkResponse>
}

interface RawHttp {
  agent: unknown
  http(url: string, request: SdkRequest): Promise<{ json(): Promise<unknown> }>
}

function rawHttp(client: Client): RawHttp {
  return client.http
}

/** The only place that loads Okta's SDK, which takes most of a second. */
export async function openSdk(options: SdkOptions): Promise<Sdk> {
  const { orgUrl, signal } = options
  const auth = sdkAuth(options.credentials)
  // Of a CommonJS module, a bundle's chunk exports nothing but the default.
  const { default: okta } = await import('@okta/okta-sdk-nodejs')
  const base = new okta.RequestExecutor()
  let client: Client | undefined
  const executor = createExecutor({
    orgUrl,
    fetch: (request) => (base as unknown as RawFetch).fetch(request),
    agent: () => client && rawHttp(client).agent,
    onCall: options.onCall,
    onWait: options.onWait,
    signal,
    backoff: isLoopbackHost(new URL(orgUrl).hostname) ? 0.02 : 0.5,
    deadline: options.deadline ?? ((milliseconds) => AbortSignal.timeout(milliseconds)),
    sleep:
      options.sleep ?? ((seconds) => delay(seconds * 1000, undefined, signal ? { signal } : {})),
  })
  try {
    const config = {
      orgUrl,
      ...auth,
      userAgent: 's3-okta-guard',
      // The SDK's cache is on unless told otherwise, and never expires.
      cacheMiddleware: null,
      requestExecutor: executor as unknown as InstanceType<typeof okta.RequestExecutor>,
    }
    client = new okta.Client(config)
  } catch {
    // All that it needs was given; what is left is an okta.yaml that it reads all the same.
    // Its own message quotes the file.
    throw new GuardError({
      code: 'okta-failed',
      message: "Okta's SDK cannot read an okta.yaml, in this folder or in ~/.okta.",
      hint: 'Mend or remove that file.',
    })
  }
  const http = rawHttp(client)
  // The SDK honors https_proxy for every address and knows no NO_PROXY.
  if (isLoopbackHost(new URL(orgUrl).hostname)) http.agent = undefined
  return {
    client,
    async json(method, path, body) {
      const request: SdkRequest & { body?: string } = {
        url: orgUrl + path,
        method,
        headers: { Accept: 'application/json' },
      }
      if (body) {
        request.headers['Content-Type'] = 'application/json'
        request.body = JSON.stringify(body)
      }
      const response = await http.http(request.url, request)
      return (await response.json()) as AppJson
    },
    list(path) {
      const asIs = {} as ConstructorParameters<typeof Collection>[2]
      return new okta.Collection<AppJson>(client.http, orgUrl + path, asIs)
    },
  }
}
