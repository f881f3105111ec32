import { GUARD_PREFIX, ROUTES } from '../access/names.ts'
import { accessOf, allows } from '../access/rules.ts'
import { hostOf, isMalformed } from './request.ts'
import type { Decision, Instance, Request, Session } from './types.ts'

/** A session that is younger has just been confirmed by Okta, so that it is not sent there again. */
export const FRESH_SECONDS = 60
const OWN_PATHS: readonly string[] = Object.values(ROUTES)

/** Decides about one request; the first rule that fits. Pure. */
export function decide(
  request: Request,
  { config, origins, canonicalOrigin }: Instance,
  { session, renewable }: { session?: Session; renewable?: Session },
  now: number,
): Decision {
  if (isMalformed(request)) return { verdict: 'malformed', origin: canonicalOrigin }
  const origin = origins.get(hostOf(request))
  if (!origin) return { verdict: 'foreign-host', origin: canonicalOrigin }

  if (request.uri.startsWith(GUARD_PREFIX)) {
    return { verdict: OWN_PATHS.includes(request.uri) ? 'own' : 'unknown', origin }
  }

  const { access, site } = config
  const { isPublic, rules, uri } = accessOf(request.uri, access, site)
  if (isPublic) return { verdict: 'pass', origin, uri }

  if (!session) return { verdict: renewable ? 'stale' : 'stranger', origin }
  const isOlder = (session.rev ?? 0) < access.revision
  // Edges of two versions serve side by side: the one before cannot mint what this one wants.
  if (isOlder && now / 1000 >= session.iat + FRESH_SECONDS) return { verdict: 'stale', origin }
  const rule = rules.find((at) => !allows(access.rules[at]!, session))
  if (rule === undefined) return { verdict: 'pass', origin, uri }
  return { verdict: isOlder ? 'updating' : 'denied', origin, rule }
}
