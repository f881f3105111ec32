import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { interrupted } from '../errors/interrupted.ts'
import { networkReason } from '../errors/network.ts'
import { GuardError } from '../errors/guard-error.ts'

export interface JsonAnswer {
  status: number
  /** Undefined when the body is not a JSON object. */
  json: Record<string, unknown> | undefined
  /** Where a redirect points to; redirects are never followed. */
  location: string | undefined
}

const MAX_BYTES = 256 * 1024

/** One GET of a JSON document: no redirects, at most 256 KB, with a deadline. */
export async function fetchJson(url: URL, signal: AbortSignal): Promise<JsonAnswer> {
  try {
    return await get(url, signal)
  } catch (error) {
    if (error instanceof GuardError) throw error
    const timedOut = signal.aborted && (signal.reason as Error | undefined)?.name === 'TimeoutError'
    if (signal.aborted && !timedOut) throw interrupted(error)
    const reason = timedOut ? 'it did not answer in time' : networkReason(error)
    throw new GuardError({
      code: 'okta-unreachable',
      message: `${url.origin} cannot be reached: ${reason ?? 'the request failed'}.`,
      hint: 'Check the Okta org URL and the network.',
      cause: error,
    })
  }
}

function get(url: URL, signal: AbortSignal): Promise<JsonAnswer> {
  const send = url.protocol === 'http:' ? requestHttp : requestHttps
  return new Promise((resolve, reject) => {
    const headers = { accept: 'application/json', 'user-agent': 's3-okta-guard' }
    const request = send(url, { agent: false, headers, signal }, (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > MAX_BYTES) {
          const message = `${url.href} answered with more than ${MAX_BYTES / 1024} KB.`
          request.destroy(new GuardError({ code: 'okta-not-okta', message }))
        } else chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          json: parse(Buffer.concat(chunks).toString('utf8')),
          location: response.headers.location,
        })
      })
    })
    request.on('error', reject)
    request.end()
  })
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
  } catch {
    // Not JSON: the caller says what that means.
  }
  return undefined
}
