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
  /** Those of the groups that the configuration names; missing where Okta did not say. */
  groups?: string[]
  sid: string
  /** When our callback made the session, seconds. */
  start: number
  /** Access revision of the bundle that minted it; tokens of the first version have none. */
  rev?: number
  iat: number
  exp: number
}

/** A session JWT that was verified. */
export interface Known {
  /** The whole of it; what is not the same to the last character is verified anew. */
  token: string
  session: Session
  /** By `notBefore` of this bundle. */
  isRevoked: boolean
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
  /** Session JWTs that were verified, by the end of the signature. */
  readonly verified: Map<string, Known>
  /** What the sign-in script remembers between requests. */
  readonly memory: Memory
  /** Milliseconds since the epoch. */
  now(): number
}

/** Written by the sign-in script alone; kept here so that it lives and dies with the instance. */
export interface Memory {
  secrets?: {
    value: unknown
    readAt: number
    renewAt: number
    /** When they were last read for a key id that was not known. */
    forcedAt: number
    /** When they were last read because Okta refused the client key. */
    refusedAt: number
  }
  /** Why there are none, and until when not to ask again. */
  secretsFailure?: { error: Error; until: number }
  /** Refresh tokens that Okta refused, hashed, and until when not to show them again. */
  refused?: Map<string, number>
  issuerKeys?: { keys: { kid: string; key: KeyObject }[]; fetchedAt: number }
}

/** What the gate says of a request; `sign-in.js` answers everything but `pass`. */
export type Verdict =
  | 'pass'
  /** No answer can be made of it. */
  | 'malformed'
  | 'foreign-host'
  /** Under the prefix of the guard's own paths. */
  | 'own'
  /** An authentic session that Okta must confirm again before it is worth something. */
  | 'stale'
  /** A rule does not let this person in. */
  | 'denied'
  | 'stranger'

export interface Decision {
  verdict: Verdict
  /** The configured origin that was asked; the canonical one where none was. */
  origin: string
  /** The path to forward. */
  uri?: string
  /** Index of the access rule that denies. */
  rule?: number
}

/** One request, with what the gate has found out about it. */
export interface Visit extends Decision {
  readonly request: Request
  readonly requestId: string
  /** Authentic, not revoked, in its time. */
  readonly session?: Session
  /** The same, or one that has expired within the longest session. */
  readonly renewable?: Session
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/** What `sign-in.js` exports. */
export interface SignIn {
  /** Answers what does not pass. */
  answer(instance: Instance, visit: Visit): Promise<Response>
  /** Logs what was thrown and answers 503. */
  failure(
    error: unknown,
    cf: Partial<CloudFrontEvent & { request: Request }> | undefined,
    instance: Instance | undefined,
    milliseconds: number,
  ): Response
}
