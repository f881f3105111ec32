import { createHash, createHmac } from 'node:crypto'

import type { Call } from './types.ts'

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
const ALGORITHM = 'AWS4-HMAC-SHA256'

export interface Authorization {
  accessKeyId: string
  date: string
  region: string
  service: string
  signedHeaders: string[]
  signature: string
}

/** Reads the `Authorization` header; undefined when it is absent or not SigV4. */
export function readAuthorization(header: string | undefined): Authorization | undefined {
  if (!header?.startsWith(`${ALGORITHM} `)) return undefined
  const fields = new Map(
    header
      .slice(ALGORITHM.length + 1)
      .split(',')
      .map((field) => {
        const [name = '', ...rest] = field.trim().split('=')
        return [name, rest.join('=')] as const
      }),
  )
  const [accessKeyId, date, region, service, terminator] = (fields.get('Credential') ?? '').split(
    '/',
  )
  const signature = fields.get('Signature')
  if (!accessKeyId || !date || !region || !service || terminator !== 'aws4_request')
    return undefined
  if (!signature) return undefined
  const signedHeaders = (fields.get('SignedHeaders') ?? '').split(';').filter(Boolean)
  return { accessKeyId, date, region, service, signedHeaders, signature }
}

/** Milliseconds of `X-Amz-Date` (`20260101T000000Z`); undefined when malformed. */
export function signingTime(call: Call): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(call.headers['x-amz-date'] ?? '')
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second] = parts
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/** Why the signature is not that of this request under this secret; undefined when it is. */
export function signatureProblem(
  call: Call,
  authorization: Authorization,
  secret: string,
): string | undefined {
  const stamp = call.headers['x-amz-date'] ?? ''
  if (signingTime(call) === undefined) return 'The request has no valid X-Amz-Date header.'
  if (!stamp.startsWith(authorization.date)) {
    return `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${authorization.date}' != '${stamp.slice(0, 8)}', from '${stamp}'.`
  }
  const unsigned = mustBeSigned(call).filter((name) => !authorization.signedHeaders.includes(name))
  if (unsigned.length > 0) {
    return `'${unsigned.join("', '")}' must be a 'SignedHeader' in the AWS Authorization.`
  }
  const payload = sha256(call.body)
  const declared = call.headers['x-amz-content-sha256']
  if (declared !== undefined && declared !== payload) {
    return 'The provided x-amz-content-sha256 header does not match what was computed.'
  }
  if (expectedSignature(call, authorization, secret, payload) === authorization.signature) {
    return undefined
  }
  return 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
}

function mustBeSigned(call: Call): string[] {
  return ['host', ...Object.keys(call.headers).filter((name) => name.startsWith('x-amz-'))]
}

function expectedSignature(
  call: Call,
  { date, region, service, signedHeaders }: Authorization,
  secret: string,
  payload: string,
): string {
  const canonicalRequest = [
    call.method,
    canonicalPath(call.path),
    canonicalQuery(call.query),
    ...signedHeaders.map((name) => `${name}:${canonicalValue(call.headers[name] ?? '')}`),
    '',
    signedHeaders.join(';'),
    payload,
  ].join('\n')
  const stringToSign = [
    ALGORITHM,
    call.headers['x-amz-date'] ?? '',
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonicalRequest),
  ].join('\n')
  const key = signingKey(secret, [date, region, service, 'aws4_request'])
  return Buffer.from(hmac(key, stringToSign)).toString('hex')
}

/** The same for every call of a day, and as much work as all the rest of a signature. */
const signingKeys = new Map<string, Uint8Array>()

function signingKey(secret: string, scope: string[]): Uint8Array {
  const name = [secret, ...scope].join('/')
  let key = signingKeys.get(name)
  if (key) return key
  key = Buffer.from(`AWS4${secret}`)
  for (const part of scope) key = hmac(key, part)
  signingKeys.set(name, key)
  return key
}

/** Every service but S3 signs the path as it goes over the wire, encoded once more. */
function canonicalPath(path: string): string {
  return path
    .split('/')
    .map((segment) => encode(segment))
    .join('/')
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
}

function canonicalValue(value: string): string {
  return value.trim().replaceAll(/ +/g, ' ')
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: Uint8Array, data: string): Uint8Array {
  return createHmac('sha256', key).update(data).digest()
}
