import { AwsError } from '../errors.ts'
import type { Context } from '../types.ts'
import type { DistributionModel } from './model.ts'
import type { DistributionRecord } from './stored.ts'

export type { DistributionRecord } from './stored.ts'

/** The caller's distribution; another account's is as unknown as one that never was. */
export function distributionOf(id: string, { cloud, account }: Context): DistributionRecord {
  const record = cloud.distributions.get(id)
  if (record?.account !== account) {
    throw new AwsError('NoSuchDistribution', 404, 'The specified distribution does not exist.')
  }
  return record
}

/** What edges serve at a time. */
export function servedConfig(record: DistributionRecord, now: number): DistributionModel {
  return now < record.deployedAt && record.former ? record.former : record.config
}
