import type { Settings } from '../access/settings.ts'
import type { Examined } from '../plan/examined.ts'
import type { Observed } from '../plan/observed.ts'
import type { Finding } from '../plan/types.ts'

/** What is judged, and by what. */
export interface Examination {
  examined: Examined
  /** As far as AWS could be read; undefined where there is no account or no distribution to look at. */
  observed: Observed | undefined
  /** What is installed, else what is wanted, else what init would assume. */
  settings: Settings | undefined
  /** What planning and building have found. */
  planned: Finding[]
  /** ISO 8601, by AWS's clock. */
  now: string
  env: Record<string, string | undefined>
}
