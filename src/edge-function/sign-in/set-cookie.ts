const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax'

/** A `Set-Cookie` value. `Lax`, because Okta's redirect back is a cross-site navigation. RFC 6265bis. */
export function setCookie(name: string, value: string, maxAgeSeconds: number): string {
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; ${ATTRIBUTES}`
}

/** Takes a cookie away: a `__Host-` cookie goes only with the attributes with which it came. */
export function clearCookie(name: string): string {
  return setCookie(name, '', 0)
}
