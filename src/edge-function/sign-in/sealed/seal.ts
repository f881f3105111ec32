import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SealRing } from '../../../access/edge-config.ts'

/** What a sealed text is for, and on which origin: it opens for nothing else. */
export interface Use {
  purpose: 'transaction' | 'tried' | 'logout' | 'refresh'
  origin: string
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** `kid.base64url(nonce ‖ ciphertext ‖ tag)`: AES-256-GCM under the first key of the ring. */
export function seal(ring: SealRing, use: Use, fields: readonly unknown[]): string {
  const { kid, key } = ring.keys[0]!
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), nonce)
  cipher.setAAD(additionalData(use, kid))
  const sealed = [nonce, cipher.update(JSON.stringify(fields)), cipher.final()]
  return `${kid}.${Buffer.concat([...sealed, cipher.getAuthTag()]).toString('base64url')}`
}

/**
 * The fields that were sealed, or undefined for anything that this ring did not seal for this use.
 * Their types are those of the one place that seals for it.
 */
export function open<Fields extends readonly unknown[]>(
  ring: SealRing,
  use: Use,
  text: string,
): Fields | undefined {
  const dot = text.lastIndexOf('.')
  const kid = text.slice(0, dot)
  const entry = ring.keys.find((candidate) => candidate.kid === kid)
  const bytes = Buffer.from(text.slice(dot + 1), 'base64url')
  if (!entry || bytes.length <= NONCE_BYTES + TAG_BYTES) return
  if (bytes.toString('base64url') !== text.slice(dot + 1)) return
  try {
    const decipher = createDecipheriv(
      'aes-256-gcm',
      Buffer.from(entry.key, 'base64url'),
      bytes.subarray(0, NONCE_BYTES),
      { authTagLength: TAG_BYTES },
    )
    decipher.setAAD(additionalData(use, kid))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    const clear = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
    return JSON.parse(Buffer.concat([clear, decipher.final()]).toString()) as Fields
  } catch {
    return
  }
}

/** Whether the text names a key that the ring has. */
export function knowsKeyOf(ring: SealRing, text: string): boolean {
  return ring.keys.some(({ kid }) => text.startsWith(`${kid}.`))
}

function additionalData({ purpose, origin }: Use, kid: string): Buffer {
  return Buffer.from(`${purpose}\n${origin}\n${kid}`)
}
