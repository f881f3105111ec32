import type { Instance } from '../../types.ts'
import { Failure } from '../failure.ts'
import { post } from './client.ts'
import type { OktaClient } from './client.ts'

/** Makes a refresh token, and the access tokens of it, worthless. RFC 7009. */
export async function revoke({ config }: Instance, okta: OktaClient, token: string): Promise<void> {
  const { status } = await post(okta, config.okta.revocationEndpoint, {
    token,
    token_type_hint: 'refresh_token',
  })
  if (status !== 200) throw new Failure('okta-refused', { detail: String(status) })
}
