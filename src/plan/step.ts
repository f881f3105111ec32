import type { Action, Change, Reason, Step } from './types.ts'

interface StepInput {
  id: string
  kind: string
  action: Action
  resource: string
  reason: Reason
  inputs?: Record<string, unknown>
  changes?: Change[]
  after?: string[]
  warnings?: string[]
}

/** A step with what is usually empty left out by the caller. */
export function step(input: StepInput): Step {
  return { inputs: {}, changes: [], after: [], warnings: [], ...input }
}

/** What a field is now and will be, as one line for people. */
export function change(field: string, from: unknown, to: unknown): Change {
  return { field, from: show(from), to: show(to) }
}

function show(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(show).join(', ')
  return JSON.stringify(value)
}
