import * as oauth from 'oauth4webapi'
import type { Instance } from '../../types.ts'
import type { Transaction } from '../transaction.ts'
import { answered, checked } from './client.ts'
import type { OktaClient } from './client.ts'
import { checkTokens } from './tokens.ts'
import type { Tokens } from './tokens.ts'

/** Exchanges the code for tokens and checks them. RFC 6749, section 4.1.3. */
export async function codeGrant(
  instance: Instance,
  okta: OktaClient,
  begun: Transaction,
  parameters: URLSearchParams,
  redirectUri: string,
): Promise<Tokens> {
  const { server, client, options } = okta
  const authentication = await okta.authentication(instance.config.okta.tokenEndpoint)
  const sound = await checked(() =>
    oauth.validateAuthResponse(server, client, parameters, begun.state),
  )
  const response = await answered(
    oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      sound,
      redirectUri,
      begun.verifier,
      options,
    ),
  )
  const tokens = await checked(() =>
    oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: begun.nonce,
      requireIdToken: true,
    }),
  )
  return checkTokens(instance, okta, tokens, [begun.nonce])
}
