import type { EdgeDistribution, EdgeSource } from '../types.ts'
import type { DistributionModel } from './cloudfront/model.ts'
import { servedConfig } from './cloudfront/record.ts'
import type { DistributionRecord } from './cloudfront/record.ts'
import type { Identities } from './identities.ts'
import type { Cloud } from './types.ts'

/** What the edges read of the control plane; the objects are somebody else's. */
export function edgeSource(
  cloud: Cloud,
  identities: Identities,
  object: EdgeSource['object'],
): EdgeSource {
  const served = (): EdgeDistribution[] => {
    const now = cloud.clock.now()
    return [...cloud.distributions.values()]
      .map((record) => shown(record, servedConfig(record, now)))
      .filter((distribution) => !isStaging(cloud, distribution.id))
  }
  const source: EdgeSource = {
    deployed: (host) => forHost(served(), host),
    /** Replicas come along: deleting a version leaves an edge alone that has not let go of it. */
    snapshot() {
      const kept = served()
      const arns = kept.flatMap(({ behaviors }) =>
        behaviors.flatMap(({ viewerRequest }) => viewerRequest ?? []),
      )
      const versions = new Map(arns.map((arn) => [arn, source.version(arn)]))
      return {
        deployed: (host) => forHost(kept, host),
        version: (arn) => versions.get(arn) ?? source.version(arn),
      }
    },
    version(arn) {
      const owner = cloud.functions.get(arn.split(':').slice(0, 7).join(':'))
      const version = owner?.versions.find((candidate) => candidate.arn === arn)
      if (!owner || !version) return undefined
      return {
        arn,
        functionName: owner.name,
        version: version.version,
        zip: version.zip,
        handler: version.handler,
        timeout: version.timeout,
        credentials: identities.ofRole(version.roleArn, `us-east-1.${owner.name}`),
      }
    },
    object,
  }
  return source
}

function forHost(candidates: EdgeDistribution[], host: string): EdgeDistribution | undefined {
  return (
    candidates.find(({ domainName }) => sameHost(domainName, host)) ??
    candidates.find(({ aliases }) => aliases.some((alias) => sameHost(alias, host))) ??
    candidates.find(({ aliases }) => aliases.some((alias) => coversHost(alias, host)))
  )
}

function shown(record: DistributionRecord, model: DistributionModel): EdgeDistribution {
  return {
    id: record.id,
    domainName: record.domainName,
    enabled: model.enabled,
    aliases: model.aliases,
    defaultRootObject: model.defaultRootObject,
    origins: [...model.origins, ...groupsAsOrigins(model)],
    behaviors: model.behaviors.map((behavior) => ({
      pathPattern: behavior.pathPattern,
      targetOriginId: behavior.targetOriginId,
      allowedMethods: behavior.allowedMethods,
      viewerProtocolPolicy: behavior.viewerProtocolPolicy,
      viewerRequest: behavior.lambda.find(({ eventType }) => eventType === 'viewer-request')?.arn,
    })),
    customErrorResponses: model.customErrorResponses,
  }
}

/** Every answer of the stand-in origins is final, so a group never fails over: it is its primary. */
function groupsAsOrigins({
  origins,
  originGroups,
}: DistributionModel): EdgeDistribution['origins'] {
  return originGroups.flatMap(({ id, primary }) =>
    origins.filter((origin) => origin.id === primary).map((origin) => ({ ...origin, id })),
  )
}

/** Viewers reach a staging distribution only through the policy of its primary one. */
function isStaging(cloud: Cloud, id: string): boolean {
  return cloud.distributions.get(id)?.config.staging === true
}

function sameHost(name: string, host: string): boolean {
  const [wanted, asked] = [name.toLowerCase(), host.toLowerCase()]
  return wanted === asked || wanted === asked.replace(/:\d+$/, '')
}

/** `*.example.com` stands for exactly one label. */
function coversHost(alias: string, host: string): boolean {
  if (!alias.startsWith('*.')) return false
  return sameHost(alias.slice(2), host.slice(host.indexOf('.') + 1))
}
