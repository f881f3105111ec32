import type { Site } from '../access/rules.ts'
import type { Settings } from '../access/settings.ts'
import type { InstalledAccess } from './manifest.ts'
import type { Reason } from './types.ts'

/** What the plan needs to know and cannot see in the cloud. */
export interface PlanInput {
  /** ISO 8601, by AWS's clock. */
  now: string
  /** Version of this tool. */
  tool: string
  /** Digest of the edge scripts that this tool ships. */
  build: string
  /** Loopback endpoint that the edge function must use for SSM; undefined on AWS. */
  ssmEndpoint: string | undefined
}

/** {@link PlanInput} with what follows from it and the settings. */
export interface PlanContext extends PlanInput {
  distribution: string
  settings: Settings
  /** `missing` on a first install or a killed one, `drift` where it was installed before. */
  reasonForMissing: Reason
  /** `update` where the version before access rules installed: it could not write what is missing. */
  reasonForOlder: Reason
  access: InstalledAccess
  site: Site
}
