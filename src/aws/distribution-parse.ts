import type { Element } from '@xmldom/xmldom'
import type {
  Behavior,
  Distribution,
  DistributionOrigin,
  FunctionAssociation,
  LambdaAssociation,
} from '../plan/distribution/distribution.ts'
import { descend, itemsOf, openXml, textAt } from './xml.ts'

/** Reads the `Distribution` document of GetDistribution; tags come from another call. */
export function parseDistribution(xml: string): Omit<Distribution, 'tags'> {
  const { root } = openXml(xml)
  const config = descend(root, 'DistributionConfig')
  return {
    id: textAt(root, 'Id'),
    arn: textAt(root, 'ARN'),
    domainName: textAt(root, 'DomainName'),
    status: textAt(root, 'Status'),
    enabled: textAt(config, 'Enabled') === 'true',
    staging: textAt(config, 'Staging') === 'true',
    multiTenant: textAt(config, 'ConnectionMode') === 'tenant-only',
    continuousDeployment: textAt(config, 'ContinuousDeploymentPolicyId') !== '',
    aliases: textsOf(descend(config, 'Aliases'), 'CNAME'),
    defaultRootObject: textAt(config, 'DefaultRootObject'),
    customErrorResponses: itemsOf(
      descend(config, 'CustomErrorResponses'),
      'CustomErrorResponse',
    ).map((each) => ({
      errorCode: Number(textAt(each, 'ErrorCode')),
      responsePagePath: textAt(each, 'ResponsePagePath'),
      responseCode: textAt(each, 'ResponseCode'),
    })),
    origins: itemsOf(descend(config, 'Origins'), 'Origin').map(originOf),
    behaviors: behaviorsOf(config).map(([pattern, element]) => behaviorOf(pattern, element)),
  }
}

/** Every behavior with its element, in matching order; `config` is the `DistributionConfig`. */
export function behaviorsOf(config: Element | undefined): [pattern: string, Element][] {
  const ordered = itemsOf(descend(config, 'CacheBehaviors'), 'CacheBehavior').map(
    (element): [string, Element] => [patternOf(textAt(element, 'PathPattern')), element],
  )
  const last = descend(config, 'DefaultCacheBehavior')
  return last ? [...ordered, ['default', last]] : ordered
}

/** The leading slash is optional to CloudFront; with it, a path `default` is not the default behavior. */
function patternOf(path: string): string {
  return path === 'default' ? '/default' : path
}

function behaviorOf(pattern: string, element: Element): Behavior {
  return {
    pattern,
    targetOriginId: textAt(element, 'TargetOriginId'),
    viewerProtocolPolicy: textAt(element, 'ViewerProtocolPolicy'),
    allowedMethods: textsOf(descend(element, 'AllowedMethods'), 'Method'),
    signed: ['TrustedSigners', 'TrustedKeyGroups'].some(
      (name) => textAt(element, name, 'Enabled') === 'true',
    ),
    lambda: lambdaOf(element),
    functions: functionsOf(element),
  }
}

/** The Lambda@Edge associations of one behavior, as they stand. */
export function lambdaOf(behavior: Element): LambdaAssociation[] {
  const list = descend(behavior, 'LambdaFunctionAssociations')
  return itemsOf(list, 'LambdaFunctionAssociation').map(lambdaItemOf)
}

export function lambdaItemOf(item: Element): LambdaAssociation {
  return {
    arn: textAt(item, 'LambdaFunctionARN'),
    eventType: textAt(item, 'EventType'),
    includeBody: textAt(item, 'IncludeBody') === 'true',
  }
}

/** The CloudFront Functions of one behavior. */
export function functionsOf(behavior: Element): FunctionAssociation[] {
  const list = descend(behavior, 'FunctionAssociations')
  return itemsOf(list, 'FunctionAssociation').map((item) => ({
    arn: textAt(item, 'FunctionARN'),
    eventType: textAt(item, 'EventType'),
  }))
}

function originOf(origin: Element): DistributionOrigin {
  const kind = descend(origin, 'S3OriginConfig')
    ? 's3'
    : descend(origin, 'VpcOriginConfig')
      ? 'vpc'
      : 'custom'
  return {
    id: textAt(origin, 'Id'),
    domainName: textAt(origin, 'DomainName'),
    kind,
    originPath: textAt(origin, 'OriginPath'),
    customHeaders: itemsOf(descend(origin, 'CustomHeaders'), 'OriginCustomHeader').map((header) =>
      textAt(header, 'HeaderName'),
    ),
    originAccessControlId: textAt(origin, 'OriginAccessControlId'),
    originAccessIdentity: textAt(origin, 'S3OriginConfig', 'OriginAccessIdentity'),
  }
}

function textsOf(list: Element | undefined, item: string): string[] {
  return itemsOf(list, item).map((each) => each.textContent ?? '')
}
