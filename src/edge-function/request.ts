import type { Request } from './types.ts'

export type Kind = 'navigation' | 'framed' | 'other'

/** The first value of a request header, or ''. */
export function header(request: Request, name: string): string {
  return request.headers[name]?.[0]?.value ?? ''
}

/** Path and query, byte for byte. */
export function target(request: Request): string {
  return request.querystring ? `${request.uri}?${request.querystring}` : request.uri
}

/** What no browser sends and no answer can be made of. */
export function isMalformed({ uri, querystring, headers }: Request): boolean {
  return !/^\/[^\0- \x7f]*$/.test(uri + querystring) || headers.host?.length !== 1
}

/** The host as the configuration spells it: lower case, no default port, no trailing dot. */
export function hostOf(request: Request): string {
  return header(request, 'host')
    .toLowerCase()
    .replace(/\.?(:443)?$/, '')
}

export function isReading(request: Request): boolean {
  return request.method === 'GET' || request.method === 'HEAD'
}

export function isPrefetch(request: Request): boolean {
  return /prefetch|prerender/i.test(header(request, 'sec-purpose') + header(request, 'purpose'))
}

/** A browser says so itself (Fetch Metadata); an older client is judged by its Accept. */
export function kindOf(request: Request): Kind {
  if (!isReading(request) || isPrefetch(request)) return 'other'
  if (!hasFetchMetadata(request)) {
    const isScript = header(request, 'x-requested-with') === 'XMLHttpRequest'
    return /\btext\/html\b/i.test(header(request, 'accept')) && !isScript ? 'navigation' : 'other'
  }
  if (header(request, 'sec-fetch-mode') !== 'navigate') return 'other'
  const destination = header(request, 'sec-fetch-dest')
  return destination === '' || destination === 'document' ? 'navigation' : 'framed'
}

export function hasFetchMetadata({ headers }: Request): boolean {
  return Object.keys(headers).some((name) => name.startsWith('sec-fetch-'))
}
