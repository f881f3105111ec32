import * as oauth from 'oauth4webapi'
import { answered, checked } from './client.ts'
import type { OktaClient } from './client.ts'
import type { Claims } from './id-token.ts'

/** What Okta says about the user beside the ID token. OpenID Connect Core 1.0, section 5.3. */
export async function userinfo(
  { server, client, options }: OktaClient,
  accessToken: string,
  sub: string,
): Promise<Claims> {
  const response = await answered(oauth.userInfoRequest(server, client, accessToken, options))
  return checked(() => oauth.processUserInfoResponse(server, client, sub, response))
}
