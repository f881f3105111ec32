import { json, unauthenticated } from '../../respond.ts'
import type { Response, Visit } from '../../types.ts'

/** Who is signed in, for scripts of the site. */
export function me({ session, origin }: Visit): Response {
  if (!session) return unauthenticated(origin)
  const { sub, email, name, groups, exp } = session
  return json(200, 'page', { sub, email, name, groups, expires_at: exp })
}
