import { DEFAULTS, type Settings } from '../../access/settings.ts'
import type { Aws, DistributionSummary } from '../../aws/types.ts'
import { mergeSettings, type PartialSettings } from '../../config/precedence.ts'
import { GuardError } from '../../errors/guard-error.ts'
import type { OktaAdmin } from '../../okta/types.ts'
import type { Distribution } from '../../plan/distribution/distribution.ts'
import { riskOf } from '../../plan/resources/attachment.ts'
import { guardRoutePatterns } from '../../plan/distribution/behaviors.ts'
import type { CommandContext } from '../program/context.ts'
import type { InstallOptions } from '../program/options.ts'

type Context = CommandContext<InstallOptions>

/** Flags, environment and file; what is installed already answers the rest before anybody is asked. */
export function toldSettings(context: Context): PartialSettings {
  return mergeSettings(context.options, context.io.env, context.config?.file)
}

export async function askDistribution(
  told: PartialSettings,
  context: Context,
  aws: Aws,
): Promise<string> {
  if (told.distribution !== undefined) return told.distribution
  const list = context.prompter.available ? await aws.cloudfront.listDistributions() : []
  if (context.prompter.available && list.length === 0) {
    throw new GuardError({
      code: 'distribution-not-found',
      message: 'This AWS account has no CloudFront distribution.',
      hint: 'The guard is put in front of a distribution that exists: make one for the bucket first.',
    })
  }
  return context.prompter.select({
    message: 'Which CloudFront distribution?',
    flag: '--distribution ID',
    choices: list.map((one) => ({
      value: one.id,
      name: nameOf(one),
      ...(one.comment === '' ? {} : { description: one.comment }),
      ...(one.enabled ? {} : { disabled: '(disabled)' }),
    })),
  })
}

function nameOf({ id, domainName, aliases }: DistributionSummary): string {
  return `${id}  ${[...aliases, domainName].join(', ')}`
}

/** The first alias is canonical, else the distribution's own name; a wildcard cannot be guessed. */
export async function askHosts(
  told: PartialSettings,
  installed: Settings | undefined,
  distribution: Distribution,
  context: Context,
): Promise<string[]> {
  const known = told.hosts ?? installed?.hosts
  if (known) return known
  const [first] = distribution.aliases
  if (first === undefined) return [distribution.domainName]
  if (!isWildcard(first)) return distribution.aliases.filter((name) => !isWildcard(name))
  const name = await context.prompter.input({
    message: `The first alias is the wildcard ${first}. Which host name do people use?`,
    flag: '--host NAME',
  })
  return [name.trim()]
}

function isWildcard(alias: string | undefined): boolean {
  return alias?.startsWith('*.') === true
}

/** Who may sign in is always said, never assumed. */
export async function askAllowed(
  told: PartialSettings,
  installed: Settings | undefined,
  context: Context,
  okta: OktaAdmin | undefined,
): Promise<Settings['allow']> {
  const known = told.allow ?? installed?.allow
  if (known) return known
  const flag = '--group NAME, or --everyone'
  const who = await context.prompter.select({
    message: 'Who may sign in?',
    flag,
    choices: [
      { value: 'groups' as const, name: 'members of certain Okta groups' },
      { value: 'everyone' as const, name: 'everyone in the Okta org' },
    ],
  })
  if (who === 'everyone') return { everyone: true }
  if (!okta) {
    const names = await context.prompter.input({ message: 'Which groups? (with commas)', flag })
    return { groups: names.split(',').flatMap((name) => name.trim() || []) }
  }
  const groups = (await okta.listGroups(200)).filter(({ type }) => type !== 'BUILT_IN')
  const chosen = await context.prompter.checkbox({
    message: 'Which groups?',
    flag,
    required: true,
    choices: groups.map(({ name }) => ({ value: name, name })),
  })
  return { groups: chosen }
}

