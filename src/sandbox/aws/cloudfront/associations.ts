import { AwsError } from '../errors.ts'
import { effectiveTrust } from '../iam/record.ts'
import type { FunctionRecord, VersionRecord } from '../lambda/record.ts'
import { trusts } from '../policy.ts'
import type { Cloud } from '../types.ts'
import type { BehaviorModel, DistributionModel } from './model.ts'

const EVENTS = ['viewer-request', 'viewer-response', 'origin-request', 'origin-response']
const VIEWER_TIMEOUT = 5
const ORIGIN_TIMEOUT = 30

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html */
export function checkAssociations(model: DistributionModel, account: string, cloud: Cloud): void {
  for (const behavior of model.behaviors) {
    checkEvents(behavior)
    for (const { arn, eventType } of behavior.lambda) {
      checkFunction(arn, eventType, account, cloud)
    }
  }
}

function checkEvents({ lambda, functions }: BehaviorModel): void {
  const seen = new Set<string>()
  for (const { eventType } of lambda) {
    if (!EVENTS.includes(eventType)) throw refused(`The event type is not valid: ${eventType}`)
    if (seen.has(eventType)) {
      throw refused(
        `The LambdaFunctionAssociations parameter contains more than one function for the event type: ${eventType}`,
      )
    }
    seen.add(eventType)
  }
  for (const { arn, eventType } of functions) {
    if (!eventType.startsWith('viewer-')) {
      throw refusedFunction(`The event type is not valid for a CloudFront function: ${eventType}`)
    }
    if (!/^arn:[^:]+:cloudfront::\d{12}:function\/[\w-]{1,64}$/.test(arn)) {
      throw refusedFunction(`The CloudFront function ARN is not valid: ${arn}`)
    }
  }
  if (new Set(functions.map(({ eventType }) => eventType)).size < functions.length) {
    throw refusedFunction('More than one CloudFront function for one event type.')
  }
  // AWS's code and words for this clash are not documented.
  if (functions.length > 0 && lambda.some(({ eventType }) => eventType.startsWith('viewer-'))) {
    throw refused(
      'Lambda@Edge and CloudFront Functions cannot both be associated with viewer events of one cache behavior.',
    )
  }
}

function checkFunction(arn: string, eventType: string, account: string, cloud: Cloud): void {
  const [, , service, region, owner, kind, name, qualifier] = arn.split(':')
  if (service !== 'lambda' || kind !== 'function' || !name) {
    throw refused(`The function ARN is not valid. ARN: ${arn}`)
  }
  if (region !== 'us-east-1') {
    throw refused(`The function must be in region 'us-east-1'. ARN: ${arn}`)
  }
  if (qualifier === undefined || !/^[1-9]\d*$/.test(qualifier)) {
    throw refused(
      `The function ARN must reference a specific function version. (The ARN must end with the version number.) ARN: ${arn}`,
    )
  }
  if (owner !== account) {
    throw refused(`The function must belong to the account of the distribution. ARN: ${arn}`)
  }
  const version = cloud.functions
    .get(arn.split(':').slice(0, 7).join(':'))
    ?.versions.find((candidate) => candidate.arn === arn)
  if (!version) throw refused(`The function cannot be found. ARN: ${arn}`)
  checkVersion(version, eventType, cloud)
}

function checkVersion(
  version: FunctionRecord | VersionRecord,
  eventType: string,
  cloud: Cloud,
): void {
  const role = cloud.roles.get(version.roleArn)
  const trust = role && effectiveTrust(role, cloud)
  if (!['lambda', 'edgelambda'].every((name) => trusts(trust, `${name}.amazonaws.com`))) {
    throw refused(
      `The function execution role must be assumable with edgelambda.amazonaws.com as well as lambda.amazonaws.com principals. Update the IAM role and try again. Role: ${version.roleArn}`,
    )
  }
  const trigger = 'functions that are triggered by a CloudFront event'
  if (!/^(?:nodejs|python)/.test(version.runtime)) {
    throw refused(
      `The function has an invalid runtime for ${trigger}: ${version.runtime} Function: ${version.arn}`,
    )
  }
  const most = eventType.startsWith('viewer-') ? VIEWER_TIMEOUT : ORIGIN_TIMEOUT
  if (version.timeout > most) {
    throw refused(
      `The function timeout is larger than the maximum allowed for ${trigger}: ${version.timeout} Max allowed: ${most} Function: ${version.arn}`,
    )
  }
  if (eventType.startsWith('viewer-') && version.memory > 128) {
    throw refused(
      `The function memory size is larger than the maximum allowed for ${trigger}: ${version.memory} Max allowed: 128 Function: ${version.arn}`,
    )
  }
  const extra = Object.keys(version.environment).length > 0 ? 'environment variables' : undefined
  const unsupported = extra ?? (version.layers.length > 0 ? 'layers' : undefined)
  if (unsupported !== undefined) {
    throw refused(`The function cannot have ${unsupported}. Function: ${version.arn}`)
  }
  if (version.architectures.some((architecture) => architecture !== 'x86_64')) {
    throw refused(`The function must use the x86_64 architecture. Function: ${version.arn}`)
  }
}

function refused(message: string): AwsError {
  return new AwsError('InvalidLambdaFunctionAssociation', 400, message)
}

function refusedFunction(message: string): AwsError {
  return new AwsError('InvalidFunctionAssociation', 400, message)
}
