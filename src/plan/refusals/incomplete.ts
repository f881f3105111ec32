import type { Settings } from '../../access/settings.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { same } from '../canonical.ts'
import type { Manifest } from '../manifest.ts'
import type { Observed } from '../observed.ts'
import type { Step } from '../types.ts'

/** What a command cannot do while a part of the guard is missing. */
export interface Task {
  /** Why it needs the whole, a sentence. */
  why: string
  /** `rotate`, `revoke`. */
  verb: string
  /** Kinds of steps that show that something is missing. */
  kinds: string[]
  /** What a teardown that has begun means for it, and what else can be done than finish it. */
  tearingDown: { means: string; hint: string }
}

export interface Installed {
  settings: Settings
  manifest: Manifest
}

/** What is installed, or why nothing can be done about it. */
export function wholeInstall(observed: Observed, task: Task): Installed {
  const { manifest, settings, distribution } = observed
  const id = settings?.distribution ?? distribution?.id ?? manifest?.distribution ?? ''
  if (!manifest) throw notThere(id)
  if (manifest.state === 'tearing-down') throw tearingDown(id, task)
  if (!settings) throw unfinished(id, task)
  if (!manifest.access) throw older(id, manifest, task)
  return { settings, manifest }
}

/** Nothing is left to do but to write the manifest once more as it is. */
export function saysNothingNew(steps: Step[], { manifest }: Pick<Observed, 'manifest'>): boolean {
  const [only, ...more] = steps
  if (only?.id !== 'manifest.installed' || more.length > 0) return false
  return same({ ...manifest, tool: '' }, { ...(only.inputs['value'] as Manifest), tool: '' })
}

/** Throws where these steps would make something that should be there. */
export function refuseUnlessComplete(distribution: string, steps: Step[], task: Task): void {
  const missing = steps.filter(({ kind }) => task.kinds.includes(kind))
  if (missing.length === 0) return
  const parts = missing.map(({ resource }) => resource).join(', ')
  throw incomplete(
    `A part of the guard is missing: ${parts}.`,
    `s3-okta-guard apply --distribution ${distribution}`,
    task,
  )
}

function notThere(distribution: string): GuardError {
  return new GuardError({
    code: 'not-installed',
    message: `No guard is installed on ${distribution}.`,
    next: [`s3-okta-guard init --distribution ${distribution}`],
  })
}

function tearingDown(distribution: string, { tearingDown: { means, hint } }: Task): GuardError {
  return new GuardError({
    code: 'tearing-down',
    message: `A teardown of the guard on ${distribution} has begun: ${means}.`,
    hint,
    next: [`s3-okta-guard teardown --distribution ${distribution} --confirm ${distribution}`],
  })
}

function unfinished(distribution: string, task: Task): GuardError {
  const next = `s3-okta-guard init --distribution ${distribution}`
  return incomplete('The first install did not finish.', next, task)
}

/** It recorded neither all of Okta's endpoints nor an access revision: nothing can be published from that. */
function older(distribution: string, { tool }: Manifest, { verb }: Task): GuardError {
  return new GuardError({
    code: 'install-incomplete',
    message: `s3-okta-guard ${tool} installed this guard, before there were access rules, and its record lacks what a new version of the function needs.`,
    hint: `Apply brings it up to date and asks Okta for the rest; nobody is signed out by it. Then ${verb}.`,
    next: [`s3-okta-guard apply --distribution ${distribution}`],
  })
}

function incomplete(message: string, next: string, { why, verb }: Task): GuardError {
  return new GuardError({
    code: 'install-incomplete',
    message: `${message} ${why}`,
    hint: `Bring it in order first, then ${verb}.`,
    next: [next],
  })
}
