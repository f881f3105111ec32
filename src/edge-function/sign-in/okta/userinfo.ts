import type { Instance } from '../../types.ts'
import { Failure } from '../failure.ts'
import { send } from '../http.ts'
import { available } from './client.ts'
import type { OktaClient } from './client.ts'
import type { Claims } from './id-token.ts'

/**
 * What Okta says about the user beside the ID token. OpenID Connect Core 1.0, section 5.3: the token
 * goes into the header, and the subject must be that of the ID token.
 */
export async function userinfo(
  { config }: Instance,
  { signal }: OktaClient,
  accessToken: string,
  sub: string,
): Promise<Claims> {
  const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}` }
  const answer = await available(
    send(config.okta.userinfoEndpoint, { method: 'GET', headers, signal }),
  )
  const claims = readObject(answer.body)
  if (answer.status !== 200 || claims.sub !== sub) {
    throw new Failure('okta-answer', { detail: 'userinfo' })
  }
  return claims
}

function readObject(text: string): Claims {
  try {
    return Object(JSON.parse(text)) as Claims
  } catch {
    return {}
  }
}
