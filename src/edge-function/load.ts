import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { EdgeConfig } from '../access/edge-config.ts'
import type { PublicRsaJwk } from '../access/jwk.ts'
import { sessionIssuer } from '../access/names.ts'
import { encodedHeader } from './session.ts'
import type { Instance } from './types.ts'

/** Makes an instance of `config.json`. Throws on anything that could leave a check undone. */
export function load(raw: unknown, now: () => number): Instance {
  const config = raw as EdgeConfig
  must(
    config.version === 1 &&
      config.distribution &&
      config.clientId &&
      config.session.maxSeconds > 0 &&
      config.access.revision > 0 &&
      config.access.rules,
  )
  const origins = originsByHost(config.origins)
  return {
    config,
    origins,
    canonicalOrigin: config.origins[0]!,
    sessionIssuer: sessionIssuer(config.distribution),
    sessionKeys: keysByHeader(config.sessionKeys),
    verified: new Map(),
    memory: {},
    now,
  }
}

function originsByHost(origins: string[]): Map<string, string> {
  const byHost = new Map<string, string>()
  for (const origin of origins) {
    const host = /^https?:\/\/([a-z0-9.-]+(?::\d+)?)$/.exec(origin)?.[1]
    must(host)
    byHost.set(host, origin)
  }
  must(byHost.size)
  return byHost
}

/** RFC 8725, section 3.5: no weak keys. RFC 7517, section 4.5: no two keys of one name. */
function keysByHeader(jwks: PublicRsaJwk[]): Map<string, KeyObject> {
  const keys = new Map<string, KeyObject>()
  for (const { kid, n, e } of jwks) {
    const header = encodedHeader(kid)
    // OpenSSL takes any exponent, and with 1 anybody can sign.
    must(kid && e === 'AQAB' && !keys.has(header))
    const key = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' })
    must(key.asymmetricKeyDetails!.modulusLength! >= 2048)
    keys.set(header, key)
  }
  must(keys.size)
  return keys
}

function must(condition: unknown): asserts condition {
  if (!condition) throw new Error('config.json')
}
