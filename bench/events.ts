import { DISTRIBUTION } from './tokens.ts'
import { HOST, PAGE_PATH, REFUSED_PATH } from './config.ts'
import type { Signer } from './tokens.ts'

const SEEN = 200
const FRESH = 1_500
const WARM_UP = 1_500

/** What the process of one handler is asked. */
export interface Events {
  /** JSON of an event with `COOKIES`, `PATH` and `QUERY` to fill in. */
  template: string
  warmUp: string[]
  seen: string[]
  fresh: string[]
  page: string
  /** A path whose rule refuses everybody; null where no path has one. */
  refused: string | null
  /** False for the handler that lets everything through. */
  redirects: boolean
}

export function eventsFor(signer: Signer, redirects: boolean, hasRules: boolean): Events {
  const tokens = (count: number) => Array.from({ length: count }, () => signer.token())
  return {
    template: JSON.stringify(requestEvent()),
    warmUp: tokens(WARM_UP),
    seen: tokens(SEEN),
    fresh: tokens(FRESH),
    page: PAGE_PATH,
    refused: hasRules ? REFUSED_PATH : null,
    redirects,
  }
}

/** A viewer-request event as a browser's navigation makes it; AWS: "Lambda@Edge event structure". */
export function requestEvent(): unknown {
  const header = (key: string, value: string) => ({ [key.toLowerCase()]: [{ key, value }] })
  return {
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: 'd111111abcdef8.cloudfront.net',
            distributionId: DISTRIBUTION,
            eventType: 'viewer-request',
            requestId: '4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==',
          },
          request: {
            clientIp: '203.0.113.178',
            headers: {
              ...header('Host', HOST),
              ...header('User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0'),
              ...header('Accept', 'text/html,application/xhtml+xml,*/*;q=0.8'),
              ...header('Accept-Language', 'en-US,en;q=0.9'),
              ...header('Cookie', 'COOKIES'),
              ...header('Sec-Fetch-Mode', 'navigate'),
              ...header('Sec-Fetch-Dest', 'document'),
              ...header('Sec-Fetch-Site', 'same-origin'),
            },
            method: 'GET',
            querystring: 'QUERY',
            uri: 'PATH',
          },
        },
      },
    ],
  }
}
