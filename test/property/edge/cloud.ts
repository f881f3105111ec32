import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { EdgeConfig } from '../../../src/access/edge-config.ts'
import { edgeConfig, jws, KEYS, NOW, secretRings } from '../../helpers/edge.ts'

/** What Okta knows about somebody. */
export interface Person {
  email: string
  groups: string[]
}

/** What goes wrong with one call. None of them waits: time is not what is tested here. */
export const FAULTS = [
  'reset',
  '500',
  '429',
  '403',
  'html',
  'empty',
  'null',
  'array',
  'cut',
  'redirect',
  'invalid_grant',
] as const
export type Fault = (typeof FAULTS)[number]

export type Service = 'ssm' | 'token' | 'userinfo' | 'revoke' | 'jwks'

interface Grant {
  sub: string
  scope: string
  nonce: string
  id: string
}

interface Code extends Grant {
  challenge: string
  redirectUri: string
}

/** SSM and Okta in one, which answer right, the same way each time, or fail as they are told. */
export interface EdgeCloud {
  url: string
  /** The clock of everybody, milliseconds. */
  now: number
  /** SecureStrings by name. */
  parameters: Record<string, string>
  people: Record<string, Person>
  /** An ID token that says no more than who it is; the rest is at userinfo. */
  isThin: boolean
  faults: Partial<Record<Service, Fault>>
  /** A configuration that has this cloud behind it. */
  configured(changes?: Partial<EdgeConfig>): EdgeConfig
  /** As it was when it started. */
  reset(): void
  /** Somebody signs in at the address: the query with which the browser comes back. */
  enter(authorize: string, sub: string): string
  /** One that Okta has given out before. */
  refreshToken(sub: string, scope: string): string
  close(): Promise<void>
}

const SERVICES: Record<string, Service> = {
  '/': 'ssm',
  '/oauth2/v1/token': 'token',
  '/oauth2/v1/userinfo': 'userinfo',
  '/oauth2/v1/revoke': 'revoke',
  '/oauth2/v1/keys': 'jwks',
}

