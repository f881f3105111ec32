import { createHash } from 'node:crypto'
import { canonicalJson } from '../access/canonical-json.ts'

/** Same value, same text: by this two pieces of plain data are compared. */
export function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b)
}

/** SHA-256 over the canonical JSON, hex. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
