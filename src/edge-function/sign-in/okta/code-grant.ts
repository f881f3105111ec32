import * as oauth from 'oauth4webapi'
import type { Instance } from '../../types.ts'
import type { Transaction } from '../sealed/transaction.ts'
import { checked, post } from './client.ts'
import type { OktaClient } from './client.ts'
import { checkTokens } from './tokens.ts'
import type { Tokens } from './tokens.ts'

/** Exchanges the code for tokens and checks them. RFC 6749, section 4.1.3; RFC 7636, section 4.5. */
export async function codeGrant(
  instance: Instance,
  okta: OktaClient,
  { verifier, nonce }: Transaction,
  code: string,
  redirectUri: string,
): Promise<Tokens> {
  const response = await post(okta, instance.config.okta.tokenEndpoint, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })
  const tokens = await checked(() =>
    oauth.processAuthorizationCodeResponse(okta.server, okta.client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    }),
  )
  return checkTokens(instance, okta, tokens, [nonce])
}
