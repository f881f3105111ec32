import * as oauth from 'oauth4webapi'
import type { Instance } from '../../types.ts'
import { Failure } from '../failure.ts'
import type { Kept } from '../sealed/refresh-cookie.ts'
import { checked, post } from './client.ts'
import type { OktaClient } from './client.ts'
import { checkTokens } from './tokens.ts'
import type { Tokens } from './tokens.ts'

/**
 * New tokens for a refresh token, of the scope of the sign-in. RFC 6749, section 6. What the ID token
 * says about the sign-in must not change: OpenID Connect Core 1.0, section 12.2. `gotToken` hears of a
 * refresh token before anything else can fail: the one before may be worth nothing already.
 */
export async function refreshGrant(
  instance: Instance,
  okta: OktaClient,
  kept: Kept,
  gotToken: (refreshToken: string) => void,
): Promise<Tokens> {
  const response = await post(okta, instance.config.okta.tokenEndpoint, {
    grant_type: 'refresh_token',
    refresh_token: kept.refreshToken,
    scope: kept.scope,
  })
  const answer = await checked(
    () => oauth.processRefreshTokenResponse(okta.server, okta.client, response),
    'refresh-refused',
  )
  if (answer.refresh_token !== undefined) gotToken(answer.refresh_token)
  const tokens = await checkTokens(instance, okta, answer, [undefined, kept.nonce])
  const { claims } = tokens
  if (claims && claims.sub !== kept.sub) throw new Failure('id-token', { detail: 'sub' })
  const times = [claims?.auth_time, kept.authTime].filter((time) => time !== undefined)
  if (times[0] !== times.at(-1)) throw new Failure('id-token', { detail: 'auth_time' })
  return tokens
}
