import { CloudFrontClient, CreateDistributionWithTagsCommand } from '@aws-sdk/client-cloudfront'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import type { NewSite, Target } from './target.ts'

type Others = Pick<Target, 'makeLogGroup' | 'makeKmsKey' | 'makeDistribution' | 'stop'>

/** What others than the guard make, at moto. */
export function othersAtMoto(endpoint: string): Others {
  const credentials = { accessKeyId: 'AKIAOTHERS', secretAccessKey: 'moto-takes-any' }
  const settings = { endpoint, credentials }
  const cloudfront = new CloudFrontClient({ ...settings, region: 'us-east-1' })
  return {
    async makeLogGroup(logGroupName, region, retentionInDays) {
      const logs = new CloudWatchLogsClient({ ...settings, region })
      await logs.send(new CreateLogGroupCommand({ logGroupName }))
      if (retentionInDays !== undefined) {
        await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }))
      }
      logs.destroy()
    },
    async makeKmsKey() {
      // KMS is no service of src/aws, so there is no client for it here: one call by hand.
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'TrentService.CreateKey',
          authorization:
            'AWS4-HMAC-SHA256 Credential=AKIAOTHERS/20260101/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=0',
        },
        body: '{}',
      })
      const { KeyMetadata } = (await answer.json()) as { KeyMetadata: { Arn: string } }
      return KeyMetadata.Arn
    },
    async makeDistribution({ tags, ...site }) {
      const command = new CreateDistributionWithTagsCommand({
        DistributionConfigWithTags: {
          DistributionConfig: configOf(site),
          Tags: { Items: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
        },
      })
      return (await cloudfront.send(command)).Distribution?.Id ?? ''
    },
    stop() {
      cloudfront.destroy()
      return Promise.resolve()
    },
  }
}

function configOf(site: Omit<NewSite, 'tags'>) {
  const behavior = {
    TargetOriginId: 'site',
    ViewerProtocolPolicy: 'redirect-to-https' as const,
    CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  }
  const origin = {
    Id: 'site',
    DomainName: site.originDomain,
    S3OriginConfig: { OriginAccessIdentity: '' },
  }
  const errors = site.customErrorResponses.map((one) => ({
    ErrorCode: one.errorCode,
    ResponsePagePath: one.responsePagePath,
    ResponseCode: one.responseCode,
    ErrorCachingMinTTL: 10,
  }))
  return {
    CallerReference: site.comment,
    Comment: site.comment,
    Enabled: true,
    DefaultRootObject: site.defaultRootObject,
    Aliases: { Quantity: site.aliases.length, Items: site.aliases },
    Origins: { Quantity: 1, Items: [origin] },
    DefaultCacheBehavior: behavior,
    CacheBehaviors: { Quantity: 1, Items: [{ ...behavior, PathPattern: site.pathPattern }] },
    CustomErrorResponses: { Quantity: errors.length, Items: errors },
  }
}
