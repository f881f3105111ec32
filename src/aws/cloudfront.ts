import type { DistributionConfig, DistributionSummary as Summary } from '@aws-sdk/client-cloudfront'
import type { AwsContext } from './context.ts'
import { parseDistribution } from './distribution-parse.ts'
import { named, unless } from './failure.ts'
import { lazy, tagsOf } from './lazy.ts'
import { captureBody, replaceBody } from './middleware.ts'
import type { AwsFailure, CloudFront, DistributionSummary } from './types.ts'

const missing = named('NoSuchDistribution')
const stale = (failure: AwsFailure): boolean =>
  failure.status === 412 || named('PreconditionFailed', 'InvalidIfMatchVersion')(failure)

export function createCloudFront(context: AwsContext): CloudFront {
  const sdk = lazy(async () => {
    const module = await import('@aws-sdk/client-cloudfront')
    const client = new module.CloudFrontClient(await context.clientConfig('cloudfront'))
    return { ...module, client: context.watch('cloudfront', client) }
  })

  const read = (Id: string) =>
    context.run('cloudfront', 'GetDistribution', async (options) => {
      const { client, GetDistributionCommand } = await sdk()
      const command = new GetDistributionCommand({ Id })
      let xml = ''
      captureBody(command.middlewareStack, (body) => (xml = body))
      await client.send(command, options)
      return parseDistribution(xml)
    })

  const tags = (Resource: string) =>
    context.run('cloudfront', 'ListTagsForResource', async (options) => {
      const { client, ListTagsForResourceCommand } = await sdk()
      const answer = await client.send(new ListTagsForResourceCommand({ Resource }), options)
      return tagsOf(answer.Tags?.Items)
    })

  return {
    async getDistribution(id) {
      const found = await unless(read(id), undefined, missing)
      return found && { ...found, tags: await tags(found.arn) }
    },

    getConfig: (id) =>
      unless(
        context.run('cloudfront', 'GetDistributionConfig', async (options) => {
          const { client, GetDistributionConfigCommand } = await sdk()
          const command = new GetDistributionConfigCommand({ Id: id })
          let xml = ''
          captureBody(command.middlewareStack, (body) => (xml = body))
          const { ETag } = await client.send(command, options)
          return { xml, etag: ETag ?? '' }
        }),
        undefined,
        missing,
      ),

    updateConfig: (id, xml, etag) =>
      unless(
        context.run('cloudfront', 'UpdateDistribution', async (options) => {
          const { client, UpdateDistributionCommand } = await sdk()
          // The typed config would lose what this SDK does not know; the body is replaced below.
          const DistributionConfig = {} as DistributionConfig
          const command = new UpdateDistributionCommand({
            Id: id,
            IfMatch: etag,
            DistributionConfig,
          })
          replaceBody(command.middlewareStack, xml)
          await client.send(command, options)
          return 'done' as const
        }),
        'stale' as const,
        stale,
      ),

    listDistributions: () =>
      context.run('cloudfront', 'ListDistributions', async (options) => {
        const { client, paginateListDistributions } = await sdk()
        const found: DistributionSummary[] = []
        for await (const page of paginateListDistributions({ client }, {}, options)) {
          found.push(...(page.DistributionList?.Items ?? []).map(summaryOf))
        }
        return found
      }),
  }
}

function summaryOf(each: Summary): DistributionSummary {
  const groups = new Map(
    (each.OriginGroups?.Items ?? []).map(({ Id, Members }) => [
      Id ?? '',
      (Members?.Items ?? []).map(({ OriginId }) => OriginId ?? ''),
    ]),
  )
  const first = each.DefaultCacheBehavior
  const behaviors = [
    ...(each.CacheBehaviors?.Items ?? []),
    ...(first ? [{ ...first, PathPattern: 'default' }] : []),
  ]
  return {
    id: each.Id ?? '',
    domainName: each.DomainName ?? '',
    aliases: each.Aliases?.Items ?? [],
    comment: each.Comment ?? '',
    enabled: each.Enabled ?? false,
    staging: each.Staging ?? false,
    origins: (each.Origins?.Items ?? []).map((origin) => ({
      id: origin.Id ?? '',
      domainName: origin.DomainName ?? '',
      originPath: origin.OriginPath ?? '',
    })),
    behaviors: behaviors.map((behavior) => ({
      pattern: behavior.PathPattern ?? '',
      targets: groups.get(behavior.TargetOriginId ?? '') ?? [behavior.TargetOriginId ?? ''],
      viewerFunctions: viewerFunctionsOf(behavior),
      signed:
        (behavior.TrustedSigners?.Enabled ?? false) ||
        (behavior.TrustedKeyGroups?.Enabled ?? false),
    })),
  }
}

type SummaryBehavior = NonNullable<Summary['DefaultCacheBehavior']>

/** At viewer-request, where somebody could be turned away. */
function viewerFunctionsOf(behavior: SummaryBehavior): string[] {
  const lambdas = behavior.LambdaFunctionAssociations?.Items ?? []
  const functions = behavior.FunctionAssociations?.Items ?? []
  return [
    ...lambdas
      .filter(({ EventType }) => EventType === 'viewer-request')
      .map((one) => one.LambdaFunctionARN ?? ''),
    ...functions
      .filter(({ EventType }) => EventType === 'viewer-request')
      .map((one) => one.FunctionARN ?? ''),
  ]
}
