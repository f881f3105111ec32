import type { Refusal, Reply } from '../../types.ts'
import { apiError } from './errors.ts'

/** An injected refusal in Okta's words; a gateway in front of Okta speaks HTML. */
export function refusalOf(refusal: Refusal, now: number): Reply {
  switch (refusal) {
    case 'failed':
      return apiError('E0000009').reply
    case 'bad-gateway':
    case 'unavailable': {
      const status = refusal === 'unavailable' ? 503 : 502
      return { status, headers: { 'content-type': 'text/html' }, body: '<html></html>' }
    }
    case 'throttled':
      return withReset(undefined)
    case 'throttled-with-hint':
      return withReset(Math.ceil(now / 1000) + 1)
    case 'expired':
      return apiError('E0000011').reply
    case 'denied':
      return apiError('E0000006').reply
  }
}

/** Okta says when the rate limit starts anew; what stands in between may drop the header. */
function withReset(reset: number | undefined): Reply {
  const { reply } = apiError('E0000047')
  const headers = { ...reply.headers, 'x-rate-limit-remaining': '0' }
  return { ...reply, headers: { ...headers, 'x-rate-limit-reset': String(reset ?? '') } }
}
