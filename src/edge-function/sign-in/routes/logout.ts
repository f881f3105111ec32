import { COOKIES, ROUTES } from '../../../access/names.ts'
import { cookieValues } from '../../cookies.ts'
import * as pages from '../../pages/sign-in.ts'
import { header } from '../../request.ts'
import { redirect } from '../../respond.ts'
import { authentic } from '../../session.ts'
import type { Instance, Visit } from '../../types.ts'
import { readSecrets } from '../keys/secrets.ts'
import { showPage } from '../outcome.ts'
import type { Outcome } from '../outcome.ts'
import { hasFetchMetadata, isPrefetch } from '../request/request-kind.ts'
import { clearRefresh } from '../sealed/refresh-cookie.ts'
import { open, seal } from '../sealed/seal.ts'
import { clearCookie } from '../sealed/set-cookie.ts'
import { removeAll } from '../sealed/transaction-jar.ts'
import { endAtOkta } from '../session/end-at-okta.ts'

const TOKEN_LIFE_MS = 60_000

/** Signs out on a request from the site itself or the address bar; from anywhere else it asks first. */
export async function logout(instance: Instance, visit: Visit): Promise<Outcome> {
  const { request, origin, session, startedAt } = visit
  const site = header(request, 'sec-fetch-site')
  const isOwn = (site === 'same-origin' || site === 'none') && !isPrefetch(request)
  if (!isOwn && !(await isConfirmed(instance, visit))) {
    const ring = (await readSecrets(instance)).seal
    const use = { purpose: 'logout', origin } as const
    const token = seal(ring, use, [session?.sid ?? '', startedAt + TOKEN_LIFE_MS])
    const link = `${origin}${ROUTES.logout}?token=${token}`
    return { response: showPage(visit, pages.confirmSignOut(link, origin)) }
  }
  const cookies = [clearCookie(COOKIES.session), clearRefresh(), ...removeAll(request)]
  // A session that is over, or revoked, may still be signed out.
  const sessions = cookieValues(request.headers.cookie, COOKIES.session).flatMap(
    (token) => authentic(token, instance)?.session ?? [],
  )
  const { kept, reason } = await endAtOkta(instance, visit, sessions)
  return {
    response: redirect(302, 'sign-in', oktaLogout(instance, origin, kept?.idToken), cookies),
    event: { what: 'sign-out', reason, session: kept ?? session },
  }
}

/**
 * The link of our own confirmation page, followed within a minute and by the same session. For a
 * browser without Fetch Metadata only: any other names our page as the origin, or it was not our page.
 */
async function isConfirmed(instance: Instance, visit: Visit): Promise<boolean> {
  const [token, ...more] = new URLSearchParams(visit.request.querystring).getAll('token')
  if (!token || more.length || isPrefetch(visit.request)) return false
  if (hasFetchMetadata(visit.request)) return false
  const ring = (await readSecrets(instance)).seal
  const opened = open<[sid: string, expires: number]>(
    ring,
    { purpose: 'logout', origin: visit.origin },
    token,
  )
  if (!opened) return false
  const [sid, expires] = opened
  return visit.startedAt < expires && sid === (visit.session?.sid ?? '')
}

/**
 * Okta answers 400 to a logout without `id_token_hint`, though OpenID Connect RP-Initiated Logout 1.0
 * allows it. Its own sign-out page needs none; it leads back here only if the org trusts this origin.
 */
function oktaLogout({ config }: Instance, origin: string, hint: string | undefined): string {
  const back = origin + ROUTES.signedOut
  if (!hint) {
    const url = new URL('/login/signout', config.okta.issuer)
    url.searchParams.set('fromURI', back)
    return url.href
  }
  const url = new URL(config.okta.endSessionEndpoint)
  url.searchParams.set('id_token_hint', hint)
  url.searchParams.set('post_logout_redirect_uri', back)
  return url.href
}
