import { createHash, generateKeyPair, randomBytes, type JsonWebKey } from 'node:crypto'
import { promisify } from 'node:util'
import type { PrivateJwkRing, SealRing } from '../../access/edge-config.ts'
import type { PublicRsaJwk } from '../../access/jwk.ts'
import { describeRing } from '../../plan/resources/keys.ts'
import type { RingName } from '../../plan/names.ts'
import { cloudTime } from '../cloud.ts'
import { putParameter } from './documents.ts'
import type { Executor } from './executor.ts'

/** The private half lives in this call only: it goes from memory to SSM and nowhere else. */
export const generateKey: Executor = async (inputs, cloud, context) => {
  const { ring, name } = inputs as { ring: RingName; name: string }
  const made = ring === 'seal' ? sealKey() : await rsaKey()
  await putParameter(cloud, context, {
    name,
    value: made.secret,
    secure: true,
    description: describeRing([made.kid]),
  })
  return {
    kid: made.kid,
    createdAt: cloudTime(cloud.aws).toISOString(),
    ...(made.public ? { public: made.public } : {}),
  }
}

interface MadeKey {
  kid: string
  secret: string
  public?: PublicRsaJwk
}

async function rsaKey(): Promise<MadeKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const jwk = privateKey.export({ format: 'jwk' }) as JsonWebKey & { n: string; e: string }
  const kid = thumbprint(jwk)
  const ring: PrivateJwkRing = {
    version: 1,
    keys: [{ kid, key: Object.fromEntries(Object.entries(jwk).map(([k, v]) => [k, String(v)])) }],
  }
  return {
    kid,
    secret: JSON.stringify(ring),
    public: { kty: 'RSA', kid, alg: 'RS256', use: 'sig', n: jwk.n, e: jwk.e },
  }
}

/** RFC 7638, section 3. */
function thumbprint({ n, e }: { n: string; e: string }): string {
  return createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url')
}

function sealKey(): MadeKey {
  const kid = randomBytes(6).toString('base64url')
  const ring: SealRing = {
    version: 1,
    keys: [{ kid, key: randomBytes(32).toString('base64url') }],
  }
  return { kid, secret: JSON.stringify(ring) }
}
