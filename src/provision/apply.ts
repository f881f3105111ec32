import { GuardError } from '../errors/guard-error.ts'
import type { Plan, Step } from '../plan/types.ts'
import type { Cloud } from './cloud.ts'
import type { Lock } from './lock.ts'
import { resolveRefs, type Outputs } from './resolve.ts'
import type { StepContext } from './steps/executor.ts'
import { executors } from './steps/index.ts'

/** Told of each step as it begins and ends; seconds are for people. */
export interface ApplyProgress {
  begin(step: Step, index: number, total: number): void
  note(text: string): void
  done(step: Step, seconds: number): void
  failed(step: Step, seconds: number, error: unknown): void
}

export interface AppliedStep {
  id: string
  action: Step['action']
  resource: string
  seconds: number
}

/**
 * Runs the steps in their order. What a step does is described by the plan alone.
 * An interrupt ends it between two steps: what is done stays, and the next run goes on.
 */
export async function applyPlan(
  plan: Plan,
  cloud: Cloud,
  lock: Lock,
  context: Pick<StepContext, 'distribution'>,
  progress: ApplyProgress,
): Promise<AppliedStep[]> {
  const outputs: Outputs = new Map()
  const applied: AppliedStep[] = []
  for (const [index, step] of plan.steps.entries()) {
    if (cloud.signal.aborted) throw interrupted(plan, applied)
    lock.assertHeld()
    progress.begin(step, index + 1, plan.steps.length)
    const started = Date.now()
    const seconds = (): number => Math.round((Date.now() - started) / 100) / 10
    try {
      const given = await runStep(step, cloud, outputs, {
        ...context,
        note: (text) => {
          progress.note(text)
        },
      })
      for (const [field, value] of Object.entries(given)) outputs.set(`${step.id}.${field}`, value)
    } catch (error) {
      progress.failed(step, seconds(), error)
      throw cloud.signal.aborted ? interrupted(plan, applied) : error
    }
    progress.done(step, seconds())
    applied.push({
      id: step.id,
      action: step.action,
      resource: step.resource,
      seconds: seconds(),
    })
  }
  return applied
}

async function runStep(
  step: Step,
  cloud: Cloud,
  outputs: Outputs,
  context: StepContext,
): Promise<Record<string, unknown>> {
  const executor = executors[step.kind]
  if (!executor) throw new Error(`no executor for a step of kind ${step.kind}`)
  const inputs = resolveRefs(step.inputs, outputs) as Record<string, unknown>
  return (await executor(inputs, cloud, context)) ?? {}
}

function interrupted(plan: Plan, applied: AppliedStep[]): GuardError {
  return new GuardError({
    code: 'interrupted',
    message: `Interrupted after ${applied.length} of ${plan.steps.length} steps; what was done stays.`,
    details: applied.map(({ action, resource }) => `done: ${action} ${resource}`),
    hint: 'Run the same command again: it goes on from there.',
  })
}
