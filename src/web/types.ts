import type { OktaMetadata } from '../access/edge-config.ts'
import type { AuthorizeAnswer } from '../plan/observed.ts'

/** Requests to public addresses: Okta's discovery, and our own site as a stranger sees it. */
export interface Web {
  /** Discovery and JWKS of one authorization server. `clientId` pins the issuer where it depends on the app. */
  metadata(input: {
    orgUrl: string
    authorizationServer: string
    clientId?: string
  }): Promise<OktaMetadata>
  /** One GET without cookies, connecting to `connect` and asking for `origin`. Never follows redirects. */
  askAsStranger(input: { origin: string; connect: string; path: string }): Promise<StrangerAnswer>
  /** Begins a sign-in that nobody goes on with; `pkce: false` leaves PKCE out. */
  beginSignIn(question: SignInQuestion): Promise<AuthorizeAnswer>
  /** One unsigned GET at S3's own address; only its own word counts. */
  askBucket(address: string): Promise<BucketAnswer>
}

export interface SignInQuestion {
  /** `/authorize` of the authorization server. */
  endpoint: string
  clientId: string
  redirectUri: string
  scope: string
  pkce?: boolean
}

export type BucketAnswer =
  /** Everybody can read it; `keys` where it is a list. */
  | { kind: 'open'; keys: string[] }
  /** Refused. */
  | { kind: 'closed'; status: number }
  /** No such key, said to somebody who may list. */
  | { kind: 'missing' }
  /** No such bucket, or no website. */
  | { kind: 'none' }
  | { kind: 'elsewhere'; region: string }
  | { kind: 'unreachable'; detail: string }

export type StrangerAnswer =
  /** The guard answered: our marker is there. */
  | { kind: 'guarded'; status: number; marker: string }
  /** Our function failed (marker `error`), or CloudFront says that it did (502/503 LambdaExecutionError …). */
  | { kind: 'broken'; status: number; detail: string }
  /** Anything else came back: a stranger sees content. */
  | { kind: 'open'; status: number }
  | { kind: 'unreachable'; detail: string }
