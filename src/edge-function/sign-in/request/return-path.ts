import { GUARD_PREFIX } from '../../../access/names.ts'

const DECODINGS = 2
/** What is longer fits into no transaction cookie; and escaped, a page of it would be too large. */
const MAX_LENGTH = 1024

/**
 * The path and query to go back to, exactly as given, or `/`. The bytes judged are the bytes sent:
 * nothing is decoded afterwards. A path that could leave the origin, or enter the guard, when a
 * server or a script decodes it once or twice more is not taken either.
 */
export function returnPath(
  candidate: string | undefined,
  origin: string,
  maxLength = MAX_LENGTH,
): string {
  if (!candidate || candidate.length > maxLength || !/^\/[!-~]*$/.test(candidate)) return '/'
  let reading = candidate
  for (let round = 0; round <= DECODINGS; round++) {
    if (!staysHome(reading, origin)) return '/'
    reading = decode(reading)
  }
  return candidate
}

function staysHome(path: string, origin: string): boolean {
  const ownPath = path.split(/[?#]/, 1)[0]!
  if (/^\/[/\\]|\\|\p{Cc}/u.test(ownPath) || !URL.canParse(path, origin)) return false
  const url = new URL(path, origin)
  return (
    url.origin === origin &&
    !url.pathname.startsWith('//') &&
    !`${url.pathname}/`.startsWith(GUARD_PREFIX)
  )
}

function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString(),
  )
}
