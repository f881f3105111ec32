const ATTRIBUTES = 'Secure; HttpOnly; SameSite=Lax'

/** A `Set-Cookie` value. `Lax`, because Okta's redirect back is a cross-site navigation. RFC 6265bis. */
export function setCookie(name: string, value: string, maxAgeSeconds: number, path = '/'): string {
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; Path=${path}; ${ATTRIBUTES}`
}

/** Takes a cookie away: a `__Host-` cookie goes only with the attributes with which it came. */
export function clearCookie(name: string, path?: string): string {
  return setCookie(name, '', 0, path)
}
