import type { Finding, Later, Plan } from '../../plan/types.ts'
import type { CommandContext } from '../program/context.ts'
import type { CommonOptions } from '../program/options.ts'

type Given = Pick<CommandContext<CommonOptions>, 'config'>

const COMMAND = /^s3-okta-guard (apply|init|rotate-keys)\b(?!.*--distribution)/

/** Checks know no file: without one there is nothing to `apply`, and the distribution must be named. */
export function typed(next: string, { config }: Given, distribution: string | undefined): string {
  const command = COMMAND.exec(next)?.[1]
  if (command === undefined || distribution === undefined) return next
  if (config?.file.distribution === distribution) return next
  const line = command === 'apply' ? next.replace(' apply', ' init') : next
  return `${line} --distribution ${distribution}`
}

/** The same for everything that says what to do next. */
export function typedAll<T extends Finding | Later>(
  all: T[],
  context: Given,
  distribution: string | undefined,
): T[] {
  return all.map((one) => ({ ...one, next: typed(one.next, context, distribution) }))
}

export function typedPlan(plan: Plan, context: Given, distribution: string): Plan {
  return {
    ...plan,
    later: typedAll(plan.later, context, distribution),
    findings: typedAll(plan.findings, context, distribution),
  }
}
