import { IncomingMessage, ServerResponse } from 'node:http'
import { deliver } from '../deliver.ts'
import { readBody } from '../listen.ts'
import type { Operations, Reply } from '../types.ts'

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>

const TOKEN = '/oauth2/v1/token'
const USERINFO = '/oauth2/v1/userinfo'
const LOGGED = new Set([TOKEN, USERINFO, '/oauth2/v1/revoke'])

/** Whether the endpoint answers a server rather than a browser: those are logged and may fail. */
export function isBackChannel(path: string): boolean {
  return LOGGED.has(path)
}

/** The back channel of the authorization server, over the shared log and faults. */
export function createBackChannel(operations: Operations, provider: Handle): Handle {
  return async (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const body = await readBody(request)
    const reply = await operations.perform(
      {
        service: 'okta',
        operation: `${request.method ?? 'GET'} ${path}`,
        mutating: false,
        resource: resourceOf(path, body),
      },
      // The access token comes in the header: RFC 6750, section 2.1, and nowhere else at Okta.
      () => captured(provider, again(request, path === USERINFO ? Buffer.alloc(0) : body)),
    )
    deliver(request, response, reply)
  }
}

function resourceOf(path: string, body: Buffer): string {
  const fields = new URLSearchParams(body.toString('utf8'))
  return fields.get(path === TOKEN ? 'grant_type' : 'token_type_hint') ?? ''
}

/** The request once more, for a reader that wants a stream. */
function again(request: IncomingMessage, body: Buffer): IncomingMessage {
  const copy = new IncomingMessage(request.socket)
  const headers = { ...request.headers, 'content-length': String(body.length) }
  delete headers['transfer-encoding']
  const { method, url, httpVersion } = request
  Object.assign(copy, { method, url, httpVersion, headers, complete: true })
  if (body.length > 0) copy.push(body)
  copy.push(null)
  return copy
}

/** What the provider would have sent. */
function captured(provider: Handle, request: IncomingMessage): Promise<Reply> {
  const response = new ServerResponse(request)
  return new Promise((resolve, reject) => {
    const end = (body?: unknown): ServerResponse => {
      const headers = response.getHeaders() as Record<string, string | string[]>
      const content = typeof body === 'string' || body instanceof Uint8Array ? body : ''
      resolve({ status: response.statusCode, headers: { ...headers }, body: content })
      return response
    }
    response.end = end as ServerResponse['end']
    provider(request, response).catch(reject)
  })
}
