/** The contracts between the three stand-in services; nothing here comes from the rest of `src`. */

/** Milliseconds since the epoch; tests pass a clock that they move by hand. */
export interface Clock {
  now(): number
}

/** The sandbox's own time: real time and what `advance` has added to it. */
export interface SandboxClock extends Clock {
  /** Okta, AWS and every instance of an edge function are this much later, at once; browsers are not. */
  advance(milliseconds: number): void
}

/** How long the stand-in takes for what takes long on AWS, in milliseconds of its clock. */
export interface Delays {
  /** UpdateDistribution until Deployed: edges serve the old configuration meanwhile. */
  deploy: number
  /** CreateRole until Lambda can assume it. */
  role: number
  /** CreateFunction / UpdateFunctionCode until Active / Successful. */
  lambda: number
  /** Detached until the replicas of a version are gone and it can be deleted. */
  replica: number
}

export interface Operation {
  /** 1, 2, 3 … over all services. */
  seq: number
  /** 1, 2, 3 … over the mutating calls only; 0 for reads. */
  mutation: number
  /** `iam`, `sts`, `ssm`, `lambda`, `cloudfront`, `okta`. */
  service: string
  /**
   * AWS's own operation name (`CreateRole`), or `POST /api/v1/apps` for Okta (ids replaced by `{id}`);
   * also `POST /oauth2/v1/token` with the grant type as its resource, `POST /oauth2/v1/revoke` and
   * `GET /oauth2/v1/userinfo`.
   */
  operation: string
  /** Of the control plane: what the authorization server does for a user is not. */
  mutating: boolean
  resource: string
  /** Access key id, or the last six letters of an API token; empty where nobody says who it is. */
  caller: string
  /** HTTP status answered; 0 when the connection was dropped. */
  status: number
  at: number
}

/** A plain HTTP answer, before it goes on the wire. */
export interface Reply {
  status: number
  headers?: Record<string, string | string[]>
  body?: string | Uint8Array
  /** How it goes on the wire: at once unless told. */
  delivery?: 'hang' | { drip: number }
}

export type FaultKind =
  /** The caller dies before the call is applied: dropped, and so is every call after it until `revive`. */
  | 'crash-before'
  /** Applied, then the caller dies: answer dropped, and so is every call after it until `revive`. */
  | 'crash-after'
  /** Applied, but the answer is lost (connection reset); the next call works. */
  | 'lost-answer'
  /** Connection reset before anything was applied. */
  | 'reset'
  /** Taken, nothing applied and never answered: the caller has to give up. */
  | 'hang'
  /** Applied, and the body comes byte by byte, so many milliseconds apart. */
  | { drip: number }
  /** Applied, and the body ends in the middle; an answer without one is told as HTML. */
  | 'malformed'
  | { status: number; body?: string; headers?: Record<string, string> }
  /** Not applied unless told; refused in the words and the protocol of the service that was called. */
  | { refuse: Refusal; lasting?: boolean; applied?: boolean }
  /** Somebody else is at work just before the call is applied. */
  | { meanwhile: () => void | Promise<void> }

/**
 * `expired` holds for every call to the same cloud and `denied` for every call of the operation, if the
 * fault is `lasting`; a hint is what the service tells of when to come again.
 */
export type Refusal =
  | 'failed'
  | 'bad-gateway'
  | 'unavailable'
  | 'throttled'
  | 'throttled-with-hint'
  | 'expired'
  | 'denied'

export interface Fault {
  /**
   * The n-th mutating call since it was armed (1-based), or the n-th call of one operation, maybe of
   * those for one resource alone: `refresh_token` of `POST /oauth2/v1/token`.
   */
  at: { mutation: number } | { operation: string; nth: number; resource?: string }
  kind: FaultKind
  /** How many matching calls in a row are hit; 1 unless told. */
  times?: number
}

/** One log and one set of faults over all services. */
export interface Operations {
  readonly log: readonly Operation[]
  arm(fault: Fault): void
  /** Disarms everything and ends the state after a crash. */
  revive(): void
  /** Calls back before every call is applied, and the call waits for it: tests choose the order. */
  beforeEach(hook: () => void | Promise<void>): () => void
  /**
   * Calls back after every mutating call, before it is answered; the call waits for it. Returns how to
   * stop that.
   */
  afterMutation(hook: (operation: Operation) => void | Promise<void>): () => void
  /** True after a crash fault fired and until `revive`. */
  readonly crashed: boolean
  clearLog(): void
  /**
   * Runs one operation under log and faults. `undefined` means: destroy the socket without an answer.
   */
  perform(
    call: Pick<Operation, 'service' | 'operation' | 'mutating' | 'resource'> & { caller?: string },
    apply: () => Reply | Promise<Reply>,
    refuse?: (refusal: Refusal) => Reply,
  ): Promise<Reply | undefined>
}

/** A distribution as the edges see it: parsed, and only what they need. */
export interface EdgeDistribution {
  id: string
  /** `localhost:PORT` here; a `dxxx.cloudfront.net` on AWS. */
  domainName: string
  enabled: boolean
  aliases: string[]
  defaultRootObject: string
  origins: { id: string; domainName: string; originPath: string }[]
  /** In matching order, the default one (pattern `*`) last. */
  behaviors: EdgeBehavior[]
  customErrorResponses: { errorCode: number; responsePagePath: string; responseCode: string }[]
}

export interface EdgeBehavior {
  pathPattern: string
  targetOriginId: string
  allowedMethods: string[]
  viewerProtocolPolicy: string
  /** Numbered version ARN of the viewer-request function, if any. */
  viewerRequest: string | undefined
}

/** What the CloudFront data plane asks of the control plane. */
export interface EdgeSource {
  /** The configuration that edges serve now: it lags behind UpdateDistribution until Deployed. */
  deployed(host: string): EdgeDistribution | undefined
  /** `deployed` and `version` as they are now, for an edge that hears of nothing later. */
  snapshot(): Pick<EdgeSource, 'deployed' | 'version'>
  /** The published zip of a version, and what Lambda would put into its environment. */
  version(arn: string): EdgeVersion | undefined
  /** Bytes of an object; undefined: 403 as S3 without ListBucket answers. */
  object(originDomain: string, key: string): { body: Uint8Array; contentType: string } | undefined
}

export interface EdgeVersion {
  arn: string
  functionName: string
  version: string
  zip: Uint8Array
  handler: string
  /** Seconds. */
  timeout: number
  /** Credentials of the execution role: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN. */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string }
}
