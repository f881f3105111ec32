import { same } from '../plan/canonical.ts'
import type { Settings } from '../access/settings.ts'
import { fromSettings, toSettings } from '../config/settings.ts'
import { normalizeOrgUrl } from '../okta/org-url.ts'
import { assertWritable, writeConfig } from '../config/write.ts'
import { GuardError } from '../errors/guard-error.ts'
import { refuseDistribution, refuseOtherAccount } from '../plan/refusals/refusals.ts'
import { readDocuments } from '../provision/installed.ts'
import type { InstallData } from '../ui/schemas/data.ts'
import {
  askAllowed,
  askBehaviors,
  askDistribution,
  askHosts,
  answersOf,
  completeSettings,
  toldSettings,
} from './shared/ask.ts'
import { commandLine, withCommand } from './program/command-line.ts'
import {
  askToken,
  clientSecretHere,
  cloudOf,
  findOktaHere,
  normalized,
  openAws,
  openOkta,
  tryBoth,
} from './shared/connect.ts'
import { refuseUnsaidOrg, saysOrg, sendable } from './shared/okta-org.ts'
import type { Command, CommandContext, CommandResult } from './program/context.ts'
import { install } from './shared/install.ts'
import type { InstallOptions } from './program/options.ts'

type Context = CommandContext<InstallOptions>

/** Asks what is missing, shows the plan, asks once, applies it, writes the file. */
export const run: Command<InstallOptions, InstallData> = (context) => initialize(context, true)

/** Without a file where there is nobody to keep it, as in the demo. */
export async function initialize(
  context: Context,
  keepsFile: boolean,
): Promise<CommandResult<InstallData>> {
  const { output, options } = context
  const writes = keepsFile && (context.config === undefined || options.writeConfig)
  if (writes && !options.dryRun) await assertWritable(context.configPath)
  const told = toldSettings(context)
  const secret = await clientSecretHere(context)

  output.info(`Checking ${told.okta.client ? 'AWS' : 'AWS and Okta'} credentials …`)
  const aws = await openAws(context)
  const found = told.okta.client ? NOT_NEEDED : await findOktaSafely(context, told.okta.orgUrl)
  const knownUrl = told.okta.orgUrl ?? found.orgUrl
  const isSaid = saysOrg(context, found)
  const early =
    found.credentials && knownUrl !== undefined && isSaid
      ? await openOkta(context, normalized(context, knownUrl), found.credentials)
      : undefined
  const identity = await tryBoth(aws, early, found.error)
  output.info(`AWS account ${identity.account} as ${identity.arn}`)

  const distributionId = await askDistribution(told, context, aws)
  const [there, installed] = await Promise.all([
    aws.cloudfront.getDistribution(distributionId),
    readDocuments(distributionId, { aws }),
  ])
  refuseOtherAccount({ manifest: installed.manifest, identity })
  const distribution = refuseDistribution(distributionId, { identity, distribution: there })
  const orgUrl = normalized(
    context,
    knownUrl ??
      installed.settings?.okta.orgUrl ??
      (await context.prompter.input({
        message: 'Which Okta org? (like https://acme.okta.com)',
        flag: '--okta-org-url URL',
        validate: isOrgUrl,
      })),
  )
  const what = sendable(found, secret)
  if (what !== undefined && !isSaid && told.okta.orgUrl !== undefined) {
    const org = installed.manifest?.okta?.orgUrl ?? installed.settings?.okta.orgUrl
    refuseUnsaidOrg(context, orgUrl, org, what)
  }
  const base = context.config ? undefined : installed.settings
  const isAdmins = (told.okta.client ?? base?.okta.client) !== undefined
  const okta = isAdmins
    ? undefined
    : (early ?? (await lateOkta(context, orgUrl, found.credentials)))
  output.info(`Okta org ${orgUrl}`)

  const settings = completeSettings(
    told,
    installed.settings,
    {
      distribution: distributionId,
      orgUrl,
      hosts: await askHosts(told, base, distribution, context),
      allow: await askAllowed(told, base, context, okta),
      behaviors: await askBehaviors(told, base, distribution, context),
    },
    context.config !== undefined,
  )
  const answers = answersOf(told, installed.settings, base, settings, distribution)
  const answered = withAnswers(context, answers)
  return install(answered, {
    command: 'init',
    settings,
    cloud: await cloudOf(context, aws, okta, secret),
    afterwards: async (installedNow) => {
      if (keepsFile) await writeFile(context, installedNow)
    },
  }).catch((error: unknown) => {
    const isStopped = error instanceof GuardError && error.code === 'interrupted'
    throw isStopped ? withCommand(error, answered.io.argv) : error
  })
}

function isOrgUrl(answer: string): true | string {
  try {
    normalizeOrgUrl(answer)
    return true
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    return [error.message, error.hint ?? ''].join(' ').trim()
  }
}

/** What has been answered is not asked again by the line that a run that stops is continued with. */
function withAnswers(context: Context, answers: string[]): Context {
  const { io } = context
  return { ...context, io: { ...io, argv: [...(io.argv ?? ['init']), ...answers] } }
}

/** An app that an Okta admin looks after is used without admin rights. */
const NOT_NEEDED = {
  orgUrl: undefined,
  credentials: undefined,
  source: undefined,
  error: undefined,
}

/** It could be written when the run began: what has been installed since stays. */
function notWritten(error: unknown, argv: string[]): unknown {
  if (!(error instanceof GuardError)) return error
  return new GuardError({
    code: 'config-not-written',
    message: `The guard is installed, but ${error.message}`,
    hint: 'Make room or rights for the file, then run the same command again: it only writes the file.',
    next: [commandLine(argv)],
    cause: error,
  })
}

/** A bad credentials file is shown together with what is wrong on the AWS side. */
async function findOktaSafely(context: Context, orgUrl: string | undefined) {
  try {
    const found = await findOktaHere(context, orgUrl)
    for (const warning of found.warnings) context.output.warn(warning)
    return { ...found, error: undefined }
  } catch (error) {
    if (!(error instanceof GuardError)) throw error
    return { ...NOT_NEEDED, error }
  }
}

async function lateOkta(
  context: Context,
  orgUrl: string,
  credentials: Parameters<typeof openOkta>[2] | undefined,
) {
  const okta = await openOkta(context, orgUrl, credentials ?? (await askToken(context, orgUrl)))
  await okta.check()
  return okta
}

/** A file that says something else stays the operator's, unless told to write it. */
async function writeFile(context: Context, settings: Settings): Promise<void> {
  const { config, configPath, options, output } = context
  if (options.dryRun) return
  if (config && same(toSettings(config.file), settings)) return
  if (config && !options.writeConfig) {
    output.warn(
      `${configPath} says something else than what was installed now; --write-config would write it.`,
    )
    return
  }
  try {
    await writeConfig(configPath, fromSettings(settings, config?.file.$schema))
  } catch (error) {
    throw notWritten(error, context.io.argv ?? ['init'])
  }
  output.info(`Wrote ${configPath}: keep it in git, and use apply in CI.`)
}
