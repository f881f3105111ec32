import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listen, readBody } from '../listen.ts'
import type { Clock, EdgeSource, Reply } from '../types.ts'
import { createEdges, DEFAULT_EDGE } from './edges.ts'
import { cloudFrontError } from './error-page.ts'
import type { EdgeRequest } from './event.ts'
import { toEdgeHeaders } from './headers.ts'
import { type Edge, serve } from './pipeline.ts'
import { startRuntime } from './runtime.ts'

export interface SandboxCloudFront {
  /** `http://localhost:PORT`. */
  url: string
  /** `localhost:PORT`: the domain name of a distribution here. */
  domainName: string
  port: number
  /** What edge functions wrote, line by line. */
  logs: string[]
  /** The latest requests that reached an origin, as they were forwarded. */
  forwarded: EdgeRequest[]
  readonly coldStarts: number
  /**
   * From now on this edge location serves what it serves now, whatever is deployed elsewhere; the
   * distribution's status does not tell, as AWS's does not before it is `Deployed` everywhere.
   */
  hold(edge: string): void
  /** It catches up at once. */
  release(edge: string): void
  /**
   * Picks the edge location of a request without an `x-sandbox-edge` header; `local` unless replaced.
   * Every edge has processes of its own, started when they are first needed.
   */
  edgeFor: (request: EdgeRequest) => string
  close(): Promise<void>
}

/** Quotas: 8,192 bytes of URL; 20,480 bytes of request with its headers and query string. */
const MAX_URL = 8192
const MAX_REQUEST = 20_480

const LOGS_KEPT = 5000

function requestSize(request: IncomingMessage): number {
  const headers = request.rawHeaders.reduce((sum, part) => sum + Buffer.byteLength(part) + 2, 0)
  return headers + Buffer.byteLength(request.url ?? '') + (request.method?.length ?? 0) + 12
}

function write(
  response: ServerResponse,
  method: string,
  requestId: string,
  edge: string,
  { status, headers, body = '' }: Reply,
): void {
  const bytes = Buffer.from(body)
  const empty = status === 204 || status === 304
  response.writeHead(status, {
    ...headers,
    ...(empty ? {} : { 'content-length': String(bytes.length) }),
    via: '1.1 sandbox.cloudfront.net (CloudFront)',
    'x-amz-cf-pop': `${edge.toUpperCase()}-P1`,
    'x-amz-cf-id': requestId,
  })
  response.end(method === 'HEAD' || empty ? undefined : bytes)
}

function requestOf(message: IncomingMessage): EdgeRequest {
  const url = message.url ?? '/'
  const cut = url.indexOf('?')
  return {
    clientIp: message.socket.remoteAddress ?? '127.0.0.1',
    headers: toEdgeHeaders(message.rawHeaders),
    method: message.method ?? 'GET',
    querystring: cut === -1 ? '' : url.slice(cut + 1),
    uri: cut === -1 ? url : url.slice(0, cut),
  }
}

async function answer(
  edge: Edge,
  message: IncomingMessage,
  request: EdgeRequest,
  requestId: string,
): Promise<Reply> {
  const url = message.url ?? '/'
  if (Buffer.byteLength(url) > MAX_URL) return cloudFrontError(414, 'url-too-long', requestId)
  if (requestSize(message) > MAX_REQUEST)
    return cloudFrontError(494, 'request-too-large', requestId)
  const distribution = edge.source.deployed((message.headers.host ?? '').toLowerCase())
  if (!distribution?.enabled || !url.startsWith('/'))
    return cloudFrontError(403, 'no-distribution', requestId)
  return serve(edge, distribution, requestId, request)
}

/** CloudFront's edges, on `localhost`: what viewers talk to. */
export async function startCloudFront(options: {
  source: EdgeSource
  clock?: Clock
  port?: number
}): Promise<SandboxCloudFront> {
  const logs: string[] = []
  const forwarded: EdgeRequest[] = []
  const log = (line: string): void => {
    logs.push(line)
    if (logs.length > LOGS_KEPT) logs.shift()
  }
  const runtime = await startRuntime(options.clock ?? { now: () => Date.now() }, log)
  const edges = createEdges(options.source)
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = `${randomBytes(40).toString('base64url')}==`
    await readBody(message)
    const request = requestOf(message)
    const name = edges.named(request.headers, () => cloudfront.edgeFor(request))
    const edge: Edge = { name, source: edges.sourceOf(name), runtime, log, forwarded }
    const reply = await answer(edge, message, request, requestId)
    write(response, request.method, requestId, name, reply)
  }
  const server = await listen(options.port ?? 0, (message, response) => {
    handle(message, response).catch((error: unknown) => {
      log(`internal ${String(error)}`)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  }).catch(async (error: unknown) => {
    await runtime.close()
    throw error
  })
  const cloudfront: SandboxCloudFront = {
    url: `http://localhost:${server.port}`,
    domainName: `localhost:${server.port}`,
    port: server.port,
    logs,
    forwarded,
    get coldStarts() {
      return runtime.coldStarts
    },
    hold: (edge) => edges.hold(edge),
    release: (edge) => edges.release(edge),
    edgeFor: () => DEFAULT_EDGE,
    async close() {
      await server.close()
      await runtime.close()
    },
  }
  return cloudfront
}
