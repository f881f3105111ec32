import type { Aws } from '../../aws/types.ts'
import type { OktaAdmin } from '../../okta/types.ts'
import { toldSettings } from './ask.ts'
import { findOktaHere, normalized, openAws, openOkta } from './connect.ts'
import { installedOrg, namedOrg } from './okta-org.ts'
import type { CommandContext } from '../program/context.ts'
import { INSTALL_DEFAULTS, type TargetOptions } from '../program/options.ts'

/** What a command that reads from what is installed works on. */
export interface Target {
  distribution: string
  aws: Aws
  /** undefined: no credentials for Okta were found. */
  okta: OktaAdmin | undefined
}

/** Flags, environment or file name the distribution; a terminal may ask. Okta is optional here. */
export async function openTarget(
  context: CommandContext<TargetOptions>,
  ask: (aws: Aws) => Promise<string>,
): Promise<Target> {
  const told = toldSettings({ ...context, options: { ...INSTALL_DEFAULTS, ...context.options } })
  const aws = await openAws(context)
  const distribution = told.distribution ?? (await ask(aws))
  const named = namedOrg(context)
  const found = await findOktaHere(context, named)
  for (const warning of found.warnings) context.output.warn(warning)
  if (!found.credentials) return { distribution, aws, okta: undefined }
  const orgUrl = named ?? found.orgUrl ?? (await installedOrg(distribution, aws))
  if (orgUrl === undefined) return { distribution, aws, okta: undefined }
  const okta = await openOkta(context, normalized(context, orgUrl), found.credentials)
  return { distribution, aws, okta }
}
