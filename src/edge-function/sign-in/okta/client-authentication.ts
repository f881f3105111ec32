import { webcrypto } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { basicAuthorization } from '../../../access/basic-authorization.ts'
import type { ClientRing } from '../../../access/edge-config.ts'
import { Failure } from '../failure.ts'

/**
 * Says in the form, or in the headers that it returns, whose request this is: by the first key of the
 * ring, which is a private JWK or the app's client secret.
 */
export async function authenticate(
  { keys }: ClientRing,
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  endpoint: string,
  form: URLSearchParams,
): Promise<Record<string, string>> {
  const { kid, key } = keys[0]!
  if (typeof key === 'string') return { authorization: basicAuthorization(client.client_id, key) }
  const assert = await privateKeyJwt(kid, key, endpoint)
  await assert(server, client, form, new Headers())
  return {}
}

/** RFC 7523. Okta wants the endpoint's own URL as the audience. */
async function privateKeyJwt(
  kid: string,
  jwk: Record<string, string>,
  endpoint: string,
): Promise<oauth.ClientAuth> {
  const algorithm =
    jwk.kty === 'EC'
      ? { name: 'ECDSA', namedCurve: 'P-256' }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const { use: _use, key_ops: _operations, alg: _alg, ...bare } = jwk
  const key = await webcrypto.subtle
    .importKey('jwk', bare, algorithm, false, ['sign'])
    .catch((cause: unknown) => {
      throw new Failure('keys', { cause })
    })
  return oauth.PrivateKeyJwt(
    { key, kid },
    {
      [oauth.modifyAssertion]: (_header, payload) => {
        payload.aud = endpoint
      },
    },
  )
}
