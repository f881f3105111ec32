import { AwsError } from '../errors.ts'
import type { Call, Context } from '../types.ts'
import type { Reply } from '../../types.ts'
import { XML_DECLARATION } from '../xml.ts'

export const NAMESPACE = 'http://cloudfront.amazonaws.com/doc/2020-05-31/'

/** One CloudFront operation; `path` is matched after the API version, and its group is the id. */
export interface CloudFrontOperation {
  name: string
  method: string
  path: RegExp
  /** Further query parameters that select the operation. */
  query?: Record<string, string>
  mutating: boolean
  run(id: string, call: Call, context: Context): Reply
}

export const COLLECTION = /^\/distribution\/?()$/
export const ONE = /^\/distribution\/([^/]+)\/?$/
export const CONFIG = /^\/distribution\/([^/]+)\/config\/?$/
export const TAGGING = /^\/tagging\/?()$/

/** An XML answer with its root in CloudFront's namespace. */
export function xmlReply(root: string, inner: string, headers: Record<string, string> = {}): Reply {
  return {
    status: 200,
    headers: { 'Content-Type': 'text/xml', ...headers },
    body: `${XML_DECLARATION}<${root} xmlns="${NAMESPACE}">${inner}</${root}>`,
  }
}

export function bodyText(call: Call): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(call.body)
  } catch {
    throw new AwsError('MalformedXML', 400, 'The XML document is not UTF-8.')
  }
}
