import type { Observed } from '../../plan/observed.ts'
import type { Change, Finding, Plan, Step } from '../../plan/types.ts'

/** What the installed settings would still change: by other hands, by a run that died, or by a newer build. */
export function checkPlan(plan: Plan, observed: Observed): Finding[] {
  const unfinished = observed.manifest?.state === 'installing'
  return [
    ...plan.steps.filter(({ reason }) => reason === 'drift').flatMap(drift),
    ...(unfinished ? [unfinishedRun(plan)] : []),
    ...(plan.steps.some(({ reason }) => reason === 'update') ? [updateAvailable()] : []),
  ]
}

/** Bookkeeping follows from the other steps and is no news of its own. */
function drift(step: Step): Finding[] {
  if (step.kind === 'document.put' && step.id.startsWith('manifest')) return []
  const fields = step.changes.map(inWords).join('; ')
  return [
    {
      code: 'drift',
      severity: 'broken',
      subject: step.id,
      message: `${step.resource} is not as it was installed${fields === '' ? '' : `; apply sets ${fields}`}.`,
      next: 's3-okta-guard apply',
    },
  ]
}

function unfinishedRun(plan: Plan): Finding {
  return {
    code: 'unfinished',
    severity: 'due',
    subject: '',
    message: `A run did not finish: ${plan.steps.length} steps are left.`,
    next: 's3-okta-guard init',
  }
}

function updateAvailable(): Finding {
  return {
    code: 'update-available',
    severity: 'info',
    subject: '',
    message: 'The edge function can be updated: a newer build, or newer keys at Okta.',
    next: 's3-okta-guard apply',
  }
}

export function checkOkta(observed: Observed): Finding[] {
  if (observed.okta.checked || observed.settings?.okta.client) return []
  return [
    {
      code: 'okta-not-checked',
      severity: 'info',
      subject: '',
      message: `The Okta app was not checked: ${observed.okta.reason}.`,
      next: 'Set OKTA_CLIENT_ORGURL and OKTA_CLIENT_TOKEN to have it checked.',
    },
  ]
}

/** The file says something else than what is installed. */
export function checkApplied(fromFile: Plan | undefined): Finding[] {
  const steps = fromFile?.steps.filter(({ reason }) => reason === 'settings') ?? []
  if (steps.length === 0) return []
  return [
    {
      code: 'not-applied',
      severity: 'due',
      subject: '',
      message: `s3-okta-guard.json differs from what is installed${differences(steps)}; applying it takes ${steps.length} steps.`,
      next: 's3-okta-guard apply',
    },
  ]
}

/** From what is there to what it would be. */
function inWords({ field, from, to }: Change): string {
  return `${field}: ${from === '' ? '' : `${from} → `}${to || '(removed)'}`
}

/** In the words of the plan; what is attached follows from the rest. */
function differences(steps: Step[]): string {
  const words = steps
    .filter(({ id }) => id !== 'cloudfront.behaviors')
    .flatMap(({ changes }) => changes)
    .map(inWords)
  return words.length === 0 ? '' : ` (${words.join('; ')})`
}
