import type { DistributionModel } from './model.ts'

export interface DistributionRecord {
  id: string
  arn: string
  account: string
  domainName: string
  etag: string
  /** The DistributionConfig document exactly as it came: fields that nobody here knows survive. */
  xml: string
  config: DistributionModel
  modifiedAt: number
  /** InProgress until then. */
  deployedAt: number
  /** What edges serve until `deployedAt`. */
  former: DistributionModel | undefined
  tags: Map<string, string>
}
