import { ROUTES } from '../../../access/names.ts'
import { header } from '../../request.ts'
import { redirect, respond } from '../../respond.ts'
import type { Response, Visit } from '../../types.ts'
import { kindOf } from '../request/request-kind.ts'
import { returnPath } from '../request/return-path.ts'
import { strangers } from '../turned-away.ts'

const MAX_RETURN_PATH = 4096
/** The parameter that says when a session was renewed, and for how long it is believed. */
const RENEWED = 'renewed'
const RENEWED_MS = 30_000

/** To the page or file that was asked for; a script that came by itself is told that all is well. */
export function done(visit: Visit, cookies?: string[]): Response {
  return wantsJson(visit)
    ? respond(204, 'sign-in', {}, undefined, cookies)
    : redirect(303, 'sign-in', visit.origin + returnTo(visit), cookies)
}

/** No session came of it: a page goes to sign in, anything else is told so. */
export function turnBack(visit: Visit, cookies?: string[]): Response {
  return strangers(
    visit,
    wantsJson(visit) ? 'other' : kindOf(visit.request),
    returnTo(visit),
    cookies,
  )
}

/** A page comes by once more, to see whether its browser has taken the cookies: else it would go round. */
export function doneRenewing(visit: Visit, cookies: string[]): Response {
  const back = encodeURIComponent(returnTo(visit))
  const isPage = !wantsJson(visit) && kindOf(visit.request) === 'navigation'
  if (!isPage || back.length > MAX_RETURN_PATH) return done(visit, cookies)
  const location = `${visit.origin}${ROUTES.refresh}?return_to=${back}&${RENEWED}=${visit.startedAt}`
  return redirect(303, 'sign-in', location, cookies)
}

/** An address that was kept for later is no sign of anything. */
export function wasJustRenewed({ request, startedAt }: Visit): boolean {
  const at = new URLSearchParams(request.querystring).get(RENEWED)
  return !!at && Math.abs(startedAt - Number(at)) < RENEWED_MS
}

/** A script that came by itself; one that the gate sent here has a file to go back to. */
export function wantsJson(visit: Visit): boolean {
  const isScript = /\bapplication\/json\b/i.test(header(visit.request, 'accept'))
  return isScript && candidates(visit).length === 0
}

function candidates({ request }: Visit): string[] {
  // A plus sign in a path is a plus sign.
  return new URLSearchParams(request.querystring.replaceAll('+', '%2B')).getAll('return_to')
}

/** What the gate said, or somebody made up: checked again. */
export function returnTo(visit: Visit): string {
  const { origin } = visit
  const [candidate, ...more] = candidates(visit)
  return more.length ? '/' : returnPath(candidate, origin, MAX_RETURN_PATH)
}
