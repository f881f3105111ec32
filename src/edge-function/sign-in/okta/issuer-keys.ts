import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { IssuerJwk } from '../../../access/jwk.ts'
import type { Instance } from '../../types.ts'
import { send } from '../http.ts'

type IssuerKeys = { kid: string; key: KeyObject }[]

const REFETCH_EVERY_MS = 60_000

/** The keys that the authorization server signs with: baked, or as last fetched. */
export function issuerKeys(instance: Instance): IssuerKeys {
  instance.memory.issuerKeys ??= { keys: usable(instance.config.okta.keys), fetchedAt: 0 }
  return instance.memory.issuerKeys.keys
}

/** The keys as they are published now; asked for at most once a minute. */
export async function refetchIssuerKeys(
  instance: Instance,
  signal: AbortSignal,
): Promise<IssuerKeys> {
  const known = issuerKeys(instance)
  const memory = instance.memory.issuerKeys!
  const now = instance.now()
  if (now - memory.fetchedAt < REFETCH_EVERY_MS) return known
  memory.fetchedAt = now
  const { status, body } = await send(instance.config.okta.jwksUri, { method: 'GET', signal })
  if (status !== 200) return known
  const { keys } = Object(JSON.parse(body)) as { keys?: unknown }
  const fetched = Array.isArray(keys) ? usable(keys as IssuerJwk[]) : []
  if (fetched.length) memory.keys = fetched
  return memory.keys
}

/** Only RSA keys for RS256 signatures, and only their public halves. RFC 7517, section 5. */
function usable(jwks: IssuerJwk[]): IssuerKeys {
  return jwks.flatMap((jwk) => {
    const { kty, kid, n, e, use = 'sig', alg = 'RS256' } = Object(jwk) as IssuerJwk
    if (kty !== 'RSA' || use !== 'sig' || alg !== 'RS256') return []
    try {
      const key = createPublicKey({ key: { kty, n, e }, format: 'jwk' })
      return key.asymmetricKeyDetails!.modulusLength! >= 2048 ? [{ kid, key }] : []
    } catch {
      return []
    }
  })
}
