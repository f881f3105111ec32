import type { EdgeRequest } from './event.ts'
import { type EdgeHeaders, isDisallowed, READ_ONLY } from './headers.ts'

export interface GeneratedResponse {
  status: number
  headers: EdgeHeaders
  body: Buffer
}

/** What the function's result means to CloudFront; `invalid` is a 502. */
export type Result =
  | { kind: 'request'; request: EdgeRequest }
  | { kind: 'response'; response: GeneratedResponse }
  | { kind: 'invalid'; reason: string }

class Invalid extends Error {}

const MAX_GENERATED = 40 * 1024
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/

type Fields = Record<string, unknown>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** RFC 9110, section 5.5: no control characters but the tab, nothing beyond Latin-1. */
function isFieldValue(value: string): boolean {
  return [...value].every((char) => {
    const code = char.codePointAt(0) ?? 0
    return char === '\t' || (code >= 0x20 && code !== 0x7f && code <= 0xff)
  })
}

function headersOf(value: unknown): EdgeHeaders {
  if (value === undefined) return {}
  if (!isObject(value)) throw new Invalid('headers must be an object')
  for (const [name, entries] of Object.entries(value)) {
    if (!TOKEN.test(name)) throw new Invalid(`header name ${name} must be lower case`)
    if (!Array.isArray(entries)) throw new Invalid(`header ${name} must be an array`)
    for (const entry of entries as unknown[]) {
      if (!isObject(entry) || typeof entry['value'] !== 'string')
        throw new Invalid(`header ${name} must have string values`)

      if (!isFieldValue(entry['value']))
        throw new Invalid(`header ${name} has a character that is not allowed`)
      const { key } = entry
      if (key !== undefined && (typeof key !== 'string' || key.toLowerCase() !== name))
        throw new Invalid(`header ${name} has another key`)
    }
  }
  return value as EdgeHeaders
}

function bodyOf(result: Fields): Buffer {
  const { body = '', bodyEncoding = 'text' } = result
  if (typeof body !== 'string') throw new Invalid('body must be a string')
  if (bodyEncoding !== 'text' && bodyEncoding !== 'base64')
    throw new Invalid('bodyEncoding must be text or base64')
  return Buffer.from(body, bodyEncoding === 'text' ? 'utf8' : 'base64')
}

function responseOf(result: Fields): GeneratedResponse {
  const { status } = result
  if (typeof status !== 'string' || !/^[2-5]\d\d$/.test(status))
    throw new Invalid('status must be a string of three digits')
  if (result['statusDescription'] !== undefined && typeof result['statusDescription'] !== 'string')
    throw new Invalid('statusDescription must be a string')
  const headers = headersOf(result['headers'])
  for (const name of Object.keys(headers))
    if (isDisallowed(name) || ['content-length', 'transfer-encoding', 'via'].includes(name))
      throw new Invalid(`header ${name} is not allowed`)
  const body = bodyOf(result)
  if ((status === '204' || status === '304') && body.length > 0)
    throw new Invalid(`${status} must not have a body`)
  const size = Object.entries(headers)
    .flatMap(([name, entries]) => entries.map(({ value }) => name.length + value.length + 4))
    .reduce((sum, length) => sum + length, body.length)
  if (size > MAX_GENERATED) throw new Invalid('the generated response is larger than 40 KB')
  return { status: Number(status), headers, body }
}

function same(a: EdgeHeaders, b: EdgeHeaders, name: string): boolean {
  const values = (headers: EdgeHeaders): string =>
    JSON.stringify((headers[name] ?? []).map(({ value }) => value))
  return values(a) === values(b)
}

function requestOf(result: Fields, sent: EdgeRequest): EdgeRequest {
  const { uri, querystring, method, clientIp } = result
  if (typeof uri !== 'string' || !uri.startsWith('/')) throw new Invalid('uri must begin with /')
  if (typeof querystring !== 'string') throw new Invalid('querystring must be a string')
  if (/[\s?#]/.test(uri) || /[\s#]/.test(querystring))
    throw new Invalid('uri or querystring has a character that is not allowed')
  if (method !== sent.method || clientIp !== sent.clientIp)
    throw new Invalid('method and clientIp are read-only')
  const headers = headersOf(result['headers'])
  for (const name of READ_ONLY)
    if (!same(headers, sent.headers, name)) throw new Invalid(`header ${name} is read-only`)
  for (const name of Object.keys(headers))
    if (isDisallowed(name)) throw new Invalid(`header ${name} is not allowed`)
  return { clientIp: sent.clientIp, method: sent.method, uri, querystring, headers }
}

/** Developer Guide, "Generating HTTP responses in request triggers" and "Restrictions". */
export function checkResult(result: unknown, sent: EdgeRequest): Result {
  try {
    if (!isObject(result)) throw new Invalid('the function returned neither request nor response')
    if ('status' in result) return { kind: 'response', response: responseOf(result) }
    return { kind: 'request', request: requestOf(result, sent) }
  } catch (error) {
    if (error instanceof Invalid) return { kind: 'invalid', reason: error.message }
    throw error
  }
}
