import path from 'node:path'
import type { Aws } from '../../aws/types.ts'
import type { FoundOkta } from '../../credentials/okta.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { readDocuments } from '../../provision/installed.ts'
import type { CommandContext } from '../program/context.ts'
import type { TargetOptions } from '../program/options.ts'

type Context = CommandContext<TargetOptions & { oktaOrgUrl?: string }>

/**
 * The org that the operator names: by flag, or in the environment. The file of a checkout may be anybody's:
 * it says which org is wanted, and not where credentials go.
 */
export function namedOrg({ io, options }: Context): string | undefined {
  return options.oktaOrgUrl ?? (io.env['OKTA_CLIENT_ORGURL'] || undefined)
}

/** Whether it is said which org these credentials are for, beside them or by the operator. */
export function saysOrg(context: Context, found: Pick<FoundOkta, 'orgUrl'>): boolean {
  return (namedOrg(context) ?? found.orgUrl) !== undefined
}

/** What SSM says of the guard that is there; nobody else can write it. */
export async function installedOrg(distribution: string, aws: Aws): Promise<string | undefined> {
  const { manifest, settings } = await readDocuments(distribution, { aws })
  return manifest?.okta?.orgUrl ?? settings?.okta.orgUrl
}

/** What does not say its org goes to the one that is installed and to no other. */
export function refuseUnsaidOrg(
  { configPath }: Context,
  orgUrl: string,
  installed: string | undefined,
  what: string,
): void {
  if (orgUrl === installed) return
  const there = installed === undefined ? 'none is installed yet' : `${installed} is installed`
  throw new GuardError({
    code: 'okta-credentials',
    message: `Nothing says which Okta org ${what} may be sent to: ${path.basename(configPath)} names ${orgUrl}, and ${there}. Neither has seen it.`,
    hint: 'Name the org in OKTA_CLIENT_ORGURL, or to init and apply with --okta-org-url.',
  })
}

/** For messages: what would be sent, or undefined where there is nothing. */
export function sendable(
  { credentials, source }: Pick<FoundOkta, 'credentials' | 'source'>,
  secret?: string,
): string | undefined {
  if (credentials) return `the credential from ${source ?? '?'}`
  return secret === undefined ? undefined : 'the client secret'
}
