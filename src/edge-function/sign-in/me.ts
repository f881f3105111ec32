import { ROUTES } from '../../access/names.ts'
import { json, unauthenticated } from '../respond.ts'
import type { Response, Visit } from '../types.ts'

/** Who is signed in, for scripts of the site. */
export function me({ session, origin }: Visit): Response {
  if (!session) return unauthenticated(origin + ROUTES.login)
  const { sub, email, name, exp } = session
  return json(200, 'page', { sub, email, name, expires_at: exp })
}
