import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { canonicalJson } from '../access/canonical-json.ts'
import { GuardError } from '../errors/guard-error.ts'

/** SSM takes 4,096 bytes in a standard parameter; the head line needs some of them. */
const CHUNK = 3_900
const FORMAT = 'gz1'
/** What the head can count; the rest of the account needs some of its parameters too. */
const MOST_CHUNKS = 99
const MOST = MOST_CHUNKS * CHUNK

/** What is written for one document: the head under its own name, further chunks under names of their own. */
export interface EncodedDocument {
  head: string
  /** By name; written before the head, which alone makes them count. */
  chunks: Record<string, string>
}

/**
 * Compressed, and cut where 4,096 bytes are not enough. The names of further chunks carry the digest,
 * so that an old document stays whole until the head is replaced in one call.
 */
export function encodeDocument(name: string, value: unknown): EncodedDocument {
  const json = canonicalJson(value)
  const text = gzipSync(json, { level: 9 }).toString('base64')
  const digest = createHash('sha256').update(json).digest('hex').slice(0, 8)
  const parts = text.match(new RegExp(`.{1,${CHUNK}}`, 'g')) ?? ['']
  if (parts.length > MOST_CHUNKS) throw tooLarge(name, text.length)
  const chunks: Record<string, string> = {}
  for (const [index, part] of parts.entries()) {
    if (index > 0) chunks[chunkName(name, digest, index)] = part
  }
  return { head: `${FORMAT} ${digest} ${parts.length} ${parts[0] ?? ''}`, chunks }
}

/** How much of what SSM can hold one document takes; 0 where it is not there. */
export function sizeOfDocument(name: string, value: unknown) {
  if (value === undefined) return { name, used: 0, most: MOST }
  const { head, chunks } = encodeDocument(name, value)
  const used = [head, ...Object.values(chunks)].reduce((sum, part) => sum + part.length, 0)
  return { name, used, most: MOST }
}

function tooLarge(name: string, size: number): GuardError {
  return new GuardError({
    code: 'too-large-for-ssm',
    message: `What belongs into SSM parameter ${name} has ${size} bytes compressed; ${MOST} are the most, so it is ${size - MOST} too large.`,
    hint: 'Make the settings smaller: fewer access rules, hosts or groups; in a rule, a group or a domain instead of many addresses.',
  })
}

function chunkName(name: string, digest: string, index: number): string {
  return `${name}.${digest}.${index + 1}`
}

/** Names of the further chunks that a head asks for. */
export function chunkNames(name: string, head: string): string[] {
  const { digest, count } = readHead(name, head)
  return Array.from({ length: count - 1 }, (_, index) => chunkName(name, digest, index + 1))
}

export function decodeDocument(
  name: string,
  head: string,
  chunks: Record<string, string>,
): unknown {
  const { first, digest } = readHead(name, head)
  const rest = chunkNames(name, head).map((chunk) => chunks[chunk] ?? unreadable(name))
  try {
    const json = gunzipSync(Buffer.from([first, ...rest].join(''), 'base64')).toString('utf8')
    if (createHash('sha256').update(json).digest('hex').slice(0, 8) !== digest) unreadable(name)
    return JSON.parse(json)
  } catch (cause) {
    if (cause instanceof GuardError) throw cause
    return unreadable(name, cause)
  }
}

function readHead(name: string, head: string): { digest: string; count: number; first: string } {
  const match = /^gz1 ([0-9a-f]{8}) (\d{1,2}) ([A-Za-z0-9+/=]*)$/.exec(head)
  if (!match) return unreadable(name)
  return { digest: match[1] ?? '', count: Number(match[2]), first: match[3] ?? '' }
}

function unreadable(name: string, cause?: unknown): never {
  throw new GuardError({
    code: 'manifest-invalid',
    message: `SSM parameter ${name} cannot be read: it was changed by hand, or a part of it is missing.`,
    hint: 'Restore its former version from the parameter history, or delete it and run init again.',
    next: [`aws ssm get-parameter-history --region us-east-1 --name ${name}`],
    cause,
  })
}
