import type { EdgeDistribution } from '../types.ts'
import type { EdgeHeaders } from './headers.ts'

export interface EdgeRequest {
  clientIp: string
  headers: EdgeHeaders
  method: string
  /** Raw, without `?`. */
  querystring: string
  /** Raw, still percent-encoded. */
  uri: string
}

export interface ViewerRequestEvent {
  Records: [
    {
      cf: {
        config: {
          distributionDomainName: string
          distributionId: string
          eventType: 'viewer-request'
          requestId: string
        }
        request: EdgeRequest
      }
    },
  ]
}

/** Developer Guide, "Lambda@Edge event structure". */
export function viewerRequestEvent(
  distribution: EdgeDistribution,
  requestId: string,
  request: EdgeRequest,
): ViewerRequestEvent {
  const config = {
    distributionDomainName: distribution.domainName,
    distributionId: distribution.id,
    eventType: 'viewer-request' as const,
    requestId,
  }
  return { Records: [{ cf: { config, request } }] }
}
