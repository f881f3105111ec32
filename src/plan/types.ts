export type Severity = 'exposed' | 'broken' | 'due' | 'info'

/** One thing the operator should know, with a stable code. */
export interface Finding {
  code: string
  severity: Severity
  /** What it is about (a behavior, a path, a key); empty for the whole. */
  subject: string
  message: string
  /** What to do about it; a sentence or a command. */
  next: string
  /** Reason given in `status.accept` or `--accept`; then it no longer counts. */
  accepted?: string | undefined
}

export type Action = 'create' | 'update' | 'delete' | 'wait' | 'check'

/** One field that a step will change, as shown to the operator. */
export interface Change {
  field: string
  from: string
  to: string
}

/** Filled by apply from the outputs of an earlier step, e.g. `{ ref: 'okta.app.clientId' }`. */
export interface Ref {
  ref: string
}

/** A secret that exists only inside the step that makes it. */
export interface Generate {
  generate: 'rsa-2048' | 'seal-256'
  slot: string
}

/** A secret that the operator gave with the command line; it is in no plan. */
export interface Given {
  given: 'client-secret'
}

export function isGiven(key: unknown): key is Given {
  return typeof key === 'object' && key !== null && 'given' in key
}

export interface Step {
  /** Unique in the plan and stable between runs, e.g. `okta.app`. */
  id: string
  /** Which executor runs it, e.g. `okta.app.create`. */
  kind: string
  action: Action
  /** For people: `Okta app "S3 Okta Guard: reports.example.com"`. */
  resource: string
  inputs: Record<string, unknown>
  changes: Change[]
  /** Ids of the steps that must be done before. */
  after: string[]
  /** Shown with `!`: users will notice, or something stays open. */
  warnings: string[]
  /** Why the step is there; `status` reports by it. */
  reason: Reason
}

export type Reason =
  /** Was never there, or a killed run left it out. */
  | 'missing'
  /** Installed, and changed by other hands. */
  | 'drift'
  /** The wanted settings differ from the installed ones. */
  | 'settings'
  /** A newer edge build, or newer keys at Okta: nothing is wrong. */
  | 'update'
  /** Clean-up that was waiting for its time. */
  | 'housekeeping'

/** What must wait, and until when. */
export interface Later {
  what: string
  /** ISO 8601; empty when it cannot be known. */
  due: string
  next: string
}

export interface Plan {
  steps: Step[]
  later: Later[]
  findings: Finding[]
}
