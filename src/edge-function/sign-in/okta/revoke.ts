import * as oauth from 'oauth4webapi'
import type { Instance } from '../../types.ts'
import { answered, checked } from './client.ts'
import type { OktaClient } from './client.ts'

/** Makes a refresh token, and the access tokens of it, worthless. RFC 7009. */
export async function revoke(
  { config }: Instance,
  okta: OktaClient,
  refreshToken: string,
): Promise<void> {
  const authentication = await okta.authentication(config.okta.revocationEndpoint)
  const response = await answered(
    oauth.revocationRequest(okta.server, okta.client, authentication, refreshToken, {
      ...okta.options,
      additionalParameters: { token_type_hint: 'refresh_token' },
    }),
  )
  await checked(() => oauth.processRevocationResponse(response))
}
