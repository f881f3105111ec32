import { subjectHash } from '../access/subject.ts'
import { EXIT } from '../errors/codes.ts'
import { GuardError } from '../errors/guard-error.ts'
import { adminConsole } from '../okta/org-url.ts'
import type { Observed } from '../plan/observed.ts'
import { refuseDistribution, refuseOtherAccount } from '../plan/refusals/refusals.ts'
import { oktaTokenSteps, type OktaTokens } from '../plan/resources/okta-tokens.ts'
import { planRevocation, type PlannedRevocation, type Revoked } from '../plan/revocations.ts'
import type { Plan, Step } from '../plan/types.ts'
import type { AppliedStep } from '../provision/apply.ts'
import { cloudTime, type Cloud } from '../provision/cloud.ts'
import { assertFeasible } from '../provision/feasible.ts'
import { observe } from '../provision/observe.ts'
import { findOktaTokens, revokeOktaTokens } from '../provision/okta-tokens.ts'
import type { RevokeData } from '../ui/schemas/data.ts'
import { notInstalled } from './apply.ts'
import { askDistribution, toldSettings } from './shared/ask.ts'
import { carryOut } from './shared/carry-out.ts'
import { cloudOf } from './shared/connect.ts'
import type { Command, CommandContext, CommandResult } from './program/context.ts'
import { waits, withoutWaiting } from './shared/install.ts'
import { INSTALL_DEFAULTS, type RevokeOptions } from './program/options.ts'
import { confirmRevocation } from './revoke/confirm.ts'
import { barAtOkta, effectsOf, notesOn, renderRevocation } from './revoke/view.ts'
import { openTarget } from './shared/target.ts'

type Context = CommandContext<RevokeOptions>

/** Ends sessions at every edge; nobody is kept from signing in again. */
export const run: Command<RevokeOptions, RevokeData> = async (context) => {
  const { options, output } = context
  const user = userOf(options)
  const asking = { ...context, options: { ...INSTALL_DEFAULTS, ...options } }
  const { distribution, aws, okta } = await openTarget(context, (cloud) =>
    askDistribution(toldSettings(asking), asking, cloud),
  )
  const cloud = await cloudOf(context, aws, okta)
  const { observed, tokens, who } = await whom(distribution, user, cloud)
  const first = planned(observed, who, cloud)
  const oktaSteps = oktaTokenSteps(tokens, who === 'everyone')
  const plan: Plan = { ...first.plan, steps: [...oktaSteps, ...first.plan.steps] }

  const console_ = observed.manifest?.okta && adminConsole(observed.manifest.okta.orgUrl)
  const bar = barAtOkta({ user, tokens, app: observed.manifest?.okta, console: console_ })
  for (const line of bar) output.notice(line)
  for (const line of notesOn({ user, tokens, revocation: first })) output.warn(line)
  output.plan(plan)
  const common = { context, distribution, user, plan, bar }
  if (options.dryRun) {
    const effects = effectsOf({ user, tokens, edge: 'dry-run', refused: [] })
    return resultOf({ ...common, revocation: first, applied: [], effects, heldSince: undefined })
  }
  await confirmRevocation(context, distribution, user)

  const { revocation, applied, refused } = await carryOutRevocation(context, cloud, {
    ...{ distribution, who, plan, oktaSteps },
    caller: observed.identity.arn,
  })
  const isDeployed = options.wait || !waits(revocation.plan)
  const effects = effectsOf({ user, tokens, edge: isDeployed ? 'done' : 'deploying', refused })
  const heldSince = isDeployed ? cloudTime(aws) : undefined
  return resultOf({ ...common, revocation, applied, effects, heldSince })
}

function userOf({ user, all }: RevokeOptions): string | undefined {
  if (user === undefined && !all) {
    throw new GuardError({
      code: 'usage',
      message: 'Whose sessions shall end?',
      hint: 'Give --user with an e-mail address or an Okta user id, or --all.',
      next: ['s3-okta-guard revoke --help'],
    })
  }
  return user
}

interface Whom {
  observed: Observed
  tokens: OktaTokens
  who: Revoked
}

/** The app, its groups and its keys are not looked at: what is installed stays as it is, with Okta or without. */
async function whom(distribution: string, user: string | undefined, cloud: Cloud): Promise<Whom> {
  const observed = await lookAt(distribution, cloud)
  const tokens = await findOktaTokens(user, observed.manifest?.okta, cloud)
  if (user === undefined) return { observed, tokens, who: 'everyone' }
  const subs = tokens.reachable ? tokens.users.map(({ id }) => id) : []
  return { observed, tokens, who: [...new Set([user, ...subs].map(subjectHash))] }
}