export async function startCloud(): Promise<EdgeCloud> {
  const spent = new Set<string>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const service = SERVICES[request.url ?? '']
      const fault = service && cloud.faults[service]
      if (fault) return fail(response, fault)
      const body = Buffer.concat(chunks).toString()
      const form = new URLSearchParams(body)
      switch (service) {
        case 'ssm':
          return json(response, 200, { Parameters: parameters(body) })
        case 'token':
          return token(response, form)
        case 'userinfo':
          return json(response, 200, claimsOf(...heldBy(request.headers.authorization)))
        case 'revoke':
          spent.add(idOf(form.get('token')))
          return response.writeHead(200).end()
        case 'jwks':
          return json(response, 200, { keys: [KEYS.okta.publicJwk] })
        case undefined:
          return response.writeHead(404).end()
      }
    })
  })

  function parameters(body: string): { Name: string; Value: string | undefined }[] {
    const { Names } = JSON.parse(body) as { Names: string[] }
    return Names.filter((Name) => Name in cloud.parameters).map((Name) => ({
      Name,
      Value: cloud.parameters[Name],
    }))
  }

  /** The org authorization server tells groups to those who asked for them. */
  function claimsOf(sub: string, scope: string): Record<string, unknown> {
    const { email, groups } = cloud.people[sub] ?? {}
    return { sub, name: sub, email, ...(scope.split(' ').includes('groups') && { groups }) }
  }

  function token(response: ServerResponse, form: URLSearchParams): void {
    const isCode = form.get('grant_type') === 'authorization_code'
    const grant = opened<Code>(form.get(isCode ? 'code' : 'refresh_token'))
    const verifier = createHash('sha256').update(form.get('code_verifier') ?? '')
    const isGood = isCode
      ? grant?.challenge === verifier.digest('base64url') &&
        grant.redirectUri === form.get('redirect_uri')
      : grant?.scope === form.get('scope')
    if (!grant || !isGood || spent.has(grant.id)) {
      return json(response, 400, { error: 'invalid_grant' })
    }
    if (isCode) spent.add(grant.id)
    json(response, 200, answerTo(grant, isCode))
  }

  function answerTo({ sub, scope, nonce, id }: Grant, isCode: boolean): Record<string, unknown> {
    const now = Math.floor(cloud.now / 1000)
    const iss = cloud.url
    const said = cloud.isThin ? { sub } : claimsOf(sub, scope)
    const claims = { ...said, iss, aud: '0oaclient', nonce, iat: now, exp: now + 3600 }
    return {
      access_token: `CANARY-access.${Buffer.from(JSON.stringify([sub, scope])).toString('base64url')}`,
      token_type: 'Bearer',
      expires_in: 3600,
      scope,
      id_token: jws({ alg: 'RS256', kid: 'okta-1' }, claims, KEYS.okta.privateKey),
      ...(isCode && { refresh_token: closed({ sub, scope, nonce, id: `${id}.refresh` }) }),
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cloud: EdgeCloud = {
    url,
    ...fresh(),
    configured(changes = {}) {
      const config = edgeConfig(changes, url)
      return { ...config, secrets: { ...config.secrets, endpoint: url } }
    },
    reset() {
      Object.assign(cloud, fresh())
      spent.clear()
    },
    enter(authorize, sub) {
      const query = new URL(authorize).searchParams
      const get = (name: string): string => query.get(name) ?? ''
      const code: Code = {
        sub,
        scope: get('scope'),
        nonce: get('nonce'),
        challenge: get('code_challenge'),
        redirectUri: get('redirect_uri'),
        id: randomBytes(9).toString('base64url'),
      }
      return String(new URLSearchParams({ code: closed(code), state: get('state') }))
    },
    refreshToken: (sub, scope) => closed({ sub, scope, nonce: 'nonce', id: `before-${sub}` }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return cloud
}

function fresh(): Pick<EdgeCloud, 'now' | 'parameters' | 'people' | 'isThin' | 'faults'> {
  return {
    now: NOW,
    parameters: secretRings(),
    people: {
      ada: { email: 'ada@example.com', groups: ['blue', 'red'] },
      ben: { email: 'ben@example.org', groups: ['blue'] },
      eve: { email: 'eve@example.net', groups: [] },
    },
    isThin: false,
    faults: {},
  }
}

/** What an opaque token of Okta stands for, in the token itself. */
function closed(grant: Grant): string {
  return `CANARY-${Buffer.from(JSON.stringify(grant)).toString('base64url')}`
}

function opened<T extends Grant>(text: string | null): T | undefined {
  try {
    const value = Buffer.from(text!.slice('CANARY-'.length), 'base64url').toString()
    return JSON.parse(value) as T
  } catch {
    return
  }
}

function idOf(text: string | null): string {
  return opened(text)?.id ?? ''
}

/** Whose access token it is, and for what. */
function heldBy(authorization = ''): [sub: string, scope: string] {
  const text = Buffer.from(authorization.split('.').at(-1) ?? '', 'base64url').toString()
  return JSON.parse(text) as [string, string]
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function fail(response: ServerResponse, fault: Fault): void {
  switch (fault) {
    case 'reset':
      return void response.destroy()
    case '500':
    case '429':
    case '403':
      return json(response, Number(fault), { __type: 'x#ThrottlingException', error: 'odd' })
    case 'html':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>eyJ</h1>')
    case 'empty':
      return void response.writeHead(200, { 'content-type': 'application/json' }).end()
    case 'null':
      return json(response, 200, null)
    case 'array':
      return json(response, 200, [])
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      return void response.write('{', () => response.destroy())
    case 'redirect':
      return void response.writeHead(302, { location: 'https://evil.example/' }).end()
    case 'invalid_grant':
      return json(response, 400, { error: 'invalid_grant', error_description: 'CANARY' })
  }
}
