/** Ours are marked by `OWNER_TAG`. */
export type Tags = Record<string, string>

export interface Distribution {
  id: string
  arn: string
  domainName: string
  status: 'InProgress' | 'Deployed' | (string & {})
  enabled: boolean
  staging: boolean
  /** ConnectionMode `tenant-only`. */
  multiTenant: boolean
  /** Some requests are served by the configuration of a staging distribution. */
  continuousDeployment: boolean
  aliases: string[]
  defaultRootObject: string
  customErrorResponses: { errorCode: number; responsePagePath: string; responseCode: string }[]
  origins: DistributionOrigin[]
  /** In CloudFront's matching order; the default behavior, with pattern `default`, is last. */
  behaviors: Behavior[]
  tags: Tags
}

export interface DistributionOrigin {
  id: string
  domainName: string
  /** `s3` (S3OriginConfig), `custom`, `vpc`. */
  kind: 's3' | 'custom' | 'vpc'
  /** Put before every path; empty or with a leading slash. */
  originPath: string
  /** Names of the headers that CloudFront adds; one of them may be a shared secret. */
  customHeaders: string[]
  originAccessControlId: string
  originAccessIdentity: string
}

export interface Behavior {
  pattern: string
  targetOriginId: string
  viewerProtocolPolicy: string
  allowedMethods: string[]
  /** Trusted signers or key groups are enabled. */
  signed: boolean
  lambda: LambdaAssociation[]
  functions: FunctionAssociation[]
}

export interface LambdaAssociation {
  arn: string
  eventType: string
  includeBody: boolean
}

export interface FunctionAssociation {
  arn: string
  eventType: string
}
