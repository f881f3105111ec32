import type { Aws } from '../aws/types.ts'
import type { OktaAdmin } from '../okta/types.ts'
import { readDocuments, type Documents } from '../provision/observe.ts'
import { toldSettings } from './ask.ts'
import { findOktaHere, normalized, openAws, openOkta } from './connect.ts'
import type { CommandContext } from './context.ts'
import { INSTALL_DEFAULTS, type TargetOptions } from './options.ts'

/** What a command that reads from what is installed works on. */
export interface Target {
  distribution: string
  aws: Aws
  installed: Documents
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
  const [installed, found] = await Promise.all([
    readDocuments(distribution, { aws }),
    findOktaHere(context, told.okta.orgUrl),
  ])
  for (const warning of found.warnings) context.output.warn(warning)
  const orgUrl =
    installed.manifest?.okta?.orgUrl ??
    installed.settings?.okta.orgUrl ??
    told.okta.orgUrl ??
    found.orgUrl
  const okta =
    found.credentials && orgUrl !== undefined
      ? await openOkta(context, normalized(context, orgUrl), found.credentials)
      : undefined
  return { distribution, aws, installed, okta }
}
