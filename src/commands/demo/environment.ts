import type { Sandbox } from '../../sandbox/index.ts'
import type { CommandContext } from '../program/context.ts'
import type { DemoUser } from './users.ts'
import type { DemoOptions } from '../program/options.ts'

/** A sandbox with one site in it. */
export interface Demo {
  sandbox: Sandbox
  /** Origin of the site. */
  site: string
  distribution: string
  users: DemoUser[]
  /** The sample site, with its access rules; else a folder of the visitor. */
  isSample: boolean
}

/** What the operator's own environment says of AWS or Okta must not get in. */
export function environmentOf(
  context: CommandContext<DemoOptions>,
  sandbox: Sandbox,
): Record<string, string> {
  const kept = Object.entries(context.io.env).filter(
    ([name, value]) => value !== undefined && !/^(AWS|OKTA|S3_OKTA_GUARD)_/.test(name),
  ) as [string, string][]
  return { ...Object.fromEntries(kept), ...sandbox.environment() }
}
