import { cloudfront } from './cloudfront/service.ts'
import { iam } from './iam/service.ts'
import { lambda } from './lambda/service.ts'
import { askedOf } from './s3/buckets.ts'
import { logs } from './logs/service.ts'
import { s3 } from './s3/service.ts'
import { ssm } from './ssm/service.ts'
import { sts } from './sts.ts'
import type { Call, Service } from './types.ts'

/** All services share one port: the request itself tells which one is meant; undefined when it does not. */
export function serviceOf(call: Call): Service | undefined {
  if (askedOf(call.headers.host ?? '', '/')) return s3
  if (call.headers['x-amz-target']?.startsWith('AmazonSSM.')) return ssm
  if (call.headers['x-amz-target']?.startsWith('Logs_')) return logs
  if (/^\/201[57]-03-31\//.test(call.path)) return lambda
  if (call.path.startsWith('/2020-05-31/')) return cloudfront
  if (call.method !== 'POST' || call.path !== '/') return undefined
  const version = new URLSearchParams(Buffer.from(call.body).toString('latin1')).get('Version')
  return [sts, iam][['2011-06-15', '2010-05-08'].indexOf(version ?? '')]
}
