/** Lambda@Edge's shape: lower-case name → values in order. */
export type EdgeHeaders = Record<string, { key?: string; value: string }[]>

/**
 * A function that adds one of these gets a 502. Developer Guide, "Restrictions on edge functions".
 * What the list there leaves open (`…`) is open here too.
 */
const DISALLOWED = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'trailer',
  'upgrade',
  'x-accel-buffering',
  'x-accel-charset',
  'x-accel-limit-rate',
  'x-accel-redirect',
  'x-amzn-auth',
  'x-amzn-cf-billing',
  'x-amzn-cf-id',
  'x-amzn-cf-xff',
  'x-amzn-errortype',
  'x-amzn-fle-profile',
  'x-amzn-header-count',
  'x-amzn-header-order',
  'x-amzn-lambda-integration-tag',
  'x-amzn-requestid',
  'x-cache',
  'x-edge-location',
  'x-forwarded-proto',
  'x-real-ip',
])

/** Viewer-request: present or absent, they stay as they are. */
export const READ_ONLY = ['content-length', 'host', 'transfer-encoding', 'via']

export function isDisallowed(name: string): boolean {
  const lower = name.toLowerCase()
  return DISALLOWED.has(lower) || lower.startsWith('x-amz-cf-') || lower.startsWith('x-edge-')
}

/** Node's raw headers as the event carries them; what edge functions never see is left out. */
export function toEdgeHeaders(rawHeaders: string[]): EdgeHeaders {
  const headers: EdgeHeaders = {}
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const key = rawHeaders[index] ?? ''
    if (isDisallowed(key)) continue
    const values = (headers[key.toLowerCase()] ??= [])
    values.push({ key, value: rawHeaders[index + 1] ?? '' })
  }
  return headers
}

export function firstValue(headers: EdgeHeaders, name: string): string | undefined {
  return headers[name]?.[0]?.value
}
