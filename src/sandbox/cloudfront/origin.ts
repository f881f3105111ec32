import { createHash, randomBytes } from 'node:crypto'
import type { EdgeDistribution, EdgeSource, Reply } from '../types.ts'
import type { EdgeRequest } from './event.ts'
import { firstValue } from './headers.ts'

function s3Error(status: number, code: string, message: string): Reply {
  const requestId = randomBytes(8).toString('hex').toUpperCase()
  return {
    status,
    headers: { 'content-type': 'application/xml', server: 'AmazonS3' },
    body: `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${requestId}</RequestId></Error>`,
  }
}

function keyOf(originPath: string, uri: string): string | undefined {
  try {
    return decodeURIComponent(`${originPath}${uri}`).replace(/^\//, '')
  } catch {
    return undefined
  }
}

function byteRange(header: string, size: number): [number, number] | 'unsatisfiable' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header.trim()) ?? []
  if (from === '' && to === '') return undefined
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  return start > end || start >= size ? 'unsatisfiable' : [start, end]
}

function found(request: EdgeRequest, body: Uint8Array, contentType: string): Reply {
  const etag = `"${createHash('md5').update(body).digest('hex')}"`
  const headers = {
    'content-type': contentType,
    etag,
    'accept-ranges': 'bytes',
    server: 'AmazonS3',
  }
  const ifNoneMatch = firstValue(request.headers, 'if-none-match')
  if (ifNoneMatch?.split(/\s*,\s*/).some((tag) => tag === etag || tag === `W/${etag}`))
    return { status: 304, headers: { etag, server: 'AmazonS3' } }
  const range = byteRange(firstValue(request.headers, 'range') ?? '', body.length)
  if (range === 'unsatisfiable')
    return s3Error(416, 'InvalidRange', 'The requested range is not satisfiable')
  if (range === undefined) return { status: 200, headers, body }
  const [start, end] = range
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end}/${body.length}` },
    body: body.subarray(start, end + 1),
  }
}

/** A private bucket behind origin access control: no ListBucket, so what is missing is forbidden. */
export function askOrigin(
  source: EdgeSource,
  distribution: EdgeDistribution,
  originId: string,
  request: EdgeRequest,
): Reply {
  if (request.method === 'OPTIONS')
    return s3Error(403, 'AccessForbidden', 'CORSResponse: CORS is not enabled for this bucket.')
  if (request.method === 'POST')
    return s3Error(405, 'MethodNotAllowed', 'The specified method is not allowed.')
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return s3Error(403, 'AccessDenied', 'Access Denied')
  const origin = distribution.origins.find((one) => one.id === originId)
  // "/" alone: Developer Guide, "Specify a default root object".
  const uri = request.uri === '/' ? `/${distribution.defaultRootObject}` : request.uri
  const key = keyOf(origin?.originPath ?? '', uri)
  if (key === undefined) return s3Error(400, 'InvalidURI', "Couldn't parse the specified URI.")
  const object = origin && source.object(origin.domainName, key)
  if (!object) return s3Error(403, 'AccessDenied', 'Access Denied')
  return found(request, object.body, object.contentType)
}
