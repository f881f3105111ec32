import type { Settings } from '../../access/settings.ts'
import { accept, checkSite, checkTerraform, nameOf } from '../../checks/index.ts'
import { EXIT } from '../../errors/codes.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { sheetLines, type AdminSheet } from '../../plan/okta/admin-sheet.ts'
import type { Observed } from '../../plan/observed.ts'
import { planInstall } from '../../plan/install.ts'
import type { Finding, Plan } from '../../plan/types.ts'
import { cloudTime, type Cloud } from '../../provision/cloud.ts'
import { observe } from '../../provision/observe.ts'
import { assertFeasible } from '../../provision/feasible.ts'
import type { InstallData } from '../../ui/schemas/data.ts'
import { sheetOf, tryGivenSecret } from './client.ts'
import { commandLine } from '../program/command-line.ts'
import { carryOut, hasLock, sitesOf } from './carry-out.ts'
import type { CommandContext, CommandResult, View } from '../program/context.ts'
import { typedPlan } from './next.ts'
import { withLines } from './file-lines.ts'
import type { InstallOptions } from '../program/options.ts'

type Context = CommandContext<InstallOptions>

export interface Install {
  command: 'init' | 'apply'
  settings: Settings
  cloud: Cloud
  /** Called with the settings that are installed now, accepted findings among them; says what it wrote. */
  afterwards: (installed: Settings) => Promise<void>
}

/** Show the plan, ask once, apply it: the common way of init and apply. */
export async function install(
  context: Context,
  { command, settings: wanted, cloud, afterwards }: Install,
): Promise<CommandResult<InstallData>> {
  const { output, options } = context
  const first = await look(wanted, cloud).catch(async (error: unknown) => {
    throw await withLines(error, context.config)
  })
  const findings = accept(checkSite(wanted, first.observed, timeOf(cloud)), wanted.status.accept)
  const settings = await acceptExposed(wanted, findings, context, command)
  const { observed, plan } = settings === wanted ? first : await look(settings, cloud)
  await tryGivenSecret(settings, observed, plan, cloud, output)
  // Terraform leaves no mark, so that everybody is told at the one time when all are looking.
  const notices = command === 'init' ? [checkTerraform(settings.distribution)] : []
  plan.findings = accept([...findings, ...notices], settings.status.accept)

  const done = (applied: InstallData['applied'], exitCode: number): CommandResult<InstallData> =>
    resultOf(context, {
      ...{ command, settings, applied, exitCode },
      plan: typedPlan(plan, context, settings.distribution),
      wasInstalled: observed.settings !== undefined,
      sheet: sheetOf(settings, observed.manifest),
    })

  const left = hasLock(observed)
  if (plan.steps.length === 0 && (!left || options.dryRun)) {
    await afterwards(settings)
    return done([], EXIT.ok)
  }
  if (plan.steps.length > 0) output.plan(plan)
  if (options.dryRun) return done([], EXIT.ok)
  if (plan.steps.length > 0) await confirmed(context, command)
  const replan = async (): Promise<Plan> =>
    withoutWaiting((await look(settings, cloud)).plan, options)
  const applied = await carryOut(context, cloud, {
    command,
    distribution: settings.distribution,
    who: observed.identity.arn,
    shown: plan,
    replan,
  })
  // Attached meanwhile: what was open when it was looked at is not open any more.
  plan.findings = plan.findings.filter(({ code }) => code !== 'behavior-open')
  await afterwards(settings)
  return done(applied, options.wait || !waits(plan) ? EXIT.ok : EXIT.unfinished)
}

async function look(settings: Settings, cloud: Cloud): Promise<{ observed: Observed; plan: Plan }> {
  const observed = await observe(settings.distribution, cloud, 'install', settings)
  const plan = planInstall(settings, observed, {
    now: timeOf(cloud),
    tool: cloud.tool,
    build: cloud.build.digest,
    ssmEndpoint: cloud.aws.endpoint,
  })
  assertFeasible(plan, cloud)
  return { observed, plan }
}

function timeOf(cloud: Cloud): string {
  return cloudTime(cloud.aws).toISOString()
}

export function waits(plan: Plan): boolean {
  return plan.steps.some(({ kind }) => kind === 'cloudfront.wait')
}

/** `--no-wait` ends where waiting would begin; the next run goes on from there. */
export function withoutWaiting(plan: Plan, options: Pick<InstallOptions, 'wait'>): Plan {
  const until = plan.steps.findIndex(({ kind }) => kind === 'cloudfront.wait')
  return options.wait || until < 0 ? plan : { ...plan, steps: plan.steps.slice(0, until) }
}

