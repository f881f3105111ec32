import { COOKIES } from '../access/names.ts'
import type { Request } from './types.ts'

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
  let before = at - 1
  while (header[before] === ' ') before--
  return before < 0 || header[before] === ';'
}

/** The header without the guard's own cookies; all others byte for byte. Undefined when none is left. */
export function withoutGuardCookies(header: CookieHeader): CookieHeader {
  const kept = (header ?? []).flatMap((entry) => {
    if (!entry.value.includes(COOKIES.session)) return [entry]
    const value = entry.value.split(';').filter(isForeign).join(';').trimStart()
    return value ? [{ ...entry, value }] : []
  })
  return kept.length ? kept : undefined
}

function isForeign(cookie: string): boolean {
  const name = cookie.split('=', 1)[0]!.trim()
  return name !== COOKIES.session && !name.startsWith(COOKIES.transactionPrefix)
}
