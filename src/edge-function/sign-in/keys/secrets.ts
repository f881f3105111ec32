import type {
  ClientRing,
  PrivateJwkRing,
  SealRing,
  SecretRing,
} from '../../../access/edge-config.ts'
import type { Instance } from '../../types.ts'
import { Failure } from '../failure.ts'
import { isLoopback, send } from '../http.ts'
import { knowsKeyOf } from '../sealed/seal.ts'
import { signed } from './sigv4.ts'

/** The three rings of what nobody else may know. */
export interface Secrets {
  session: PrivateJwkRing
  client: ClientRing
  seal: SealRing
}

const DEADLINE_MS = 1500
const LIFE_MS = 5 * 60_000
const MAX_STALE_MS = 60 * 60_000
const RETRY_MS = 10_000
const REFUSED_MS = 1000
const FORCE_EVERY_MS = 60_000
/** Read for this very request: a second call would overrun Lambda's five seconds. */
const JUST_NOW_MS = 2000

/** The rings, from memory or from SSM. An old answer is better than none, for an hour. */
export async function readSecrets(instance: Instance): Promise<Secrets> {
  const { memory } = instance
  const { secrets: cached, secretsFailure: failed } = memory
  if (cached && instance.now() < cached.renewAt) return cached.value as Secrets
  // SSM's rate is the whole account's: strangers at the login page must not use it up.
  if (failed && instance.now() < failed.until) throw failed.error
  try {
    return await fetchAndKeep(instance)
  } catch (cause) {
    const now = instance.now()
    if (!cached || now - cached.readAt > MAX_STALE_MS) {
      const error = new Failure('keys', { cause })
      memory.secretsFailure = { error, until: now + REFUSED_MS }
      throw error
    }
    // Also no forced read: a second wait in this request would overrun Lambda's five seconds.
    cached.forcedAt = cached.refusedAt = now
    cached.renewAt = now + RETRY_MS
    return cached.value as Secrets
  }
}

/** The rings, with one more look into SSM where a sealed text names a key that is newer than our memory. */
export async function secretsFor(instance: Instance, sealed: string[]): Promise<Secrets> {
  const secrets = await readSecrets(instance)
  const isKnown = sealed.every((text) => knowsKeyOf(secrets.seal, text))
  return isKnown ? secrets : rereadSecrets(instance, 'forcedAt')
}

/**
 * The rings read again, because memory does not know a key id that turned up, or Okta not the key that
 * memory has; at most once a minute each, as anybody may make up a key id.
 */
export async function rereadSecrets(
  instance: Instance,
  why: 'forcedAt' | 'refusedAt',
): Promise<Secrets> {
  const now = instance.now()
  const cached = instance.memory.secrets
  if (!cached || now - cached[why] < FORCE_EVERY_MS || now - cached.readAt < JUST_NOW_MS) {
    return readSecrets(instance)
  }
  cached[why] = now
  cached.renewAt = 0
  return readSecrets(instance)
}

async function fetchAndKeep(instance: Instance): Promise<Secrets> {
  const value = await fetchSecrets(instance)
  const now = instance.now()
  // Jitter, or all instances that started together would ask together.
  const renewAt = now + LIFE_MS * (0.8 + 0.4 * Math.random())
  const { forcedAt = 0, refusedAt = 0 } = instance.memory.secrets ?? {}
  instance.memory.secrets = { value, readAt: now, renewAt, forcedAt, refusedAt }
  return value
}

async function fetchSecrets({ config, now }: Instance): Promise<Secrets> {
  const { region, endpoint, session, client, seal } = config.secrets
  const url = new URL(endpoint ?? `https://ssm.${region}.amazonaws.com/`)
  if (endpoint && !isLoopback(url.hostname)) throw new Error('endpoint is not on loopback')
  const body = JSON.stringify({ Names: [session, client, seal], WithDecryption: true })
  const headers = signed(
    {
      region,
      service: 'ssm',
      host: url.host,
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonSSM.GetParameters',
      },
      body,
    },
    {
      accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? '',
      sessionToken: process.env.AWS_SESSION_TOKEN,
    },
    now(),
  )
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const response = await send(url.href, { method: 'POST', headers, body, signal })
  if (response.status !== 200) throw awsError(response.body)

  const { Parameters } = JSON.parse(response.body) as {
    Parameters: { Name: string; Value: string }[]
  }
  const values = new Map(Parameters.map(({ Name, Value }) => [Name, Value]))
  return {
    session: readRing(values.get(session), isJwk),
    client: readRing(values.get(client), isClientKey),
    seal: readRing(values.get(seal), isSealKey),
  }
}

/** Keeps the error's type (`AccessDeniedException`), which names nothing secret. */
function awsError(body: string): Error {
  const type = /"__type"\s*:\s*"(?:[^"]*#)?(\w+)"/.exec(body)?.[1]
  return Object.assign(new Error('GetParameters'), { code: type })
}

function readRing<Key>(
  text: string | undefined,
  isKey: (key: unknown) => boolean,
): SecretRing<Key> {
  const ring = JSON.parse(text ?? 'null') as SecretRing<Key> | null
  const ok =
    ring?.version === 1 &&
    ring.keys.length > 0 &&
    ring.keys.every(({ kid, key }) => typeof kid === 'string' && isKey(key))
  if (!ok) throw new Error('ring')
  return ring
}

function isJwk(key: unknown): boolean {
  return typeof key === 'object' && key !== null && 'kty' in key
}

function isClientKey(key: unknown): boolean {
  return typeof key === 'string' ? key !== '' : isJwk(key)
}

function isSealKey(key: unknown): boolean {
  return typeof key === 'string' && Buffer.from(key, 'base64url').length === 32
}
