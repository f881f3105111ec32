import * as oauth from 'oauth4webapi'
import type { Instance } from '../../types.ts'
import { Failure } from '../failure.ts'
import type { OktaClient } from './client.ts'
import { checkSignature, findBadClaim } from './id-token.ts'
import type { Claims } from './id-token.ts'
import { issuerKeys, refetchIssuerKeys } from './issuer-keys.ts'

/** What Okta gave out, checked. */
export interface Tokens {
  /** Of the ID token; a refresh may come without one. */
  claims: Claims | undefined
  idToken: string | undefined
  accessToken: string
  /** Missing where the app may not have one. */
  refreshToken: string | undefined
}

/** The token response that the library took, with the ID token checked by our own keys. */
export async function checkTokens(
  instance: Instance,
  { signal }: OktaClient,
  response: oauth.TokenEndpointResponse,
  nonces: (string | undefined)[],
): Promise<Tokens> {
  if (response.token_type !== 'bearer') throw new Failure('okta-answer', { detail: 'token_type' })
  const { access_token: accessToken, id_token: idToken, refresh_token: refreshToken } = response
  const tokens = { claims: undefined, idToken, accessToken, refreshToken }
  if (idToken === undefined) return tokens

  await requireSignature(instance, idToken, signal)
  const claims: Claims = { ...oauth.getValidatedIdTokenClaims(response) }
  const bad = findBadClaim(claims, {
    issuer: instance.config.okta.issuer,
    clientId: instance.config.clientId,
    nonces,
    accessToken,
    now: instance.now() / 1000,
  })
  if (bad) throw new Failure('id-token', { detail: bad })
  return { ...tokens, claims }
}

async function requireSignature(
  instance: Instance,
  jwt: string,
  signal: AbortSignal,
): Promise<void> {
  let verdict = checkSignature(jwt, issuerKeys(instance))
  if (verdict === 'unknown-key') {
    const keys = await refetchIssuerKeys(instance, signal).catch((cause: unknown) => {
      throw new Failure('okta-unavailable', { cause, detail: 'jwks' })
    })
    verdict = checkSignature(jwt, keys)
  }
  // Keys are asked for once a minute: that they have not come yet says nothing against the token.
  if (verdict === 'unknown-key') throw new Failure('okta-unavailable', { detail: 'unknown key' })
  if (verdict === 'bad') throw new Failure('id-token', { detail: 'signature' })
}
