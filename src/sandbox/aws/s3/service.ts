import type { Reply } from '../../types.ts'
import { XML_AUTH_ERRORS } from '../auth-errors.ts'
import { AwsError } from '../errors.ts'
import type { Call, Context, Service } from '../types.ts'
import { element, textElement, XML_DECLARATION } from '../xml.ts'
import { askedOf, type Asked } from './buckets.ts'

const REGION = 'us-east-1'
const HEADERS = { server: 'AmazonS3', 'x-amz-bucket-region': REGION }

/**
 * S3 as a stranger meets it: unsigned GET of an object or of the list, over both kinds of endpoint.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
 */
export const s3: Service = {
  name: 's3',
  authErrors: XML_AUTH_ERRORS,
  action(call) {
    const asked = askedOf(call.headers.host ?? '', call.path)
    if (!asked) throw new AwsError('InvalidRequest', 400, 'This host is no S3 endpoint.')
    return {
      operation: asked.key === '' && !asked.website ? 'ListObjectsV2' : 'GetObject',
      mutating: false,
      resource: `${asked.bucket}/${asked.key}`,
      anonymous: call.headers.authorization === undefined,
      arns: () => [`arn:aws:s3:::${asked.bucket}/${asked.key}`],
      run: (context) => {
        if (call.method !== 'GET' && call.method !== 'HEAD') {
          throw new AwsError('MethodNotAllowed', 405, 'The specified method is not allowed.')
        }
        const reply = asked.website ? website(asked, context) : rest(asked, call, context)
        return { ...reply, headers: { ...HEADERS, ...requestId(context), ...reply.headers } }
      },
    }
  },
  failure: (error, id) => ({
    status: error.status,
    headers: { ...HEADERS, 'x-amz-request-id': id, 'Content-Type': 'application/xml' },
    body:
      XML_DECLARATION +
      element(
        'Error',
        textElement('Code', error.code),
        textElement('Message', error.message),
        textElement('RequestId', id),
      ),
  }),
}

function rest(asked: Asked, call: Call, context: Context): Reply {
  const { content, access } = bucketOf(asked, context)
  const keys = content.keys(domainOf(asked)) ?? []
  if (asked.key === '') {
    if (!access.list) throw denied()
    return listing(asked.bucket, keys, Number(call.query.get('max-keys') ?? 1000))
  }
  // Who may not list is not told whether the key exists.
  const object = content.get(domainOf(asked), asked.key)
  if (!object && access.list) {
    throw new AwsError('NoSuchKey', 404, 'The specified key does not exist.')
  }
  if (!object || !access.read) throw denied()
  return { status: 200, headers: { 'Content-Type': object.contentType }, body: object.body }
}

function website(asked: Asked, context: Context): Reply {
  const { content, access } = bucketOf(asked, context)
  if (!access.website) {
    return page(404, 'NoSuchWebsiteConfiguration: The specified bucket has no website.')
  }
  const key = asked.key === '' || asked.key.endsWith('/') ? `${asked.key}index.html` : asked.key
  const object = content.get(domainOf(asked), key)
  if (!object || !access.read) return page(403, 'AccessDenied: Access Denied')
  return { status: 200, headers: { 'Content-Type': object.contentType }, body: object.body }
}

function bucketOf(asked: Asked, { cloud }: Context) {
  if (!cloud.buckets.keys(domainOf(asked))) {
    throw new AwsError('NoSuchBucket', 404, 'The specified bucket does not exist.')
  }
  return { content: cloud.buckets, access: cloud.bucketAccess.get(asked.bucket) ?? {} }
}

/** The sandbox's buckets are known by their regional domain names. */
function domainOf({ bucket }: Asked): string {
  return `${bucket}.s3.${REGION}.amazonaws.com`
}

function listing(bucket: string, keys: string[], most: number): Reply {
  const body =
    XML_DECLARATION +
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    textElement('Name', bucket) +
    textElement('KeyCount', Math.min(most, keys.length)) +
    keys
      .slice(0, most)
      .map((key) => element('Contents', textElement('Key', key)))
      .join('') +
    '</ListBucketResult>'
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body }
}

function page(status: number, text: string): Reply {
  const body = `<html><head><title>${status}</title></head><body><h1>${text}</h1></body></html>`
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body }
}

function denied(): AwsError {
  return new AwsError('AccessDenied', 403, 'Access Denied')
}

function requestId({ requestId: id }: Context): Record<string, string> {
  return { 'x-amz-request-id': id.replaceAll('-', '').slice(0, 16).toUpperCase() }
}