async function lookAt(distribution: string, cloud: Cloud): Promise<Observed> {
  const observed = await observe(distribution, { ...cloud, okta: undefined }, 'install')
  refuseOtherAccount(observed)
  if (observed.manifest) return observed
  if (!observed.distribution) refuseDistribution(distribution, observed)
  throw notInstalled(distribution)
}

function planned(observed: Observed, who: Revoked, cloud: Cloud, at?: number): PlannedRevocation {
  const input = {
    now: cloudTime(cloud.aws).toISOString(),
    tool: cloud.tool,
    build: cloud.build.digest,
    ssmEndpoint: cloud.aws.endpoint,
  }
  const made = planRevocation(observed, who, input, at)
  assertFeasible(made.plan, cloud)
  return made
}

interface Work {
  distribution: string
  who: Revoked
  caller: string
  plan: Plan
  oktaSteps: Step[]
}

interface Done {
  revocation: PlannedRevocation
  applied: AppliedStep[]
  refused: string[]
}

/**
 * Okta first: it takes a second, and no refresh goes through while the edges hear of it one after the other.
 * The time is taken under the lock: a question may have stood on the screen for an hour.
 */
async function carryOutRevocation(context: Context, cloud: Cloud, work: Work): Promise<Done> {
  const { distribution, who, plan, oktaSteps } = work
  const atOkta: AppliedStep[] = []
  const refused: string[] = []
  let revocation: PlannedRevocation | undefined
  const replan = async (): Promise<Plan> => {
    const isFirst = revocation === undefined
    const made = planned(await lookAt(distribution, cloud), who, cloud, revocation?.at)
    if (isFirst) {
      const { done, refused: not } = await endAtOkta(oktaSteps, context, cloud, distribution)
      atOkta.push(...done)
      refused.push(...not)
      revocation = made
    }
    return withoutWaiting(made.plan, context.options)
  }
  const applied = await carryOut(context, cloud, {
    command: 'revoke',
    distribution,
    who: work.caller,
    shown: plan,
    replan,
  })
  if (!revocation) throw new Error('nothing was planned under the lock')
  return { revocation, applied: [...atOkta, ...applied], refused }
}

/** What Okta does not do is said, and the rest goes on. */
async function endAtOkta(
  steps: Step[],
  { output }: Context,
  cloud: Cloud,
  distribution: string,
): Promise<{ done: AppliedStep[]; refused: string[] }> {
  const done: AppliedStep[] = []
  const refused: string[] = []
  const progress = output.steps(steps.length)
  for (const step of steps) {
    const shown = progress.begin(step.resource, step)
    const started = Date.now()
    const reason = await revokeOktaTokens(step, cloud, distribution).catch((error: unknown) => {
      shown.later()
      throw error
    })
    if (reason === undefined) {
      shown.done()
      done.push(appliedStep(step, started))
    } else {
      shown.fail(reason)
      refused.push(reason)
    }
  }
  return { done, refused }
}

function appliedStep({ id, action, resource }: Step, started: number): AppliedStep {
  return { id, action, resource, seconds: Math.round((Date.now() - started) / 100) / 10 }
}

interface Outcome {
  context: Context
  distribution: string
  user: string | undefined
  plan: Plan
  bar: string[]
  revocation: PlannedRevocation
  applied: AppliedStep[]
  effects: RevokeData['effects']
  heldSince: Date | undefined
}

function resultOf(outcome: Outcome): CommandResult<RevokeData> {
  const { context, distribution, user, plan, revocation, applied, heldSince } = outcome
  const { dryRun } = context.options
  const status = `s3-okta-guard status --distribution ${distribution}`
  const again = `s3-okta-guard revoke --distribution ${distribution} ${user === undefined ? `--all --confirm ${distribution}` : `--user ${shellWord(user)}`}`
  const isUnfinished = !dryRun && heldSince === undefined
  const data: RevokeData = {
    distribution,
    plan,
    applied,
    changed: applied.length > 0,
    dryRun,
    who: user ?? 'everyone',
    startedUntil: new Date(revocation.at * 1000).toISOString(),
    heldSince: heldSince?.toISOString() ?? null,
    continued: revocation.continued,
    bar: outcome.bar,
    effects: outcome.effects,
    next: dryRun || isUnfinished ? [again] : [status],
  }
  return {
    exitCode: isUnfinished ? EXIT.unfinished : EXIT.ok,
    data,
    render: (view) => renderRevocation(view, data),
  }
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
