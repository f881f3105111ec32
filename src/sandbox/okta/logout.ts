import type { KoaContextWithOIDC, Provider } from 'oidc-provider'

interface State {
  state?: string
  postLogoutRedirectUri?: string
}

const LOGOUT = '/oauth2/v1/logout'
/** Okta's own sign-out page; it sends people on only to a trusted origin, and none is set up here. */
const SIGN_OUT = '/login/signout'

function afterLogout(state: State | undefined): string {
  if (!state?.postLogoutRedirectUri) return '/'
  const url = new URL(state.postLogoutRedirectUri)
  if (state.state !== undefined) url.searchParams.set('state', state.state)
  return url.href
}

/**
 * RP-initiated logout as Okta does it: without a confirmation form, and never without a hint.
 * https://support.okta.com/help/s/article/the-purpose-of-id-token-hint-in-the-logout-api-and-how-does-it-affect-the-single-logout-process
 */
export function useLogout(provider: Provider): void {
  provider.use(async (ctx, next) => {
    if (ctx.path === SIGN_OUT) {
      await (await provider.Session.get(ctx)).destroy()
      forget(provider, ctx)
      ctx.redirect('/')
      return
    }
    if (ctx.path === LOGOUT && !ctx.query['id_token_hint']) {
      ctx.status = 400
      ctx.body = {
        error: 'invalid_request',
        error_description: "The 'id_token_hint' parameter is required.",
      }
      return
    }
    await next()
    const oidc = ctx.oidc as KoaContextWithOIDC['oidc'] | undefined
    if (ctx.path !== LOGOUT || ctx.status !== 200 || !oidc?.session) return
    const target = afterLogout(oidc.session.state)
    await oidc.session.destroy()
    forget(provider, ctx)
    ctx.status = 302
    ctx.redirect(target)
  })
}

type Cookies = Pick<KoaContextWithOIDC, 'cookies'>

function forget(provider: Provider, { cookies }: Cookies): void {
  cookies.set(provider.cookieName('session'), null, { signed: true, path: '/' })
}
