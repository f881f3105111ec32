import type { Action, Plan, Step } from '../plan/types.ts'
import type { Style, Tone } from './style.ts'

const GLYPHS: Record<Action, { glyph: string; tone: Tone }> = {
  create: { glyph: '+', tone: 'good' },
  update: { glyph: '~', tone: 'attention' },
  delete: { glyph: '-', tone: 'bad' },
  wait: { glyph: '.', tone: 'muted' },
  check: { glyph: '.', tone: 'muted' },
}

/** What CloudFront usually takes to bring a change to every edge; the other waits are short. */
const SECONDS: Record<Action, number> = { create: 2, update: 2, delete: 2, wait: 10, check: 10 }
const DEPLOY_SECONDS = 240
/** Of a rotation; the rings wait side by side. */
const PROPAGATION_SECONDS = 120
const CACHES_SECONDS = 360

/** The steps for people: a glyph, what it is, the fields that change, then counts and an estimate. */
export function planLines(plan: Plan, style: Style): string[] {
  if (plan.steps.length === 0) return ['Nothing to change.']
  return [...plan.steps.flatMap((step) => stepLines(step, style)), '', summary(plan.steps)]
}

function stepLines(step: Step, style: Style): string[] {
  const { glyph, tone } = GLYPHS[step.action]
  return [
    `  ${style.paint(tone, glyph)} ${step.resource}`,
    ...step.changes.map(
      ({ field, from, to }) =>
        `      ${field}: ${from === '' ? to : `${from} → ${to === '' ? '(removed)' : to}`}`,
    ),
    ...step.warnings.map((warning) => `    ${style.paint('attention', '!')} ${warning}`),
  ]
}

function summary(steps: Step[]): string {
  const count = (action: Action) => steps.filter((step) => step.action === action).length
  const words: [Action, string][] = [
    ['create', 'to create'],
    ['update', 'to change'],
    ['delete', 'to delete'],
  ]
  const counts = words.map(([action, word]) => `${count(action)} ${word}`)
  const warnings = steps.filter((step) => step.warnings.length > 0).length
  if (warnings > 0) counts.push(`${warnings} with a warning (!)`)
  return `${counts.join(', ')}. It takes ${estimate(steps)}.`
}

/** Rough, in words: nobody can know how long CloudFront takes. */
function estimate(steps: Step[]): string {
  const sum = steps.reduce((all, step) => all + secondsOf(step), 0)
  const seconds = steps.some(readsCaches) ? Math.max(sum, CACHES_SECONDS) : sum
  if (seconds < 60) return 'less than a minute'
  const minutes = Math.round(seconds / 60)
  return `about ${minutes} minute${minutes === 1 ? '' : 's'}${waitingWords(steps)}`
}

function secondsOf(step: Step): number {
  if (deploys(step)) return DEPLOY_SECONDS
  if (readsCaches(step)) return 0
  return step.id.endsWith('.propagation') ? PROPAGATION_SECONDS : SECONDS[step.action]
}

function waitingWords(steps: Step[]): string {
  if (steps.some(readsCaches)) return ', most of it waiting for every edge'
  return steps.some(deploys) ? ', most of it waiting for CloudFront' : ''
}

function readsCaches(step: Step): boolean {
  return step.action === 'wait' && step.id.endsWith('.caches')
}

function deploys(step: Step): boolean {
  return step.action === 'wait' && /cloudfront|distribution/i.test(`${step.kind} ${step.resource}`)
}
