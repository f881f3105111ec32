import type { Element } from '@xmldom/xmldom'

import type { EdgeDistribution } from '../../types.ts'
import { child, items, textOf, texts } from './document.ts'

export interface LambdaAssociation {
  arn: string
  eventType: string
}

export interface BehaviorModel {
  /** `*` for the default one. */
  pathPattern: string
  targetOriginId: string
  viewerProtocolPolicy: string
  allowedMethods: string[]
  lambda: LambdaAssociation[]
  /** CloudFront Functions. */
  functions: LambdaAssociation[]
}

/** As much of a DistributionConfig as the checks and the edges need. */
export interface DistributionModel {
  callerReference: string
  enabled: boolean
  staging: boolean
  aliases: string[]
  defaultRootObject: string
  origins: EdgeDistribution['origins']
  /** A behavior may target a group instead of an origin; edges ask its first member. */
  originGroups: { id: string; primary: string }[]
  /** In matching order, the default one last. */
  behaviors: BehaviorModel[]
  customErrorResponses: EdgeDistribution['customErrorResponses']
}

/** Reads a DistributionConfig that {@link checkDocument} has passed. */
export function readModel(config: Element): DistributionModel {
  const standard = child(config, 'DefaultCacheBehavior')
  return {
    callerReference: textOf(config, 'CallerReference'),
    enabled: textOf(config, 'Enabled') === 'true',
    staging: textOf(config, 'Staging') === 'true',
    aliases: texts(config, 'Aliases'),
    defaultRootObject: textOf(config, 'DefaultRootObject'),
    origins: items(config, 'Origins').map((origin) => ({
      id: textOf(origin, 'Id'),
      domainName: textOf(origin, 'DomainName'),
      originPath: textOf(origin, 'OriginPath'),
    })),
    originGroups: items(config, 'OriginGroups').map((group) => ({
      id: textOf(group, 'Id'),
      primary: textOf(items(group, 'Members')[0], 'OriginId'),
    })),
    behaviors: [
      ...items(config, 'CacheBehaviors').map((behavior) =>
        readBehavior(behavior, textOf(behavior, 'PathPattern')),
      ),
      ...(standard ? [readBehavior(standard, '*')] : []),
    ],
    customErrorResponses: items(config, 'CustomErrorResponses').map((response) => ({
      errorCode: Number(textOf(response, 'ErrorCode')),
      responsePagePath: textOf(response, 'ResponsePagePath'),
      responseCode: textOf(response, 'ResponseCode'),
    })),
  }
}

function readBehavior(behavior: Element, pathPattern: string): BehaviorModel {
  const methods = texts(behavior, 'AllowedMethods')
  return {
    pathPattern,
    targetOriginId: textOf(behavior, 'TargetOriginId'),
    viewerProtocolPolicy: textOf(behavior, 'ViewerProtocolPolicy'),
    allowedMethods: methods.length === 0 ? ['GET', 'HEAD'] : methods,
    lambda: items(behavior, 'LambdaFunctionAssociations').map((association) => ({
      arn: textOf(association, 'LambdaFunctionARN'),
      eventType: textOf(association, 'EventType'),
    })),
    functions: items(behavior, 'FunctionAssociations').map((association) => ({
      arn: textOf(association, 'FunctionARN'),
      eventType: textOf(association, 'EventType'),
    })),
  }
}
