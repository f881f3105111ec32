import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KEYS, jws, NOW, secretRings } from './edge.ts'

export interface EdgeCloud {
  url: string
  /** Every request, in order: path, body, headers. */
  requests: { path: string; body: string; headers: Record<string, unknown> }[]
  /** SecureStrings by name. */
  parameters: Record<string, string>
  /** Answers instead of SSM, or of Okta's token endpoint and JWKS. */
  ssm?: Answer | undefined
  token?: Answer | undefined
  jwks?: Answer | undefined
  close(): Promise<void>
}

export interface Answer {
  status?: number
  headers?: Record<string, string>
  body?: string
  /** Never ends. */
  hang?: boolean
  /** A byte at a time, without end. */
  drip?: boolean
  /** Ends before all that it promised has come. */
  cut?: boolean
}

/** SSM's GetParameters and Okta's token endpoint on 127.0.0.1, as dumb as they can be. */
export async function startEdgeCloud(): Promise<EdgeCloud> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      const path = request.url!
      cloud.requests.push({ path, body, headers: request.headers })
      const answer =
        path === '/oauth2/v1/token' ? cloud.token : path === '/' ? cloud.ssm : cloud.jwks
      reply(response, answer, path === '/' ? parameters(body) : '{}')
    })
  })
  const parameters = (body: string): string =>
    JSON.stringify({
      Parameters: (JSON.parse(body) as { Names: string[] }).Names.flatMap((Name) =>
        cloud.parameters[Name] === undefined ? [] : [{ Name, Value: cloud.parameters[Name] }],
      ),
    })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cloud: EdgeCloud = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    parameters: secretRings(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return cloud
}

/** Answers as told, or with `usual` where nothing is said. */
export function reply(response: ServerResponse, answer: Answer | undefined, usual: string): void {
  if (answer?.hang) return
  response.writeHead(answer?.status ?? 200, {
    'content-type': 'application/json',
    ...answer?.headers,
    ...(answer?.cut && { 'content-length': '100' }),
  })
  if (answer?.drip) {
    const timer = setInterval(() => response.write(' '), 50)
    response.on('close', () => clearInterval(timer))
    return
  }
  if (answer?.cut) {
    response.write('{', () => response.destroy())
    return
  }
  response.end(answer?.body ?? usual)
}

/** An ID token as Okta would sign it for the nonce. */
export function idToken(
  issuer: string,
  nonce: string,
  changes: Record<string, unknown> = {},
  header: unknown = { alg: 'RS256', kid: 'okta-1' },
): string {
  const now = NOW / 1000
  const claims = {
    iss: issuer,
    aud: '0oaclient',
    sub: '00u1',
    nonce,
    iat: now,
    exp: now + 3600,
    email: 'ada@example.com',
    name: 'Ada',
    ...changes,
  }
  return jws(header, claims, KEYS.okta.privateKey)
}

export function tokenAnswer(token: string, changes: Record<string, unknown> = {}): Answer {
  return {
    body: JSON.stringify({
      access_token: 'CANARY-access-token',
      token_type: 'Bearer',
      expires_in: 3600,
      id_token: token,
      ...changes,
    }),
  }
}
