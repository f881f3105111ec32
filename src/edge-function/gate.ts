import { GUARD_PREFIX } from '../access/names.ts'
import { accessOf, allows } from '../access/rules.ts'
import { hostOf, isMalformed } from './request.ts'
import type { Decision, Instance, Request, Session, Verdict } from './types.ts'

/** A session that is younger has just been confirmed by Okta, so that it is not sent there again. */
export const FRESH_SECONDS = 60
/** GET, HEAD and OPTIONS, of those that CloudFront takes: what is public may be read, not written. */
const READS = /^[GHO]/

/** Decides about one request; the first rule that fits. Pure. */
export function decide(
  request: Request,
  { config: { access, site }, origins, canonicalOrigin }: Instance,
  { session, renewable }: { session?: Session; renewable?: Session },
  now: number,
): Decision {
  const origin = origins.get(hostOf(request))
  const say = (verdict: Verdict, more?: Partial<Decision>): Decision => ({
    verdict,
    origin: origin ?? canonicalOrigin,
    ...more,
  })
  if (isMalformed(request)) return say('malformed')
  if (!origin) return say('foreign-host')
  if (request.uri.startsWith(GUARD_PREFIX)) return say('own')

  const { isPublic, rules, uri } = accessOf(request.uri, access, site)
  if (isPublic && READS.test(request.method)) return say('pass', { uri })
  if (!session) return say(renewable ? 'stale' : 'stranger')
  // Edges of two versions serve side by side: the one before cannot mint what this one wants.
  const isFresh = now / 1000 < session.iat + FRESH_SECONDS
  if ((session.rev ?? 0) < access.revision && !isFresh) return say('stale')
  const rule = rules.find((at) => !allows(access.rules[at]!, session))
  return rule === undefined ? say('pass', { uri }) : say('denied', { rule })
}
