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
