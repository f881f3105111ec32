import type { KoaContextWithOIDC, Provider } from 'oidc-provider'

interface State {
  state?: string
  postLogoutRedirectUri?: string
}

function afterLogout(state: State | undefined): string {
  if (!state?.postLogoutRedirectUri) return '/'
  const url = new URL(state.postLogoutRedirectUri)
  if (state.state !== undefined) url.searchParams.set('state', state.state)
  return url.href
}

/** RP-initiated logout without the confirmation form that the library insists on: Okta shows none. */
export function useLogout(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next()
    const oidc = ctx.oidc as KoaContextWithOIDC['oidc'] | undefined
    if (ctx.path !== '/oauth2/v1/logout' || ctx.status !== 200 || !oidc?.session) return
    const target = afterLogout(oidc.session.state)
    await oidc.session.destroy()
    ctx.cookies.set(provider.cookieName('session'), null, { signed: true, path: '/' })
    ctx.status = 302
    ctx.redirect(target)
  })
}
