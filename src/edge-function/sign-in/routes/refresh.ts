import { createHash } from 'node:crypto'
import { COOKIES } from '../../../access/names.ts'
import { cookieValues } from '../../cookies.ts'
import { FRESH_SECONDS } from '../../gate.ts'
import { notRefreshed } from '../../pages/failures.ts'
import { blockedCookies } from '../../pages/sign-in.ts'
import { json } from '../../respond.ts'
import { authentic } from '../../session.ts'
import type { Instance, Session, Visit } from '../../types.ts'
import { Failure } from '../failure.ts'
import { secretsFor } from '../keys/secrets.ts'
import type { Secrets } from '../keys/secrets.ts'
import { refuse } from '../outcome.ts'
import type { Outcome } from '../outcome.ts'
import { kindOf } from '../request/request-kind.ts'
import {
  clearRefresh,
  readRefresh,
  refreshCookie,
  refreshCookies,
} from '../sealed/refresh-cookie.ts'
import type { Kept } from '../sealed/refresh-cookie.ts'
import { clearCookie, setCookie } from '../sealed/set-cookie.ts'
import { endAtOkta } from '../session/end-at-okta.ts'
import { renew, renewInGrace } from '../session/renew.ts'
import type { Renewed } from '../session/renew.ts'
import {
  done,
  doneRenewing,
  returnTo,
  turnBack,
  wantsJson,
  wasJustRenewed,
} from './refresh-way-back.ts'

/** How long a refused refresh token is not shown to Okta again: one page may ask for fifty images. */
const REFUSED_MS = 60_000
const MAX_REFUSED = 1000

/** Claims by which Okta speaks of another sign-in than ours: OpenID Connect Core 1.0, section 12.2. */
const OTHER_SIGN_IN = ['iss', 'sub', 'aud', 'azp', 'nonce', 'auth_time']

/** Goes on with a session that has expired, or is about to; the way back is the page or file asked for. */
export async function refresh(instance: Instance, visit: Visit): Promise<Outcome> {
  const { session, renewable, startedAt } = visit
  // Another tab was here first.
  if (session && startedAt / 1000 < session.iat + FRESH_SECONDS) return { response: done(visit) }
  if (!renewable) return endRevoked(instance, visit)
  if (wasJustRenewed(visit)) {
    return refuse(visit, blockedCookies(visit.origin, returnTo(visit)), 'loop')
  }

  let kept: Kept | undefined
  let rotated: Kept | undefined
  let secrets: Secrets | undefined
  try {
    secrets = await secretsFor(instance, refreshCookies(visit.request))
    kept = readRefresh(secrets.seal, visit.origin, visit.request, [renewable])
    if (!kept?.refreshToken || isRefused(instance, kept)) return { response: turnBack(visit) }
    const before = kept
    const renewed = await renew(instance, secrets, renewable, kept, (refreshToken) => {
      if (refreshToken !== before.refreshToken) rotated = { ...before, refreshToken }
    })
    return {
      response: doneRenewing(visit, cookiesOf(instance, visit, secrets, renewable, renewed)),
      event: { what: 'refresh', session: renewable },
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return secrets && kept
      ? failed(instance, visit, secrets, renewable, kept, error, rotated)
      : unavailable(instance, visit, error)
  }
}

function failed(
  instance: Instance,
  visit: Visit,
  secrets: Secrets,
  session: Session,
  kept: Kept,
  error: Failure,
  rotated: Kept | undefined,
): Outcome {
  const reason = error.summary
  if (error.code === 'refresh-refused') {
    remember(instance, kept)
    return { response: turnBack(visit), event: { what: 'refusal', reason, session } }
  }
  if (error.code === 'id-token' && OTHER_SIGN_IN.includes(error.detail ?? '')) {
    return { response: turnBack(visit, ended()), event: { what: 'refusal', reason, session } }
  }
  const renewed =
    error.code === 'okta-unavailable' && renewInGrace(instance, secrets, session, kept)
  const changed = { ...renewed, kept: rotated }
  const cookies = cookiesOf(instance, visit, secrets, session, changed)
  if (!renewed) return unavailable(instance, visit, error, cookies)
  const event = { what: 'refresh', reason: `grace: ${reason}`, session } as const
  return { response: doneRenewing(visit, cookies), event }
}

/** Nobody is signed out because something else is broken: the cookies stay, and the next try may do. */
function unavailable(
  { config }: Instance,
  visit: Visit,
  error: Failure,
  cookies?: string[],
): Outcome {
  const reason = error.summary
  if (wantsJson(visit) || kindOf(visit.request) === 'other') {
    const response = json(503, 'error', { error: 'unavailable' }, cookies)
    return { response, event: { what: 'error', reason } }
  }
  const page = notRefreshed(error.code, visit.origin, returnTo(visit), config)
  return refuse(visit, page, reason, cookies)
}

/** A session of the list of revocations: it ends here, and so does its refresh token. RFC 7009. */
async function endRevoked(instance: Instance, visit: Visit): Promise<Outcome> {
  const revoked = cookieValues(visit.request.headers.cookie, COOKIES.session).flatMap((token) => {
    const known = authentic(token, instance)
    return known?.isRevoked ? [known.session] : []
  })
  if (!revoked.length) return { response: turnBack(visit) }
  const { kept, reason } = await endAtOkta(instance, visit, revoked)
  const event = {
    what: 'refusal',
    reason: reason ?? 'revoked',
    session: kept ?? revoked[0],
  } as const
  return { response: turnBack(visit, ended()), event }
}

function cookiesOf(
  { config, now }: Instance,
  { origin }: Visit,
  { seal }: Secrets,
  { start }: Session,
  { token, kept }: Partial<Renewed>,
): string[] {
  const left = Math.max(1, Math.floor(start + config.session.maxSeconds - now() / 1000))
  const cookies = token === undefined ? [] : [setCookie(COOKIES.session, token, left)]
  if (kept) cookies.push(refreshCookie(seal, origin, kept, left))
  return cookies
}

function ended(): string[] {
  return [clearCookie(COOKIES.session), clearRefresh()]
}

function isRefused({ memory, now }: Instance, kept: Kept): boolean {
  return (memory.refused?.get(hashOf(kept)) ?? 0) > now()
}

function remember({ memory, now }: Instance, kept: Kept): void {
  const refused = (memory.refused ??= new Map())
  if (refused.size >= MAX_REFUSED) refused.delete(refused.keys().next().value!)
  refused.set(hashOf(kept), now() + REFUSED_MS)
}

function hashOf({ refreshToken }: Kept): string {
  return createHash('sha256').update(refreshToken).digest('base64url')
}