async function confirmed(context: Context, command: string): Promise<void> {
  if (context.options.yes || command === 'apply') return
  const agreed = await context.prompter.confirm({ message: 'Apply this plan?', flag: '--yes' })
  if (!agreed) {
    throw new GuardError({
      code: 'declined',
      message: 'Nothing was changed.',
      hint: 'Run the same command again when the plan is right.',
    })
  }
}

/** What would stay open is accepted by name, or nothing is installed. */
async function acceptExposed(
  settings: Settings,
  findings: Finding[],
  context: Context,
  command: Install['command'],
): Promise<Settings> {
  const open = findings.filter(
    ({ severity, accepted, code }) =>
      severity === 'exposed' && accepted === undefined && code !== 'behavior-open',
  )
  if (open.length === 0) return settings
  const added: Settings['status']['accept'] = []
  const asks = command === 'init' && context.prompter.available && !context.options.yes
  if (asks && !context.options.dryRun) {
    for (const finding of open) {
      const agreed = await context.prompter.confirm({
        message: `${finding.message} Leave it so?`,
        flag: `--accept ${nameOf(finding)}`,
      })
      if (agreed) added.push({ finding: nameOf(finding), reason: 'accepted when asked by init' })
    }
  }
  if (added.length < open.length && !context.options.dryRun)
    throw notAccepted(open, command, settings)
  return added.length === 0
    ? settings
    : { ...settings, status: { accept: [...settings.status.accept, ...added] } }
}

function notAccepted(open: Finding[], command: string, { distribution }: Settings): GuardError {
  return new GuardError({
    code: 'exposed-not-accepted',
    message: 'A part of the site would stay readable by strangers; nothing was changed.',
    details: open.map(({ message }) => message),
    hint: 'Close it in CloudFront (doctor says how), or accept what stays open by name.',
    next: [
      [
        `s3-okta-guard ${command} --distribution ${distribution}`,
        ...open.map((finding) => `--accept ${nameOf(finding)}`),
      ].join(' '),
    ],
  })
}

interface Outcome {
  command: string
  settings: Settings
  plan: Plan
  applied: InstallData['applied']
  exitCode: number
  sheet: AdminSheet | undefined
  /** Before this run. */
  wasInstalled: boolean
}

function resultOf(context: Context, outcome: Outcome): CommandResult<InstallData> {
  const { settings, plan, applied, exitCode } = outcome
  const { dryRun } = context.options
  const sites = sitesOf(settings)
  const next = nextOf(context, outcome, sites)
  return {
    exitCode: exitCode as CommandResult<InstallData>['exitCode'],
    data: {
      distribution: settings.distribution,
      plan,
      applied,
      changed: applied.length > 0,
      dryRun,
      sites,
      oktaAdmin: dryRun && outcome.sheet ? outcome.sheet : null,
      next,
    },
    render: (view) => {
      render(view, outcome, dryRun)
      const back = next.filter((line) => line.startsWith('s3-okta-guard teardown'))
      view.next(next.filter((line) => !back.includes(line)))
      view.next(back, 'To take it all back:')
    },
  }
}

function render(
  view: View,
  { plan, applied, exitCode, settings, sheet, wasInstalled }: Outcome,
  dryRun: boolean,
): void {
  if (plan.steps.length === 0) view.line('Nothing to change: everything is installed as wanted.')
  else if (dryRun) view.line('Dry run: nothing was changed.')
  else if (exitCode === EXIT.unfinished) view.line('Attached; CloudFront is still deploying it.')
  else if (applied.length > 0) {
    const sites = sitesOf(settings).join(', ')
    view.line(
      wasInstalled
        ? `Done. ${sites} asks for Okta sign-in, now with these settings.`
        : `Done. ${sites} now asks for Okta sign-in.`,
    )
  }
  const open = plan.findings.filter(({ severity }) => severity !== 'due')
  if (open.length > 0) {
    view.line()
    view.heading('What is still open, or worth knowing')
    view.findings(open)
  }
  view.later(plan.later)
  if (dryRun && sheet) {
    view.line()
    view.heading('What your Okta admin enters')
    for (const line of sheetLines(sheet)) view.line(`  ${line}`)
  }
  view.line()
}

const DRY = ['--dry-run', '--json', '--json-events']

function nextOf(
  { io, options: { dryRun } }: Context,
  { command, settings, exitCode }: Outcome,
  sites: string[],
): string[] {
  const id = settings.distribution
  // Without its flags, the next run would ask again, or want an app of the guard's own.
  if (dryRun && io.argv) return [commandLine(io.argv.filter((word) => !DRY.includes(word)))]
  if (dryRun) return [`s3-okta-guard ${command} --distribution ${id}`]
  if (exitCode === EXIT.unfinished) return [`s3-okta-guard ${command} --distribution ${id}`]
  return [
    `Open ${sites[0] ?? ''}`,
    `s3-okta-guard status --distribution ${id}`,
    `s3-okta-guard teardown --distribution ${id}`,
  ]
}
