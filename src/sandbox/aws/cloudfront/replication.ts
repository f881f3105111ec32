import { AwsError } from '../errors.ts'
import { permitted, refusedWords } from '../permitted.ts'
import type { Context } from '../types.ts'
import { associated } from './uses.ts'
import type { DistributionModel } from './model.ts'

/** CloudFront makes one role for each when the first function of an account is associated. */
const SERVICE_ROLES = {
  'replicator.lambda.amazonaws.com': 'AWSServiceRoleForLambdaReplicator',
  'logger.cloudfront.amazonaws.com': 'AWSServiceRoleForCloudFrontLogger',
}

/**
 * What whoever associates functions must be allowed beside UpdateDistribution.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
 */
export function authorizeReplication(
  before: DistributionModel,
  after: DistributionModel,
  context: Context,
): void {
  const [had, has] = [new Set(associated(before)), new Set(associated(after))]
  for (const arn of has) {
    if (had.has(arn)) continue
    demand('lambda:GetFunction', 'retrieve', arn, context)
    demand('lambda:EnableReplication*', 'enable replication for', arn, context)
  }
  for (const arn of had) {
    if (!has.has(arn)) {
      demand('lambda:DisableReplication*', 'disable replication for', arn, context)
    }
  }
  if (has.size > 0) makeServiceRoles(context)
}

/** The words for EnableReplication are AWS's; those for the other two follow them. */
function demand(action: string, what: string, arn: string, context: Context): void {
  if (permitted({ action, arn }, context)) return
  throw new AwsError(
    'InvalidLambdaFunctionAssociation',
    400,
    `Lambda@Edge cannot ${what} the specified Lambda function. Update the IAM policy to add permission: ${action} for resource: ${arn} and try again.`,
  )
}

function makeServiceRoles(context: Context): void {
  const { account, cloud } = context
  for (const [service, name] of Object.entries(SERVICE_ROLES)) {
    const arn = `arn:aws:iam::${account}:role/aws-service-role/${service}/${name}`
    if (cloud.serviceRoles.has(arn)) continue
    const about = { 'iam:AWSServiceName': [service] }
    const permission = { action: 'iam:CreateServiceLinkedRole', arn, about }
    if (!permitted(permission, context)) {
      throw new AwsError('AccessDenied', 403, refusedWords(permission, context))
    }
    cloud.serviceRoles.set(arn, { arn })
  }
}
