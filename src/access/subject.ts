import { hash } from 'node:crypto'

/**
 * How a person is named where names have no business: in the list of revocations and in the log.
 * SHA-256, base64url, of a `sub` as it is or of an e-mail address in lower case.
 */
export function subjectHash(subOrEmail: string): string {
  const text = subOrEmail.includes('@') ? subOrEmail.toLowerCase() : subOrEmail
  return hash('sha256', text, 'base64url')
}
