import { element, escapeXml, textElement, XML_DECLARATION } from '../xml.ts'
import { NAMESPACE } from './operation.ts'

export interface NewBehavior {
  pathPattern: string
  targetOriginId?: string
  viewerProtocolPolicy?: string
  allowedMethods?: string[]
  lambda?: { arn: string; eventType: string; includeBody?: boolean }[]
  functions?: { arn: string; eventType: string }[]
}

export interface NewDistribution {
  /** Where the edges answer: `localhost:PORT`. */
  domainName: string
  /** `bucket.s3.us-east-1.amazonaws.com` for an S3 origin, anything else for a custom one. */
  originDomain: string
  /** Further origins, by id. */
  origins?: Record<string, string>
  aliases?: string[]
  comment?: string
  enabled?: boolean
  staging?: boolean
  /** Makes a multi-tenant distribution. */
  tenantOnly?: boolean
  defaultRootObject?: string
  defaultBehavior?: Omit<NewBehavior, 'pathPattern'>
  behaviors?: NewBehavior[]
  customErrorResponses?: { errorCode: number; responsePagePath: string; responseCode: string }[]
}

/** The DistributionConfig of a usual private S3 site. */
export function exampleConfig(input: NewDistribution, callerReference: string): string {
  const origins = Object.entries({ site: input.originDomain, ...input.origins })
  return [
    XML_DECLARATION,
    `<DistributionConfig xmlns="${NAMESPACE}">`,
    textElement('CallerReference', callerReference),
    list('Aliases', 'CNAME', input.aliases ?? []),
    textElement('DefaultRootObject', input.defaultRootObject ?? 'index.html'),
    counted(
      'Origins',
      origins.map(([id, domain]) => originMarkup(id, domain)),
    ),
    '<OriginGroups><Quantity>0</Quantity></OriginGroups>',
    element('DefaultCacheBehavior', ...behaviorMarkup(input.defaultBehavior ?? {})),
    counted(
      'CacheBehaviors',
      (input.behaviors ?? []).map((behavior) =>
        element(
          'CacheBehavior',
          textElement('PathPattern', behavior.pathPattern),
          ...behaviorMarkup(behavior),
        ),
      ),
    ),
    counted(
      'CustomErrorResponses',
      (input.customErrorResponses ?? []).map((response) =>
        element(
          'CustomErrorResponse',
          textElement('ErrorCode', response.errorCode),
          textElement('ResponsePagePath', response.responsePagePath),
          textElement('ResponseCode', response.responseCode),
          textElement('ErrorCachingMinTTL', 10),
        ),
      ),
    ),
    textElement('Comment', input.comment ?? ''),
    '<Logging><Enabled>false</Enabled><IncludeCookies>false</IncludeCookies><Bucket></Bucket><Prefix></Prefix></Logging>',
    textElement('PriceClass', 'PriceClass_All'),
    textElement('Enabled', input.enabled ?? true),
    '<ViewerCertificate><CloudFrontDefaultCertificate>true</CloudFrontDefaultCertificate><MinimumProtocolVersion>TLSv1</MinimumProtocolVersion></ViewerCertificate>',
    '<Restrictions><GeoRestriction><RestrictionType>none</RestrictionType><Quantity>0</Quantity></GeoRestriction></Restrictions>',
    '<WebACLId></WebACLId><HttpVersion>http2and3</HttpVersion><IsIPV6Enabled>true</IsIPV6Enabled>',
    '<ContinuousDeploymentPolicyId></ContinuousDeploymentPolicyId>',
    textElement('Staging', input.staging ?? false),
    textElement('ConnectionMode', input.tenantOnly ? 'tenant-only' : 'direct'),
    '</DistributionConfig>',
  ].join('')
}

function originMarkup(id: string, domain: string): string {
  // A website endpoint is a custom origin and takes no access control.
  const s3 = /\.s3(?!-website)[.-][\w.-]*amazonaws\.com$/.test(domain)
  return element(
    'Origin',
    textElement('Id', id),
    textElement('DomainName', domain),
    '<OriginPath></OriginPath><CustomHeaders><Quantity>0</Quantity></CustomHeaders>',
    s3
      ? '<S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig>'
      : '<CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>https-only</OriginProtocolPolicy></CustomOriginConfig>',
    '<ConnectionAttempts>3</ConnectionAttempts><ConnectionTimeout>10</ConnectionTimeout>',
    textElement('OriginAccessControlId', s3 ? 'E3SANDBOXACCESS' : ''),
  )
}

function behaviorMarkup(behavior: Omit<NewBehavior, 'pathPattern'>): string[] {
  return [
    textElement('TargetOriginId', behavior.targetOriginId ?? 'site'),
    '<TrustedSigners><Enabled>false</Enabled><Quantity>0</Quantity></TrustedSigners>',
    '<TrustedKeyGroups><Enabled>false</Enabled><Quantity>0</Quantity></TrustedKeyGroups>',
    textElement('ViewerProtocolPolicy', behavior.viewerProtocolPolicy ?? 'redirect-to-https'),
    list('AllowedMethods', 'Method', behavior.allowedMethods ?? ['HEAD', 'GET']),
    '<SmoothStreaming>false</SmoothStreaming><Compress>true</Compress>',
    counted(
      'LambdaFunctionAssociations',
      (behavior.lambda ?? []).map((association) =>
        element(
          'LambdaFunctionAssociation',
          textElement('LambdaFunctionARN', association.arn),
          textElement('EventType', association.eventType),
          textElement('IncludeBody', association.includeBody ?? false),
        ),
      ),
    ),
    counted(
      'FunctionAssociations',
      (behavior.functions ?? []).map((association) =>
        element(
          'FunctionAssociation',
          textElement('FunctionARN', association.arn),
          textElement('EventType', association.eventType),
        ),
      ),
    ),
    '<FieldLevelEncryptionId></FieldLevelEncryptionId>',
    '<CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId>',
    '<GrpcConfig><Enabled>false</Enabled></GrpcConfig>',
  ]
}

function list(name: string, item: string, values: string[]): string {
  return counted(
    name,
    values.map((value) => `<${item}>${escapeXml(value)}</${item}>`),
  )
}

function counted(name: string, entries: string[]): string {
  return element(
    name,
    textElement('Quantity', entries.length),
    entries.length === 0 ? '' : element('Items', ...entries),
  )
}
