import { header } from '../../request.ts'
import type { Request } from '../../types.ts'

export type Kind = 'navigation' | 'framed' | 'other'

/** Path and query, byte for byte. */
export function target(request: Request): string {
  return request.querystring ? `${request.uri}?${request.querystring}` : request.uri
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
