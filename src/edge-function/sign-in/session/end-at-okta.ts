import type { Instance, Session, Visit } from '../../types.ts'
import { Failure } from '../failure.ts'
import { secretsFor } from '../keys/secrets.ts'
import { oktaClient } from '../okta/client.ts'
import { revoke } from '../okta/revoke.ts'
import { readRefresh, refreshCookies } from '../sealed/refresh-cookie.ts'
import type { Kept } from '../sealed/refresh-cookie.ts'

/**
 * Takes back the refresh token of one of these sessions. Whatever is wrong with SSM or Okta, the
 * session ends here all the same, and the log says what stayed.
 */
export async function endAtOkta(
  instance: Instance,
  { request, origin }: Visit,
  sessions: readonly Session[],
): Promise<{ kept?: Kept | undefined; reason?: string }> {
  let kept: Kept | undefined
  const sealed = refreshCookies(request)
  if (!sealed.length || !sessions.length) return {}
  try {
    const secrets = await secretsFor(instance, sealed)
    kept = readRefresh(secrets.seal, origin, request, sessions)
    if (kept?.refreshToken) {
      await revoke(instance, oktaClient(instance, secrets.client), kept.refreshToken)
    }
    return { kept }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { kept, reason: `refresh token not revoked: ${error.summary}` }
  }
}
