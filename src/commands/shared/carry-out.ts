import { originOf, type Settings } from '../../access/settings.ts'
import { EXIT, exitCodeOf } from '../../errors/codes.ts'
import { GuardError } from '../../errors/guard-error.ts'
import type { Observed } from '../../plan/observed.ts'
import type { Plan, Step } from '../../plan/types.ts'
import { applyPlan, type AppliedStep, type ApplyProgress } from '../../provision/apply.ts'
import type { Cloud } from '../../provision/cloud.ts'
import { acquireLock, type Lock } from '../../provision/lock.ts'
import type { Output, StepProgress } from '../../ui/output.ts'
import { withCommand } from '../program/command-line.ts'
import type { CommandContext } from '../program/context.ts'
import type { TargetOptions } from '../program/options.ts'

/** A change of others while we wrote (a new behavior, say) is caught by looking once more. */
const ROUNDS = 3

export interface Work {
  command: string
  distribution: string
  /** ARN of the caller, for the lock. */
  who: string
  /** The plan that the operator has seen. */
  shown: Plan
  /** Observes and plans anew. */
  replan: () => Promise<Plan>
  /** No line per step: a run that only looks whether its time has come. */
  quiet?: boolean
}

/**
 * Under the lock: look again, apply, and look again until nothing is left.
 * What the operator has agreed to is what is done: another plan is shown first.
 */
export async function carryOut(
  context: CommandContext<TargetOptions>,
  cloud: Cloud,
  work: Work,
): Promise<AppliedStep[]> {
  try {
    return await underLock(context, cloud, work)
  } catch (error) {
    throw withCommand(error, context.io.argv)
  }
}

async function underLock(
  context: CommandContext<TargetOptions>,
  cloud: Cloud,
  work: Work,
): Promise<AppliedStep[]> {
  const { output } = context
  return holdingLock(context, cloud, work, async (lock) => {
    const applied: AppliedStep[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const plan = await work.replan()
      if (isDone(plan, round)) return applied
      if (round === 0) refuseOtherPlan(work.shown, plan)
      const progress = work.quiet ? SILENT : progressOf(output, plan.steps.length)
      applied.push(
        ...(await applyPlan(plan, cloud, lock, { distribution: work.distribution }, progress)),
      )
    }
    const left = await work.replan()
    if (isDone(left, ROUNDS)) return applied
    throw notSettled(left)
  })
}

/** Nothing is changed without the lock; whoever else holds it is waited for. */
export async function holdingLock<T>(
  { output, options }: CommandContext<TargetOptions>,
  cloud: Cloud,
  work: Pick<Work, 'command' | 'distribution' | 'who'>,
  body: (lock: Lock) => Promise<T>,
): Promise<T> {
  const lock = await acquireLock(cloud, {
    distribution: work.distribution,
    command: work.command,
    who: work.who,
    timeout: options.lockTimeout,
    onWait: ({ command, who, host }) => {
      output.waiting(`Waiting for ${command}, run by ${who} on ${host} …`)
    },
  })
  try {
    return await body(lock)
  } finally {
    // What went wrong before is what the operator must hear; the lease ends by itself.
    await lock.release().catch((error: unknown) => {
      output.warn(`The lock could not be released: ${messageOf(error)} It ends within a minute.`)
    })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Clean-up that AWS did not allow yet stays for a later run. */
function isDone(plan: Plan, round: number): boolean {
  const pending = plan.steps.filter(({ reason }) => round === 0 || reason !== 'housekeeping')
  return pending.length === 0
}

function refuseOtherPlan(shown: Plan, now: Plan): void {
  const key = ({ id, action }: Step): string => `${action} ${id}`
  const seen = new Set(shown.steps.map(key))
  const added = now.steps.filter((step) => !seen.has(key(step)))
  if (added.length === 0) return
  throw new GuardError({
    code: 'changed-meanwhile',
    message: 'Something changed while this run waited, and the plan is another one now.',
    details: added.map(({ action, resource }) => `${action} ${resource}`),
    hint: 'Nothing was changed. Run the same command again to see the new plan.',
  })
}

function notSettled({ steps }: Plan): GuardError {
  return new GuardError({
    code: 'changed-meanwhile',
    message: `After ${ROUNDS} rounds there is still something to change: somebody else is at work here too.`,
    details: steps.map(({ action, resource }) => `${action} ${resource}`),
    hint: 'Run the same command again when the other changes are done.',
  })
}

const SILENT: ApplyProgress = {
  begin: () => undefined,
  note: () => undefined,
  done: () => undefined,
  failed: () => undefined,
}

/** A line for each step. */
export function progressOf(output: Output, total: number): ApplyProgress {
  const steps = output.steps(total)
  let current: StepProgress | undefined
  return {
    begin(step) {
      current = steps.begin(step.resource, step)
    },
    note(text) {
      if (text.startsWith('!')) output.warn(text.slice(2))
      else current?.update(text)
    },
    done: () => current?.done(),
    failed(_step, _seconds, error) {
      const code = error instanceof GuardError ? exitCodeOf(error.code) : EXIT.failed
      if (code === EXIT.unfinished || code === EXIT.interrupted) current?.later()
      else current?.fail()
    },
  }
}

/** Another run is at work, or died: either way this run must have the lock once, and clears it away. */
export function hasLock({ parameters }: Observed): boolean {
  return parameters.some(({ name }) => name.includes('/lock/'))
}

/** Where people open the site. */
export function sitesOf(settings: Settings): string[] {
  return settings.hosts.map((host) => `${originOf(host)}/`)
}
