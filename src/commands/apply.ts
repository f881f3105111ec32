import { toSettings } from '../config/settings.ts'
import { GuardError } from '../errors/guard-error.ts'
import { readDocuments } from '../provision/installed.ts'
import type { InstallData } from '../ui/schemas/data.ts'
import { completeSettings, toldSettings } from './shared/ask.ts'
import {
  clientSecretHere,
  cloudOf,
  findOktaHere,
  normalized,
  openAws,
  openOkta,
  tryBoth,
} from './shared/connect.ts'
import { installedOrg, refuseUnsaidOrg, saysOrg, sendable } from './shared/okta-org.ts'
import type { Command } from './program/context.ts'
import { install } from './shared/install.ts'
import type { InstallOptions } from './program/options.ts'
import { fromSettings } from '../config/settings.ts'
import { assertWritable, writeConfig } from '../config/write.ts'

/** The same as init without questions, for CI: the file says what is wanted, and a guard is installed. */
export const run: Command<InstallOptions, InstallData> = async (context) => {
  const { config, configPath, options } = context
  if (!config) {
    throw new GuardError({
      code: 'config-unreadable',
      message: `There is no ${configPath}: apply installs what that file says.`,
      hint: 'Run init once; it writes the file. Or name it with --config FILE.',
      next: ['s3-okta-guard init'],
    })
  }
  if (options.writeConfig) await assertWritable(configPath)
  const told = toldSettings(context)
  const filed = toSettings(config.file)
  const aws = await openAws(context)
  const orgUrl = normalized(context, told.okta.orgUrl ?? filed.okta.orgUrl)
  const secret = await clientSecretHere(context)
  const distribution = told.distribution ?? filed.distribution
  const found = told.okta.client ? undefined : await findOktaHere(context, orgUrl)
  for (const warning of found?.warnings ?? []) context.output.warn(warning)
  const what = sendable(found ?? NONE, secret)
  if (what !== undefined && !saysOrg(context, found ?? NONE)) {
    const there = await installedOrg(distribution, aws)
    if (there === undefined) throw notInstalled(distribution)
    refuseUnsaidOrg(context, orgUrl, there, what)
  }
  const okta = found?.credentials && (await openOkta(context, orgUrl, found.credentials))
  await tryBoth(aws, okta, okta || told.okta.client ? undefined : noOkta())

  const installed = await readDocuments(distribution, { aws })
  if (!installed.manifest || installed.manifest.state === 'tearing-down') {
    throw notInstalled(distribution)
  }
  const settings = completeSettings(
    told,
    undefined,
    {
      distribution,
      orgUrl,
      hosts: told.hosts ?? filed.hosts,
      allow: told.allow ?? filed.allow,
      behaviors: told.behaviors,
    },
    true,
  )
  return install(context, {
    command: 'apply',
    settings,
    cloud: await cloudOf(context, aws, okta, secret),
    afterwards: async (installedNow) => {
      if (!options.writeConfig || options.dryRun) return
      await writeConfig(configPath, fromSettings(installedNow, config.file.$schema))
    },
  })
}

const NONE = { orgUrl: undefined, credentials: undefined, source: undefined }

function noOkta(): GuardError {
  return new GuardError({
    code: 'okta-credentials',
    message: 'No Okta credentials were found.',
    hint: 'Set OKTA_CLIENT_ORGURL and OKTA_CLIENT_TOKEN, or the variables of a service app, or give --okta-token-file.',
  })
}

export function notInstalled(distribution: string): GuardError {
  return new GuardError({
    code: 'not-installed',
    message: `No guard is installed on distribution ${distribution}.`,
    hint: 'Install it with init.',
    next: [`s3-okta-guard init --distribution ${distribution}`],
  })
}
