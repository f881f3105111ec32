import { randomBytes } from 'node:crypto'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { OktaStore } from './store.ts'

function nonceOf(proof: string): unknown {
  try {
    const payload = Buffer.from(proof.split('.')[1] ?? '', 'base64url').toString('utf8')
    return (JSON.parse(payload) as { nonce?: unknown }).nonce
  } catch {
    return undefined
  }
}

/**
 * `Require DPoP header` of a service app, as far as its caller can tell: the demand for a nonce and
 * the token type (RFC 9449, section 8). The proof's signature is not checked.
 */
export function useDpop(provider: Provider, store: OktaStore): void {
  const nonce = randomBytes(16).toString('base64url')
  provider.use(async (ctx, next) => {
    await next()
    const oidc = ctx.oidc as KoaContextWithOIDC['oidc'] | undefined
    const service = store.serviceApps.get(oidc?.client?.clientId ?? '')
    if (!service?.dpop || ctx.status !== 200 || !ctx.path.endsWith('/token')) return
    if (nonceOf(ctx.get('dpop')) === nonce) {
      ctx.body = { ...(ctx.body as object), token_type: 'DPoP' }
      return
    }
    ctx.status = 400
    ctx.set('dpop-nonce', nonce)
    ctx.body = {
      error: 'use_dpop_nonce',
      error_description: 'Authorization server requires nonce in DPoP proof.',
    }
  })
}
