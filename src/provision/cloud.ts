import type { Aws } from '../aws/types.ts'
import type { EdgeBuild } from '../edge-package/types.ts'
import type { OktaAdmin } from '../okta/types.ts'
import type { Web } from '../web/types.ts'

/** Everything outside that a run may touch, and how it waits. */
export interface Cloud {
  aws: Aws
  /** undefined: no Okta credentials; what needs them is then not checked. */
  okta: OktaAdmin | undefined
  web: Web
  /** Of an Okta app that is not the guard's, where the operator gave it: it goes to SSM and nowhere else. */
  clientSecret?: string
  build: EdgeBuild
  /** Version of this tool. */
  tool: string
  /** Rejects when the run is interrupted. */
  sleep(milliseconds: number): Promise<void>
  /** Milliseconds between two looks at something that takes long. */
  pace: Pace
  signal: AbortSignal
}

export interface Pace {
  deployed: number
  lambda: number
  role: number
  probe: number
}

/** AWS's own rhythm; a stand-in on loopback is asked more often. */
export const PACE: Pace = { deployed: 5_000, lambda: 1_000, role: 3_000, probe: 5_000 }
export const LOOPBACK_PACE: Pace = { deployed: 50, lambda: 25, role: 50, probe: 50 }

/** Time by AWS's `Date` header, so that the operator's clock does not matter. */
export function cloudTime(aws: Aws): Date {
  return aws.serverTime() ?? new Date()
}
