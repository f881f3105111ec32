import { createHash, generateKeyPair, randomBytes, type JsonWebKey } from 'node:crypto'
import { promisify } from 'node:util'
import type { SecretRing } from '../../access/edge-config.ts'
import type { PublicRsaJwk } from '../../access/jwk.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { describeRing } from '../../plan/keys/facts.ts'
import { NEW } from '../../plan/keys/ring.ts'
import type { RingName } from '../../plan/names.ts'
import { isGiven } from '../../plan/types.ts'
import { cloudTime, type Cloud } from '../cloud.ts'
import { putParameter } from './documents.ts'
import type { Executor, StepContext } from './executor.ts'
import { policySettled } from './iam.ts'
import { explainUndecryptable } from './lost-key.ts'

/** The private half lives in this call only: it goes from memory to SSM and nowhere else. */
export const generateKey: Executor = async (inputs, cloud, context) => {
  const { ring, name, keyId } = inputs as { ring: RingName; name: string; keyId: string }
  const made = await makeKey(ring, inputs['key'], cloud)
  await putRing(name, [made.entry], cloud, context, keyId)
  return { ...made.public, createdAt: cloudTime(cloud.aws).toISOString() }
}

/** Keys of the ring that is there, in the order asked for; {@link NEW} is made in this very call. */
export const orderKeys: Executor = async (inputs, cloud, context) => {
  const { ring, name, kids, keyId } = inputs as {
    ring: RingName
    name: string
    kids: string[]
    keyId: string
  }
  const found = await readRing(name, cloud)
  const made = kids.includes(NEW) ? await makeKey(ring, inputs['key'], cloud) : undefined
  const entries = kids.map((kid) => (kid === NEW ? made?.entry : found.get(kid)) ?? missing(name))
  await putRing(name, entries, cloud, context, keyId)
  return made && { ...made.public, createdAt: timeAfter(cloud) }
}

/** The same keys, encrypted with another KMS key. */
export const encryptKeys: Executor = async (inputs, cloud, context) => {
  const { name, keyId, settle } = inputs as { name: string; keyId: string; settle?: boolean }
  if (settle === true) await policySettled(cloud, context)
  const found = await readRing(name, cloud)
  await putRing(name, [...found.values()], cloud, context, keyId)
  return undefined
}

/** One private key of a ring, for the step that needs it. */
export async function privateKey(name: string, kid: string, cloud: Cloud): Promise<SecretKey> {
  return (await readRing(name, cloud)).get(kid)?.key ?? missing(name)
}

/** Of AWS's clock, and never before now: its `Date` header leaves out the fraction of a second. */
export function timeAfter({ aws }: Cloud): string {
  return new Date(cloudTime(aws).getTime() + 1000).toISOString()
}

/** A private JWK, or 256 bits as base64url. */
type SecretKey = Record<string, string> | string

interface Entry {
  kid: string
  key: SecretKey
}

async function readRing(name: string, cloud: Cloud): Promise<Map<string, Entry>> {
  const found = await cloud.aws.ssm.getSecret(name).catch((error: unknown) => {
    throw explainUndecryptable(error, name)
  })
  const ring = parsed(found?.value)
  if (ring?.version !== 1) throw unreadable(name)
  return new Map(ring.keys.map((entry) => [entry.kid, entry]))
}

/** A parser's message would quote the secret. */
function parsed(text: string | undefined): SecretRing<SecretKey> | undefined {
  try {
    return JSON.parse(text ?? 'null') as SecretRing<SecretKey>
  } catch {
    return undefined
  }
}

async function putRing(
  name: string,
  keys: Entry[],
  cloud: Cloud,
  context: StepContext,
  keyId?: string,
): Promise<void> {
  const ring: SecretRing<SecretKey> = { version: 1, keys }
  await putParameter(cloud, context, {
    name,
    value: JSON.stringify(ring),
    secure: true,
    ...(keyId !== undefined && { keyId }),
    description: describeRing(keys.map(({ kid }) => kid)),
  })
}

function missing(name: string): never {
  throw new GuardError({
    code: 'changed-meanwhile',
    message: `SSM parameter ${name} does not hold the keys that its description names.`,
    hint: 'It was changed by hand. Restore its former version from the parameter history, or delete it and run apply, which makes new keys: everybody signs in again.',
  })
}

function unreadable(name: string): GuardError {
  return new GuardError({
    code: 'manifest-invalid',
    message: `SSM parameter ${name} holds no keys of this tool.`,
    hint: 'It was changed by hand. Restore its former version from the parameter history, or delete it and run apply, which makes new keys: everybody signs in again.',
  })
}

interface MadeKey {
  entry: Entry
  public: { kid: string; public?: PublicRsaJwk }
}

/** A secret that Okta made is taken as it was given. */
function makeKey(
  ring: RingName,
  key: unknown,
  { clientSecret }: Cloud,
): Promise<MadeKey> | MadeKey {
  if (isGiven(key)) return secretEntry(clientSecret ?? '')
  return ring === 'seal' ? sealKey() : rsaKey()
}

async function rsaKey(): Promise<MadeKey> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const jwk = pair.privateKey.export({ format: 'jwk' }) as JsonWebKey & { n: string; e: string }
  const kid = thumbprint(jwk)
  const key = Object.fromEntries(Object.entries(jwk).map(([k, v]) => [k, String(v)]))
  return {
    entry: { kid, key },
    public: { kid, public: { kty: 'RSA', kid, alg: 'RS256', use: 'sig', n: jwk.n, e: jwk.e } },
  }
}

/** RFC 7638, section 3. */
function thumbprint({ n, e }: { n: string; e: string }): string {
  return createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url')
}

function sealKey(): MadeKey {
  return secretEntry(randomBytes(32).toString('base64url'))
}

/** The id says nothing of the secret. */
function secretEntry(key: string): MadeKey {
  const kid = randomBytes(6).toString('base64url')
  return { entry: { kid, key }, public: { kid } }
}
