import { randomBytes } from 'node:crypto'

import { AwsError } from '../errors.ts'
import type { Cloud } from '../types.ts'
import { checkAssociations } from './associations.ts'
import { checkDocument, checkModel } from './checks.ts'
import { parseDocument } from './document.ts'
import { readModel } from './model.ts'
import type { DistributionModel } from './model.ts'
import type { DistributionRecord } from './record.ts'
import { servedConfig } from './record.ts'
import { associated } from './uses.ts'

/** Takes a new distribution in; Deployed at once, as one that has been there for long. */
export function addDistribution(
  cloud: Cloud,
  account: string,
  domainName: string,
  xml: string,
): DistributionRecord {
  const id = `E${randomId(13)}`
  const record: DistributionRecord = {
    id,
    arn: `arn:aws:cloudfront::${account}:distribution/${id}`,
    account,
    domainName,
    etag: etag(),
    xml,
    config: accepted(xml, id, account, cloud),
    modifiedAt: cloud.clock.now(),
    deployedAt: cloud.clock.now(),
    former: undefined,
    tags: new Map(),
  }
  cloud.distributions.set(id, record)
  return record
}

/** Replaces the whole configuration: edges go on with the former one until `delays.deploy` is over. */
export function replaceConfig(
  cloud: Cloud,
  record: DistributionRecord,
  xml: string,
  authorize?: (config: DistributionModel) => void,
): void {
  const config = accepted(xml, record.id, record.account, cloud)
  authorize?.(config)
  if (config.callerReference !== record.config.callerReference) {
    throw new AwsError(
      'IllegalUpdate',
      400,
      'The update contains modifications that are not allowed.',
    )
  }
  const now = cloud.clock.now()
  const served = servedConfig(record, now)
  const deployedAt = now + cloud.delays.deploy
  const kept = new Set(associated(config))
  const former = [...associated(served), ...associated(record.config)]
  letGo(
    cloud,
    former.filter((arn) => !kept.has(arn)),
    deployedAt,
  )
  Object.assign(record, {
    xml,
    config,
    etag: etag(),
    modifiedAt: now,
    deployedAt,
    former: served,
  } satisfies Partial<DistributionRecord>)
}

/** Takes it away, as somebody who disabled and deleted it. */
export function removeDistribution(cloud: Cloud, record: DistributionRecord): void {
  cloud.distributions.delete(record.id)
  letGo(cloud, associated(record.config), cloud.clock.now())
}

/** Replicas stay for a while after the last edge has stopped using them. */
function letGo(cloud: Cloud, arns: string[], from: number): void {
  for (const arn of arns) {
    const until = Math.max(cloud.replicasUntil.get(arn) ?? 0, from + cloud.delays.replica)
    cloud.replicasUntil.set(arn, until)
  }
}

function accepted(xml: string, id: string, account: string, cloud: Cloud): DistributionModel {
  const document = parseDocument(xml, 'DistributionConfig')
  checkDocument(document)
  const model = readModel(document)
  checkModel(model, id, cloud)
  checkAssociations(model, account, cloud)
  return model
}

function etag(): string {
  return `E${randomId(13)}`
}

function randomId(length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
  return [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('')
}
