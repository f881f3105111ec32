import type { KeyObject } from 'node:crypto'
import type { CloudFrontEvent, CloudFrontRequest, CloudFrontResultResponse } from 'aws-lambda'
import type { EdgeConfig } from '../access/edge-config.ts'

export type Request = CloudFrontRequest
export type Response = CloudFrontResultResponse

/** The claims of our own session JWT. RFC 7519. */
export interface Session {
  iss: string
  aud: string
  sub: string
  email?: string
  name?: string
  sid: string
  /** When our callback made the session, seconds. */
  start: number
  iat: number
  exp: number
}

/** What one running instance knows. The index owns it; modules of both bundles hold no state. */
export interface Instance {
  readonly config: EdgeConfig
  /** `host[:port]` as requests carry it → configured origin. */
  readonly origins: ReadonlyMap<string, string>
  readonly canonicalOrigin: string
  readonly sessionIssuer: string
  /** Encoded protected header → public key: a header that is not a key of this map is refused. */
  readonly sessionKeys: ReadonlyMap<string, KeyObject>
  /** Session JWTs that were verified, by the whole token. */
  readonly verified: Map<string, Session>
  /** What the sign-in script remembers between requests. */
  readonly memory: Memory
  /** Milliseconds since the epoch. */
  now(): number
}

/** Written by the sign-in script alone; kept here so that it lives and dies with the instance. */
export interface Memory {
  secrets?: { value: unknown; readAt: number; renewAt: number; forcedAt: number }
  /** Why there are none, and until when not to ask again. */
  secretsFailure?: { error: Error; until: number }
  issuerKeys?: { keys: { kid: string; key: KeyObject }[]; fetchedAt: number }
}

/** One request, with what the gate has found out about it. */
export interface Visit {
  readonly request: Request
  /** The configured origin that was asked. */
  readonly origin: string
  readonly requestId: string
  /** Authentic and in its time. */
  readonly session: Session | undefined
  readonly startedAt: number
}

/** Pages of the gate; they are rare and stand in `sign-in.js`, which keeps `index.js` small. */
export type GatePage = 'bad-request' | 'not-found' | 'framed' | 'unavailable'

/** What `sign-in.js` exports. */
export interface SignIn {
  signIn(instance: Instance, visit: Visit): Promise<Response>
  gatePage(page: GatePage, origin: string, requestId: string, href: string): Response
  /** Logs what was thrown and answers 503. */
  failure(
    error: unknown,
    cf: Partial<CloudFrontEvent & { request: Request }> | undefined,
    origin: string | undefined,
    milliseconds: number,
  ): Response
}
