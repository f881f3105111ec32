import type { IncomingMessage, ServerResponse } from 'node:http'
import { deliver } from '../../deliver.ts'
import { readBody } from '../../listen.ts'
import type { Clock, Operations, Reply } from '../../types.ts'
import { type OktaStore, oktaId } from '../store.ts'
import { keyRoutes } from './app-keys.ts'
import { secretRoutes } from './app-secrets.ts'
import { appRoutes } from './apps.ts'
import { type Handler, parseJson, type Routes } from './context.ts'
import { apiError, ApiError } from './errors.ts'
import { groupRoutes } from './groups.ts'
import { groupsClaimRoutes } from './groups-claim.ts'
import { orgRoutes } from './org.ts'
import { refusalOf } from './refusals.ts'
import { roleRoutes } from './roles.ts'
import { userRoutes } from './users.ts'

const ROUTES: Routes = {
  ...appRoutes,
  ...keyRoutes,
  ...secretRoutes,
  ...groupRoutes,
  ...groupsClaimRoutes,
  ...orgRoutes,
  // Before the users: `me` would be taken for the id of one.
  ...roleRoutes,
  ...userRoutes,
}

interface Route {
  operation: string
  method: string
  pattern: RegExp
  handler: Handler
}

const TABLE: Route[] = Object.entries(ROUTES).map(([operation, handler]) => {
  const [method = '', path = ''] = operation.split(' ')
  const source = path.replaceAll('.', String.raw`\.`).replaceAll('{id}', '([^/]+)')
  return { operation, method, pattern: new RegExp(`^${source}$`), handler }
})

/** Scopes of a management access token, or undefined if it is none of ours. */
export type FindScopes = (token: string) => Promise<string[] | undefined>

export interface ApiOptions {
  store: OktaStore
  clock: Clock
  operations: Operations
  origin: string
  /** Calls per minute in the bucket that `x-rate-limit-limit` names. */
  rateLimit: number
  scopesOf: FindScopes
}

function scopeNeeded(method: string, path: string): string {
  const kind = path.split('/')[3] ?? ''
  return `okta.${kind}.${method === 'GET' ? 'read' : 'manage'}`
}

async function authorize(options: ApiOptions, request: IncomingMessage, path: string) {
  const [scheme = '', credential = ''] = (request.headers.authorization ?? '').split(' ')
  const method = request.method ?? 'GET'
  if (scheme === 'SSWS') {
    const token = options.store.tokens.get(credential)
    if (token === undefined || token.expired) throw apiError('E0000011')
    if (token.power === 'none' || (token.power === 'read-only' && method !== 'GET'))
      throw apiError('E0000006')
    return token.power
  }
  const scopes = /^(Bearer|DPoP)$/i.test(scheme) ? await options.scopesOf(credential) : undefined
  if (scopes === undefined) throw apiError('E0000011')
  const needed = scopeNeeded(method, path)
  // A manage scope includes reading: developer.okta.com/docs/api/oauth2
  if (!scopes.includes(needed) && !scopes.includes(needed.replace(/\.read$/, '.manage')))
    throw apiError('E0000006')
  return undefined
}

function headersOf(options: ApiOptions, reply: Reply): Record<string, string | string[]> {
  const now = options.clock.now()
  return {
    date: new Date(now).toUTCString(),
    'x-okta-request-id': oktaId('req'),
    'x-rate-limit-limit': String(options.rateLimit),
    'x-rate-limit-remaining': String(options.rateLimit - 1),
    'x-rate-limit-reset': String(Math.ceil(now / 1000) + 60),
    'cache-control': 'no-cache, no-store',
    ...reply.headers,
  }
}

/** Okta's management API: `/api/v1/…`, over the shared log and faults. */
export function createApi(options: ApiOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', options.origin)
    const text = (await readBody(request)).toString('utf8')
    const method = request.method ?? 'GET'
    const matching = TABLE.filter((route) => route.pattern.test(url.pathname))
    const route = matching.find((one) => one.method === method)
    const ids = (route?.pattern.exec(url.pathname) ?? []).slice(1).map(decodeURIComponent)
    const run = async (): Promise<Reply> => {
      try {
        const power = await authorize(options, request, url.pathname)
        if (route === undefined)
          throw matching.length > 0
            ? apiError('E0000022')
            : new ApiError(404, 'E0000007', `Not found: Resource not found: ${url.pathname}`)
        const { store, clock, origin } = options
        const body = (): unknown => parseJson(text)
        const query = url.searchParams
        return route.handler({ method, ids, query, body, power, store, clock, origin })
      } catch (error) {
        if (error instanceof ApiError) return error.reply
        throw error
      }
    }
    const reply = await options.operations.perform(
      {
        service: 'okta',
        operation: route?.operation ?? `${method} ${url.pathname}`,
        mutating: method !== 'GET',
        resource: ids.join('/'),
        caller: request.headers.authorization?.slice(-6) ?? '',
      },
      run,
      (refusal) => refusalOf(refusal, options.clock.now()),
    )
    deliver(request, response, reply && { ...reply, headers: headersOf(options, reply) })
  }
}
