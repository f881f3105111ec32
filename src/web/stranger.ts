import { request as requestHttp } from 'node:http'
import type { IncomingHttpHeaders, RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { MARKER_HEADER } from '../access/names.ts'
import { networkReason } from '../errors/network.ts'
import type { StrangerAnswer } from './types.ts'

export interface StrangerQuestion {
  /** `https://reports.example.com`: whose site is asked for. */
  origin: string
  /** `d111.cloudfront.net` or `127.0.0.1:8080`: where the connection goes. */
  connect: string
  path: string
}

/** One request as the browser of somebody who never signed in would send it. Only the head is read. */
export function askAsStranger(
  question: StrangerQuestion,
  signal: AbortSignal,
): Promise<StrangerAnswer> {
  const origin = new URL(question.origin)
  const connect = new URL(`${origin.protocol}//${question.connect}`)
  const secure = origin.protocol === 'https:'
  const options: RequestOptions & { servername?: string } = {
    agent: false,
    method: 'GET',
    host: addressOf(connect.hostname),
    port: connect.port === '' ? (secure ? 443 : origin.port || 80) : connect.port,
    path: question.path,
    headers: {
      host: origin.host,
      accept: 'text/html,application/xhtml+xml',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'sec-fetch-site': 'none',
      'user-agent': 's3-okta-guard',
    },
    ...(secure ? { servername: origin.hostname } : {}),
    signal,
  }
  return new Promise((resolve) => {
    try {
      const request = (secure ? requestHttps : requestHttp)(options, (response) => {
        resolve(classify(response.statusCode ?? 0, response.headers))
        response.destroy()
      })
      request.on('error', (error) => resolve(unreachable(question, error, signal)))
      request.end()
    } catch (error) {
      resolve(unreachable(question, error, signal))
    }
  })
}

/** Names below `localhost` are loopback (RFC 6761, section 6.3), and not every resolver knows. */
function addressOf(hostname: string): string {
  return hostname.endsWith('.localhost') ? '127.0.0.1' : hostname.replace(/^\[|\]$/g, '')
}

/**
 * Without our marker the function did not run. That S3 then answers 403 or 404 changes nothing:
 * the request reached it, so a path that exists would be served. Only what CloudFront itself says
 * instead of asking the origin is no evidence (a firewall, a missing signature, http to https).
 */
export function classify(status: number, headers: IncomingHttpHeaders): StrangerAnswer {
  const marker = one(headers[MARKER_HEADER])
  const cache = one(headers['x-cache'])
  if (marker === 'error') {
    return { kind: 'broken', status, detail: 'the guard answered with its error page' }
  }
  if (marker !== '') return { kind: 'guarded', status, marker }
  // Lambda@Edge failures: LambdaExecutionError, LambdaValidationError, LambdaLimitExceeded …
  if (/^Lambda(?!GeneratedResponse)/.test(cache)) return { kind: 'broken', status, detail: cache }
  const byCloudFront = one(headers.server) === 'CloudFront' && !headers['x-amz-request-id']
  if (byCloudFront && (status === 502 || status === 503)) {
    return { kind: 'broken', status, detail: cache || `CloudFront answered ${status}` }
  }
  if (cache === 'Redirect from cloudfront' && one(headers.location).startsWith('https:')) {
    return { kind: 'unreachable', detail: 'CloudFront sends http on to https' }
  }
  if (byCloudFront && cache === 'Error from cloudfront' && [400, 403, 421].includes(status)) {
    return { kind: 'unreachable', detail: `CloudFront itself answered ${status}` }
  }
  return { kind: 'open', status }
}

function unreachable(
  { connect }: StrangerQuestion,
  error: unknown,
  signal: AbortSignal,
): StrangerAnswer {
  const name = (signal.reason as Error | undefined)?.name
  const reason = signal.aborted
    ? name === 'TimeoutError'
      ? 'it did not answer in time'
      : 'stopped'
    : (networkReason(error) ?? (error instanceof Error ? error.message : 'the request failed'))
  return { kind: 'unreachable', detail: `${connect}: ${reason}` }
}

function one(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? ''
}
