import { randomBytes } from 'node:crypto'
import type { Instance } from '../../types.ts'
import type { Secrets } from '../keys/secrets.ts'
import { oktaClient } from '../okta/client.ts'
import { codeGrant } from '../okta/code-grant.ts'
import { userinfo } from '../okta/userinfo.ts'
import type { Kept } from '../sealed/refresh-cookie.ts'
import type { Transaction } from '../sealed/transaction.ts'
import { mintSession } from './mint.ts'
import { identityOf, isIncomplete } from './person.ts'

/** A session for the user who signed in at Okta, and what to keep for it. */
export async function newSession(
  instance: Instance,
  secrets: Secrets,
  begun: Transaction,
  code: string,
  redirectUri: string,
): Promise<{ token: string; kept: Kept }> {
  const { config } = instance
  const okta = oktaClient(instance, secrets.client)
  const tokens = await codeGrant(instance, okta, begun, code, redirectUri)
  const claims = tokens.claims!
  const sub = String(claims.sub)
  const said = isIncomplete(config, claims)
    ? { ...claims, ...(await userinfo(instance, okta, tokens.accessToken, sub)) }
    : claims
  const sid = randomBytes(16).toString('base64url')
  const start = Math.floor(instance.now() / 1000)
  const minted = { ...identityOf(config, said), sub, sid, start, rev: config.access.revision }
  const token = mintSession(instance, secrets.session, minted, config.session.tokenSeconds)
  const kept = {
    refreshToken: tokens.refreshToken ?? '',
    sid,
    sub,
    scope: begun.scope,
    confirmedAt: start,
    nonce: begun.nonce,
    authTime: typeof claims.auth_time === 'number' ? claims.auth_time : undefined,
    idToken: tokens.idToken ?? '',
  }
  return { token, kept }
}
