import type { Request } from './types.ts'

/** The first value of a request header, or ''. */
export function header(request: Request, name: string): string {
  return request.headers[name]?.[0]?.value ?? ''
}

/** What no browser sends and no answer can be made of. */
export function isMalformed({ uri, querystring, headers }: Request): boolean {
  return !/^\/[^\0- \x7f]*$/.test(uri + '?' + querystring) || headers.host?.length !== 1
}

/** The host as the configuration spells it: lower case, no default port, no trailing dot. */
export function hostOf(request: Request): string {
  return header(request, 'host')
    .toLowerCase()
    .replace(/\.?(:443)?$/, '')
}
