import { COOKIES } from '../access/names.ts'
import type { Request } from './types.ts'

const OWN = new RegExp(`;\\s*${COOKIES.session}(-tx-[^=;]*)?\\s*(=[^;]*)?(?=;|$)`, 'g')

type CookieHeader = Request['headers'][string] | undefined

/** Every value of a cookie, in the order sent; a browser may send several of one name. RFC 6265, section 5.4. */
export function cookieValues(header: CookieHeader, name: string): string[] {
  const values: string[] = []
  for (const { value } of header ?? []) {
    let at = value.indexOf(`${name}=`)
    for (; at >= 0; at = value.indexOf(`${name}=`, at + 1)) {
      if (!startsCookie(value, at)) continue
      const end = value.indexOf(';', at)
      values.push(value.slice(at + name.length + 1, end < 0 ? undefined : end).trim())
    }
  }
  return values
}

function startsCookie(header: string, at: number): boolean {
  while (header[--at] === ' ');
  return (header[at] ?? ';') === ';'
}

/** The header without the guard's own cookies; all others byte for byte. Undefined when none is left. */
export function withoutGuardCookies(header: CookieHeader): CookieHeader {
  const kept: NonNullable<CookieHeader> = []
  for (const entry of header ?? []) {
    if (!entry.value.includes(COOKIES.session)) kept.push(entry)
    else {
      const value = foreignCookies(entry.value)
      if (value) kept.push({ ...entry, value })
    }
  }
  return kept.length ? kept : undefined
}

/** On the way of every signed-in user: one pass, for splitting a long header costs more than its check. */
function foreignCookies(header: string): string {
  return `;${header}`.replace(OWN, '').slice(1).trimStart()
}
