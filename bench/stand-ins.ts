import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { CLIENT_ID, SUB } from './tokens.ts'
import type { RsaSigner } from './tokens.ts'

export interface StandIns {
  url: string
  /** What SSM holds, by parameter name. */
  parameters: Record<string, string>
  /** Milliseconds that every answer is late. */
  distance: number
  close(): Promise<void>
}

/** SSM and Okta on 127.0.0.1: right in what they check, and as quick as they can be. */
export async function startStandIns(okta: () => RsaSigner): Promise<StandIns> {
  const calls: Record<string, number> = {}
  const begun = new Map<string, { nonce: string; challenge: string }>()
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const { pathname, searchParams } = new URL(request.url!, standIns.url)
    const json = (value: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (pathname === '/calls') return void json(calls)

    const [name, value] = reply(pathname, searchParams, new URLSearchParams(body), body)
    if (name) calls[name] = (calls[name] ?? 0) + 1
    if (standIns.distance > 0) await wait(standIns.distance)
    if (typeof value === 'string') response.writeHead(302, { location: value }).end()
    else json(value)
  }

  /** What is counted, if the function asked it, and the answer: an address to go to, or JSON. */
  function reply(
    path: string,
    query: URLSearchParams,
    form: URLSearchParams,
    body: string,
  ): [name: string | undefined, value: unknown] {
    switch (path) {
      case '/': {
        const { Names } = JSON.parse(body) as { Names: string[] }
        const Parameters = Names.map((Name) => ({ Name, Value: standIns.parameters[Name] }))
        return ['SSM', { Parameters }]
      }
      case '/oauth2/v1/authorize': {
        // Where the user would sign in; here the browser comes back at once.
        const code = randomUUID()
        begun.set(code, { nonce: query.get('nonce')!, challenge: query.get('code_challenge')! })
        const back = new URLSearchParams({ code, state: query.get('state')! })
        return [undefined, `${query.get('redirect_uri')!}?${back.toString()}`]
      }
      case '/oauth2/v1/token':
        return ['token', tokens(form)]
      case '/oauth2/v1/revoke':
        return ['revoke', {}]
      default:
        throw new Error(`nobody should ask for ${path}`)
    }
  }

  function tokens(form: URLSearchParams): unknown {
    const code = form.get('code')
    const attempt = begun.get(code ?? '')
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '')
    if (code && attempt?.challenge !== challenge.digest('base64url')) throw new Error('PKCE')
    const now = Math.floor(Date.now() / 1000)
    return {
      access_token: randomUUID(),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: randomUUID(),
      id_token: okta().token({
        ...{ iss: standIns.url, aud: CLIENT_ID, sub: SUB, iat: now, exp: now + 3600 },
        ...(attempt && { nonce: attempt.nonce }),
        ...{ email: 'ada.lovelace@example.com', name: 'Ada Lovelace', groups: ['group-2'] },
      }),
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const standIns: StandIns = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    parameters: {},
    distance: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return standIns
}
