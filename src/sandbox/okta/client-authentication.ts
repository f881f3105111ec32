import type { EventEmitter } from 'node:events'
import type * as oidcProvider from 'oidc-provider'
import type { Client, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { activeSecrets } from './client-secrets.ts'
import { appByClientId, type OktaStore, oktaId } from './store.ts'

type Library = typeof oidcProvider

const WRONG_METHOD = 'the provided authentication mechanism does not match'
/** https://support.okta.com/help/s/article/invalid-client-error-returned-during-client-authentication-failure */
const FAILED =
  'Client authentication failed. Either the client or the client credentials are invalid.'

/** By the library's detail, Okta's sentence from its OAuth error catalogue. */
const SENTENCES: [RegExp, string][] = [
  [/^invalid secret provided/, 'The client secret supplied for a confidential client is invalid.'],
  [/^no client authentication mechanism/, 'No client credentials found.'],
  [/authorization header/i, 'Found Authentication header but was not valid client credentials.'],
  [
    /audience|\(aud\)/,
    'The audience claim for client_assertion must be the endpoint invoked for the request.',
  ],
  [/^iss /, 'The issuer claim for client_assertion is not a valid client_id.'],
  [/^expiration /, "The client_assertion must contain the 'exp' claim as seconds since epoch."],
  [/only be used once/, 'The client_assertion token has already been used.'],
  [/^alg mismatch/, 'The client_assertion JWT signature algorithm is invalid.'],
  [/jwt expired/, 'The client_assertion token is expired.'],
  [/^invalid client_assertion format/, 'The parsing of the client_assertion failed.'],
]

/** What the library calls an invalid request and Okta an invalid client. */
const OF_THE_CLIENT =
  /^no client authentication mechanism|authorization header|^invalid client_assertion format/i

interface Failure {
  message: string
  error_description?: string
  error_detail?: string
  cause?: { message?: string }
}

function decoded(assertion: unknown, part: 0 | 1): Record<string, unknown> {
  try {
    const text = Buffer.from(String(assertion).split('.')[part] ?? '', 'base64url').toString('utf8')
    return Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** Whom the caller says to be. */
function claimedId(ctx: KoaContextWithOIDC): string {
  const { client_id: inBody, client_assertion: assertion } = ctx.oidc.params ?? {}
  const basic = Buffer.from(ctx.get('authorization').split(' ')[1] ?? '', 'base64').toString('utf8')
  const inHeader = basic.slice(0, Math.max(0, basic.indexOf(':')))
  const claimed = inBody ?? decoded(assertion, 1)['sub'] ?? inHeader
  return typeof claimed === 'string' ? claimed : ''
}

function assertionSentence(ctx: KoaContextWithOIDC): string {
  const { kid } = decoded(ctx.oidc.params?.['client_assertion'], 0)
  const known = ctx.oidc.client?.jwks?.keys.some((key) => key.kid === kid)
  return known
    ? 'The client_assertion signature is invalid.'
    : 'The client_assertion JWT kid is invalid.'
}

function sentence(ctx: KoaContextWithOIDC, failure: Failure): string {
  const detail = [failure.error_detail, failure.cause?.message, failure.error_description]
  const told = detail.filter((one) => one !== undefined)
  for (const [pattern, text] of SENTENCES) if (told.some((one) => pattern.test(one))) return text
  if (failure.error_detail?.startsWith(WRONG_METHOD)) return FAILED
  return ctx.oidc.params?.['client_assertion'] ? assertionSentence(ctx) : FAILED
}

/** Okta answers in the form of its management API where it does not know the client at all. */
function unknownClient() {
  return {
    errorCode: 'invalid_client',
    errorSummary: "Invalid value for 'client_id' parameter.",
    errorLink: 'invalid_client',
    errorId: oktaId('oae'),
    errorCauses: [],
  }
}

/** Any active secret of the app, in the place that its method names: RFC 6749, section 2.3.1. */
function compareSecrets(library: Library, provider: Provider, store: OktaStore): void {
  provider.Client.prototype.compareClientSecret = function compare(this: Client, actual: string) {
    const inBody = library.default.ctx?.oidc.params?.['client_secret'] !== undefined
    const method = inBody ? 'client_secret_post' : 'client_secret_basic'
    if (this.clientAuthMethod !== method) throw new library.errors.InvalidClientAuth(WRONG_METHOD)
    const app = appByClientId(store, this.clientId)
    return app !== undefined && activeSecrets(store, app).includes(actual)
  }
}

/** Client authentication as Okta does it, and what it says of one that failed. */
export function useClientAuthentication(
  library: Library,
  provider: Provider,
  store: OktaStore,
): void {
  compareSecrets(library, provider, store)
  const failures = new WeakMap<object, Failure>()
  const note = (ctx: object, failure: Failure): void => void failures.set(ctx, failure)
  const events: EventEmitter = provider
  for (const event of ['grant.error', 'revocation.error', 'introspection.error'])
    events.on(event, note)
  provider.use(async (ctx, next) => {
    await next()
    const failure = failures.get(ctx)
    if (failure === undefined) return
    const ofTheClient =
      failure.message === 'invalid_client' || OF_THE_CLIENT.test(failure.error_description ?? '')
    if (!ofTheClient) return
    ctx.status = 401
    const known = appByClientId(store, claimedId(ctx as KoaContextWithOIDC)) !== undefined
    ctx.body =
      failure.error_detail === 'client not found' && !known
        ? unknownClient()
        : {
            error: 'invalid_client',
            error_description: sentence(ctx as KoaContextWithOIDC, failure),
          }
  })
}
