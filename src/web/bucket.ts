import { request as requestHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { networkReason } from '../errors/network.ts'
import type { BucketAnswer } from './types.ts'

/** Enough for a list of a few keys, and for S3's errors. */
const MOST_BYTES = 64 * 1024

/**
 * One GET without a signature. With a stand-in for S3 on this machine the connection goes there and the
 * request still names S3's own host.
 */
export function askBucket(
  address: string,
  standIn: string | undefined,
  signal: AbortSignal,
): Promise<BucketAnswer> {
  const url = new URL(address)
  const to = standIn === undefined ? url : new URL(standIn)
  const send = to.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve) => {
    const unreachable = (error: unknown): void =>
      resolve({ kind: 'unreachable', detail: whyOf(error, signal) })
    try {
      const options = {
        agent: false,
        host: to.hostname.replace(/^\[|\]$/g, ''),
        port: to.port || (to.protocol === 'https:' ? 443 : 80),
        path: url.pathname + url.search,
        headers: { host: url.host, accept: '*/*', 'user-agent': 's3-okta-guard' },
        signal,
      }
      const request = send(options, (response) => {
        headOf(response).then((body) => resolve(classify(response, body)), unreachable)
      })
      request.on('error', unreachable)
      request.end()
    } catch (error) {
      unreachable(error)
    }
  })
}

async function headOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part)
    size += part.length
    if (size >= MOST_BYTES) break
  }
  response.destroy()
  return Buffer.concat(parts).toString('utf8')
}

/** A proxy or a sign-in page of a network is no bucket: S3 signs every answer with an id. */
function classify(
  { statusCode: status = 0, headers }: IncomingMessage,
  body: string,
): BucketAnswer {
  if (headers['x-amz-request-id'] === undefined) {
    return { kind: 'unreachable', detail: `something other than S3 answered HTTP ${status}` }
  }
  const region = headers['x-amz-bucket-region']
  if ((status === 301 || status === 307) && typeof region === 'string') {
    return { kind: 'elsewhere', region }
  }
  if (status === 200) return { kind: 'open', keys: keysOf(body) }
  // To somebody who may not list, S3 says 403 for what is not there.
  if (status === 404 && /NoSuchKey/.test(body)) return { kind: 'missing' }
  if (status === 404) return { kind: 'none' }
  if (status >= 500 || status === 429)
    return { kind: 'unreachable', detail: `S3 answered HTTP ${status}` }
  return { kind: 'closed', status }
}

/** Of a list, where it is one. */
function keysOf(body: string): string[] {
  if (!body.includes('<ListBucketResult')) return []
  return [...body.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => unescaped(key))
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
}

function whyOf(error: unknown, signal: AbortSignal): string {
  const name = (signal.reason as Error | undefined)?.name
  if (signal.aborted) return name === 'TimeoutError' ? 'it did not answer in time' : 'stopped'
  return networkReason(error) ?? (error instanceof Error ? error.message : 'the request failed')
}
