import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { isRefresh } from './refresh.ts'

type Route = 'authorization' | 'token' | 'refresh' | undefined

/** Okta's `error_description` for what the library words otherwise: Okta's OAuth error catalogue. */
function oktaText(route: Route, error: string, description: string): string {
  if (error === 'invalid_request' && /PKCE/.test(description))
    return 'PKCE code challenge is required by the application.'
  if (error === 'unauthorized_client' && route !== 'authorization')
    return 'The client is not authorized to use the provided grant type.'
  if (error === 'invalid_grant' && route === 'refresh')
    return 'The refresh token is invalid or expired.'
  if (error === 'invalid_grant' && route === 'token')
    return 'The authorization code is invalid or has expired.'
  if (error === 'login_required')
    return 'The client specified not to prompt, but the user is not logged in.'
  return description
}

function rewordLocation(location: string): string {
  if (!URL.canParse(location)) return location
  const url = new URL(location)
  const error = url.searchParams.get('error')
  const description = url.searchParams.get('error_description')
  if (error === null || description === null) return location
  url.searchParams.set('error_description', oktaText('authorization', error, description))
  return url.href
}

function routeOf(ctx: KoaContextWithOIDC): Route {
  if (!ctx.path.endsWith('/token')) return undefined
  return isRefresh(ctx) ? 'refresh' : 'token'
}

/** RFC 6749, section 5.2; the library says that the request is invalid. */
function isOfGrantType({ error_description = '' }: { error_description?: string }): boolean {
  return error_description.startsWith('requested grant type is not allowed')
}

/** Answers in Okta's words. */
export function useOktaTexts(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next()
    const location = ctx.response.get('location')
    if (location) ctx.set('location', rewordLocation(location))
    const body = ctx.body as { error?: string; error_description?: string } | null
    if (body && typeof body === 'object' && typeof body.error === 'string') {
      const route = routeOf(ctx as KoaContextWithOIDC)
      if (isOfGrantType(body)) body.error = 'unauthorized_client'
      if (route === 'refresh' && body.error === 'invalid_scope') {
        body.error_description = `Some of the scopes requested for the refresh request were not granted in the original authorize request. Denied scopes: ${(body as { scope?: string }).scope ?? ''}.`
        body.error = 'access_denied'
        return
      }
      body.error_description = oktaText(route, body.error, body.error_description ?? '')
    }
  })
}
