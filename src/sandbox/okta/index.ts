import { generateKeyPair, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { listen } from '../listen.ts'
import type { Clock, Operations } from '../types.ts'
import { createMemory } from './adapter.ts'
import { createApi } from './api/router.ts'
import { createDirectory, type Directory } from './directory.ts'
import { homePage } from './pages.ts'
import { at, borrowTime } from './library-time.ts'
import { createBackChannel, isBackChannel } from './oauth.ts'
import { createProvider } from './provider.ts'
import { createSignIn } from './sign-in.ts'
import { createStore, type OktaStore, oktaId } from './store.ts'

export interface SandboxOkta extends Directory {
  /** Org URL and issuer. */
  url: string
  /** An SSWS token of a super administrator. */
  token: string
  store: OktaStore
  close(): Promise<void>
}

export interface OktaOptions {
  clock: Clock
  operations: Operations
  port?: number
  token?: string
  /** Of the management API, per minute, as its headers tell. */
  rateLimit?: number
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>

async function signingKey(): Promise<Record<string, unknown>> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const kid = randomBytes(32).toString('base64url')
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }
}

function organization(url: string, id: string): string {
  return JSON.stringify({
    id,
    _links: { organization: { href: url } },
    pipeline: 'idx',
    settings: { analyticsCollectionEnabled: false, bugReportingEnabled: true, omEnabled: false },
  })
}

/** The whole of Okta that the tool and its users meet, on one port. */
export async function startOkta(options: OktaOptions): Promise<SandboxOkta> {
  const { clock, operations } = options
  const store = createStore()
  const memory = createMemory(store)
  const directory = createDirectory(store)
  let handle: Handle = async (_request, response) => {
    response.writeHead(503).end()
  }
  const server = await listen(options.port ?? 0, (request, response) => {
    handle(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  const url = `http://127.0.0.1:${server.port}`
  const cookieKey = randomBytes(32).toString('base64url')
  const key = await signingKey()
  const provider = await createProvider({ issuer: url, store, memory, signingKey: key, cookieKey })
  const api = createApi({
    store,
    clock,
    operations,
    origin: url,
    rateLimit: options.rateLimit ?? 600,
    scopesOf: (token) =>
      at(clock, async () => (await provider.ClientCredentials.find(token))?.scope?.split(' ')),
  })
  const signIn = createSignIn(provider, store)
  const oidc = provider.callback()
  const backChannel = createBackChannel(operations, (request, response) =>
    at(clock, () => oidc(request, response)),
  )

  store.onTokensRevoked.push((appId) => {
    const clientId = store.apps.get(appId)?.credentials.oauthClient.client_id
    memory.drop((payload) => payload.kind === 'RefreshToken' && payload.clientId === clientId)
  })
  store.onUserTokensRevoked.push((userId, clientId) =>
    memory.drop(
      ({ kind, accountId, clientId: of }) =>
        kind === 'RefreshToken' && accountId === userId && of === clientId,
    ),
  )
  store.onUserGone.push((userId) => memory.drop((payload) => payload.accountId === userId))
  store.onSessionsEnded.push((userId) =>
    memory.drop(({ kind, accountId }) => kind === 'Session' && accountId === userId),
  )

  handle = async (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    if (path.startsWith('/api/')) return api(request, response)
    if (path.startsWith('/signin/')) return at(clock, () => signIn(request, response))
    if (isBackChannel(path)) return backChannel(request, response)
    if (path === '/.well-known/okta-organization') {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(organization(url, store.orgId))
      return
    }
    if (path === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      response.end(homePage())
      return
    }
    await at(clock, () => oidc(request, response))
  }

  const token = options.token ?? `00${oktaId('sandbox')}${randomBytes(12).toString('hex')}`
  store.tokens.set(token, { power: 'all', expired: false })
  const giveTimeBack = borrowTime()
  const close = async (): Promise<void> => {
    giveTimeBack()
    await server.close()
  }
  return { ...directory, url, token, store, close }
}
