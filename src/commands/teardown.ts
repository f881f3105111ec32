import { EXIT } from '../errors/codes.ts'
import { GuardError } from '../errors/guard-error.ts'
import { refuseDistribution } from '../plan/refusals/refusals.ts'
import { isAdmins } from '../plan/manifest.ts'
import { planTeardown } from '../plan/teardown.ts'
import type { Observed } from '../plan/observed.ts'
import type { Plan } from '../plan/types.ts'
import type { AppliedStep } from '../provision/apply.ts'
import { cloudTime, type Cloud } from '../provision/cloud.ts'
import { findLogs } from '../provision/logs.ts'
import { observe } from '../provision/observe.ts'
import type { TeardownData } from '../ui/schemas/data.ts'
import { askDistribution, toldSettings } from './shared/ask.ts'
import { carryOut, hasLock } from './shared/carry-out.ts'
import { cloudOf } from './shared/connect.ts'
import type { Command, CommandContext, CommandResult } from './program/context.ts'
import { INSTALL_DEFAULTS, type TeardownOptions } from './program/options.ts'
import { openTarget } from './shared/target.ts'

type Context = CommandContext<TeardownOptions>

/** Milliseconds between two tries while CloudFront still holds replicas. */
const REPLICA_PACE = { aws: 5 * 60_000, loopback: 500 }

/** Gives everything back: the site is public afterwards, and the distribution as it was found. */
export const run: Command<TeardownOptions, TeardownData> = async (context) => {
  const { options, output } = context
  const asking = { ...context, options: { ...INSTALL_DEFAULTS, ...options, wait: true } }
  const { distribution, aws, okta } = await openTarget(context, (cloud) =>
    askDistribution(toldSettings(asking), asking, cloud),
  )
  const cloud = await cloudOf(context, aws, okta)
  const { observed, plan } = await look(distribution, cloud, options.logs)
  const nothing = plan.steps.length === 0
  if (nothing && (!hasLock(observed) || options.dryRun)) {
    if (!observed.distribution) refuseDistribution(distribution, observed)
    return resultOf(distribution, plan, [], context)
  }
  const { manifest } = observed
  if (manifest && !isAdmins(manifest.okta) && !observed.okta.checked)
    throw oktaNeeded(manifest.okta?.appId, observed.okta.reason)

  if (!nothing) output.plan(plan)
  if (options.dryRun) return resultOf(distribution, plan, [], context)
  if (!nothing && !onlyLogs(plan)) await confirmed(context, distribution, observed)
  const applied = await untilGone(context, cloud, {
    command: 'teardown',
    distribution,
    who: observed.identity.arn,
    shown: plan,
    replan: async () => (await look(distribution, cloud, options.logs)).plan,
  })
  return resultOf(distribution, plan, applied, context)
}

async function look(
  distribution: string,
  cloud: Cloud,
  withLogs: boolean,
): Promise<{ observed: Observed; plan: Plan }> {
  const [observed, logs] = await Promise.all([
    observe(distribution, cloud, 'teardown'),
    withLogs ? findLogs(distribution, cloud) : undefined,
  ])
  const input = {
    now: cloudTime(cloud.aws).toISOString(),
    tool: cloud.tool,
    build: cloud.build.digest,
    ssmEndpoint: cloud.aws.endpoint,
  }
  return { observed, plan: planTeardown(distribution, observed, input, logs) }
}

/** With `--wait` the run stays until AWS has let the last replica go, which may take hours. */
async function untilGone(
  context: Context,
  cloud: Cloud,
  work: Parameters<typeof carryOut>[2],
): Promise<AppliedStep[]> {
  for (let tries = 0; ; tries++) {
    try {
      return await carryOut(context, cloud, { ...work, quiet: tries > 0 })
    } catch (error) {
      const replicas = error instanceof GuardError && error.code === 'replicas-remain'
      if (!replicas || !context.options.wait) throw error
      if (tries === 0) context.output.notice('Waiting until CloudFront has let its replicas go …')
      await cloud.sleep(cloud.aws.endpoint === undefined ? REPLICA_PACE.aws : REPLICA_PACE.loopback)
    }
  }
}

/** The distribution's id, typed out: `--yes` alone is not enough for this. */
async function confirmed(context: Context, distribution: string, observed: Observed) {
  const { options, prompter, output } = context
  const sites = observed.settings?.hosts.join(', ') ?? distribution
  if (options.confirm === undefined && prompter.available) {
    output.notice(`${sites} becomes public: whoever knows its address can read it.`)
    const typed = await prompter.input({
      message: `Type ${distribution} to take the guard away:`,
      flag: `--confirm ${distribution}`,
    })
    if (typed.trim() === distribution) return
    throw new GuardError({
      code: 'declined',
      message: 'That is not the id of the distribution; nothing was changed.',
    })
  }
  if (options.confirm === distribution) return
  throw new GuardError({
    code: 'confirmation-needed',
    message:
      options.confirm === undefined
        ? `Teardown makes ${sites} public, and that must be confirmed by the distribution's id.`
        : `--confirm ${options.confirm} is not the distribution that would be torn down, ${distribution}.`,
    hint: 'Nothing was changed.',
    next: [againLine(distribution, options)],
  })
}

/** The guard itself is gone already. */
function onlyLogs({ steps }: Plan): boolean {
  return steps.length > 0 && steps.every(({ kind }) => kind === 'logs.delete')
}

function againLine(distribution: string, { logs }: TeardownOptions): string {
  const line = `s3-okta-guard teardown --distribution ${distribution} --confirm ${distribution}`
  return logs ? `${line} --logs` : line
}

function oktaNeeded(appId: string | undefined, reason: string): GuardError {
  return new GuardError({
    code: 'okta-credentials',
    message: `Teardown also deletes the Okta app${appId === undefined ? '' : ` ${appId}`}, and cannot: ${reason}.`,
    hint: 'Set OKTA_CLIENT_ORGURL and OKTA_CLIENT_TOKEN, or give --okta-token-file.',
  })
}

function resultOf(
  distribution: string,
  plan: Plan,
  applied: AppliedStep[],
  { options }: Context,
): CommandResult<TeardownData> {
  const nothing = plan.steps.length === 0
  const dry = options.dryRun && !nothing
  const next = dry
    ? [againLine(distribution, options)]
    : [`s3-okta-guard init --distribution ${distribution}`]
  return {
    exitCode: EXIT.ok,
    data: {
      distribution,
      plan,
      applied,
      changed: applied.length > 0,
      dryRun: options.dryRun,
      state: dry ? 'tearing-down' : 'absent',
      next,
    },
    render(view) {
      if (nothing) view.line(`Nothing of the guard is left on ${distribution}.`)
      else if (dry) view.line('Dry run: nothing was changed.')
      else if (onlyLogs(plan)) view.line('Done. What the edges had logged is gone.')
      else view.line(`Done. ${distribution} is as it was before, and the site is public.`)
      view.findings(plan.findings)
      view.next(next, dry ? 'Next:' : 'To guard it again:')
    },
  }
}