/** Behaviors where a guard may surprise somebody are asked about, once and in a terminal only. */
export async function askBehaviors(
  told: PartialSettings,
  installed: Settings | undefined,
  distribution: Distribution,
  context: Context,
): Promise<Settings['behaviors']> {
  const told_ = context.options.behavior.length > 0 || context.config !== undefined
  if (told_) return told.behaviors
  if (installed) return installed.behaviors
  const needed = guardRoutePatterns(distribution.behaviors)
  const risky = distribution.behaviors
    .map((behavior) => ({ behavior, risks: riskOf(behavior, distribution) }))
    .filter(({ behavior, risks }) => risks.length > 0 && !needed.includes(behavior.pattern))
  if (risky.length === 0 || !context.prompter.available || context.options.yes) return 'all'
  const guarded = await context.prompter.checkbox({
    message: 'These cache behaviors need a thought. Which of them shall be guarded too?',
    flag: '--behavior PATTERN',
    choices: risky.map(({ behavior, risks }) => ({
      value: behavior.pattern,
      name: behavior.pattern,
      description: risks.join('; '),
      checked: true,
    })),
  })
  if (guarded.length === risky.length) return 'all'
  const left = risky.map(({ behavior }) => behavior.pattern).filter((p) => !guarded.includes(p))
  return distribution.behaviors.map(({ pattern }) => pattern).filter((p) => !left.includes(p))
}

/** Whatever was asked, as the flags that say it. */
export function answersOf(
  told: PartialSettings,
  installed: Settings | undefined,
  base: Settings | undefined,
  { distribution, hosts, behaviors, okta, allow }: Settings,
  { aliases }: Distribution,
): string[] {
  const isNew = base === undefined
  const flags = (flag: string, values: string[]): string[] =>
    values.flatMap((value) => [flag, value])
  return [
    ...(told.distribution === undefined ? ['--distribution', distribution] : []),
    ...((told.okta.orgUrl ?? installed?.okta.orgUrl) ? [] : ['--okta-org-url', okta.orgUrl]),
    ...(told.hosts === undefined && isNew && isWildcard(aliases[0]) ? flags('--host', hosts) : []),
    ...(told.allow === undefined && isNew ? allowFlags(allow) : []),
    ...(told.behaviors === 'all' && isNew && behaviors !== 'all'
      ? flags('--behavior', behaviors)
      : []),
  ]
}

function allowFlags(allow: Settings['allow']): string[] {
  return 'groups' in allow ? allow.groups.flatMap((name) => ['--group', name]) : ['--everyone']
}

/** Everything that was told, with what was asked; the file and SSM hold exactly this. */
export function completeSettings(
  told: PartialSettings,
  installed: Settings | undefined,
  asked: Pick<Settings, 'distribution' | 'hosts' | 'allow' | 'behaviors'> & { orgUrl: string },
  fromFile: boolean,
): Settings {
  const base = fromFile ? undefined : installed
  return {
    version: 1,
    distribution: asked.distribution,
    hosts: asked.hosts,
    behaviors: asked.behaviors,
    okta: {
      orgUrl: asked.orgUrl,
      authorizationServer:
        told.okta.authorizationServer === DEFAULTS.authorizationServer
          ? (base?.okta.authorizationServer ?? told.okta.authorizationServer)
          : told.okta.authorizationServer,
      refreshToken: base?.okta.refreshToken ?? told.okta.refreshToken,
      ...clientOf(told, installed, base),
    },
    allow: asked.allow,
    session: base?.session ?? told.session,
    keys: base?.keys ?? told.keys,
    access: base?.access ?? told.access,
    site: base?.site ?? told.site,
    ssm: told.ssm.kmsKey === undefined ? (base?.ssm ?? told.ssm) : told.ssm,
    function: base?.function ?? told.function,
    status: { accept: merged(base?.status.accept ?? [], told.status.accept) },
  }
}

/** The app stays the one that is installed; how the guard authenticates stays with it. */
function clientOf(
  { okta: { client } }: PartialSettings,
  installed: Settings | undefined,
  base: Settings | undefined,
): Pick<Settings['okta'], 'client'> {
  if (!client) return base?.okta.client ? { client: base.okta.client } : {}
  const former = installed?.okta.client?.id === client.id ? installed.okta.client : undefined
  const authentication = client.authentication ?? former?.authentication ?? DEFAULTS.authentication
  return { client: { id: client.id, authentication } }
}

function merged(a: Settings['status']['accept'], b: Settings['status']['accept']) {
  return [...a, ...b.filter((one) => !a.some(({ finding }) => finding === one.finding))]
}
