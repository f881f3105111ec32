import { COOKIES, ROUTES } from '../../access/names.ts'
import * as pages from '../pages/sign-in.ts'
import { header, isPrefetch } from '../request.ts'
import { redirect } from '../respond.ts'
import type { Instance, Visit } from '../types.ts'
import { showPage } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { open, seal } from './seal.ts'
import { readSecrets } from './secrets.ts'
import { clearCookie } from './set-cookie.ts'
import { removeAll } from './transaction-jar.ts'

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
  const cookies = [clearCookie(COOKIES.session), ...removeAll(request)]
  return {
    response: redirect(302, 'sign-in', oktaLogout(instance, origin), cookies),
    event: { what: 'sign-out' },
  }
}

/** The link of our own confirmation page, followed within a minute and by the same session. */
async function isConfirmed(instance: Instance, visit: Visit): Promise<boolean> {
  const [token, ...more] = new URLSearchParams(visit.request.querystring).getAll('token')
  if (!token || more.length || isPrefetch(visit.request)) return false
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
 * OpenID Connect RP-Initiated Logout 1.0, section 2: `client_id` stands in for the hint that we do
 * not keep. An Okta that insists on the hint shows its own error; the site's session is over by then.
 */
function oktaLogout({ config }: Instance, origin: string): string {
  const url = new URL(config.okta.endSessionEndpoint)
  url.searchParams.set('client_id', config.clientId)
  url.searchParams.set('post_logout_redirect_uri', origin + ROUTES.signedOut)
  return url.href
}
