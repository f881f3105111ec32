import type { Cloud } from '../cloud.ts'

export interface StepContext {
  distribution: string
  /** A line under the running step. */
  note(text: string): void
}

/** Runs one step with its refs filled in; what it returns is what later steps may refer to. */
export type Executor = (
  inputs: Record<string, unknown>,
  cloud: Cloud,
  context: StepContext,
) => Promise<Record<string, unknown> | undefined>
