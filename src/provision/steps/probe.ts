import { GuardError } from '../../errors/guard-error.ts'
import type { ProbeTarget } from '../../plan/resources/attachment.ts'
import type { StrangerAnswer } from '../../web/types.ts'
import type { Cloud } from '../cloud.ts'
import { setAssociations, type AssociateInputs } from './cloudfront.ts'
import type { Executor, StepContext } from './executor.ts'

/** Deployed does not mean that the very last edge has it: content to a stranger is believed after some tries. */
const TRIES = 12

interface ProbeInputs {
  distribution: string
  function: string
  connect: string
  probes: ProbeTarget[]
  rollback: AssociateInputs['targets']
}

interface Answered {
  probe: ProbeTarget
  answer: StrangerAnswer
}

/** Asks every guarded behavior on every host, without cookies, as somebody who may not read the site. */
export const probe: Executor = async (inputs, cloud, context) => {
  const { probes, connect, ...back } = inputs as unknown as ProbeInputs
  const answers = await ask(probes, connect, cloud, context)
  const broken = answers.filter(({ answer }) => answer.kind === 'broken')
  if (broken.length > 0) {
    await putBack(back, cloud)
    throw brokenEdge(broken, back.rollback)
  }
  const open = answers.filter(({ answer }) => answer.kind === 'open')
  if (open.length > 0) throw exposed(open)
  for (const { probe: target, answer } of answers) {
    if (answer.kind === 'unreachable') {
      context.note(
        `! ${target.origin} did not answer (${answer.detail}): not checked as a stranger`,
      )
    }
  }
  return undefined
}

async function ask(
  probes: ProbeTarget[],
  connect: string,
  cloud: Cloud,
  context: StepContext,
): Promise<Answered[]> {
  const answers: Answered[] = []
  for (const target of probes) {
    let answer = await one(target, connect, cloud)
    for (let tries = 1; tries < TRIES && isDoubtful(answer); tries++) {
      context.note(`${target.origin}${target.path} is not guarded yet; asking again`)
      await cloud.sleep(cloud.pace.probe)
      answer = await one(target, connect, cloud)
    }
    answers.push({ probe: target, answer })
  }
  return answers
}

function isDoubtful(answer: StrangerAnswer): boolean {
  return answer.kind === 'open' || answer.kind === 'broken'
}

function one(target: ProbeTarget, connect: string, cloud: Cloud): Promise<StrangerAnswer> {
  return cloud.web.askAsStranger({ origin: target.origin, connect, path: target.path })
}

/** What was attached before; on a site that was guarded that is the version before, never nothing. */
async function putBack(back: Omit<ProbeInputs, 'probes' | 'connect'>, cloud: Cloud): Promise<void> {
  await setAssociations(
    { distribution: back.distribution, function: back.function, targets: back.rollback },
    cloud,
  )
}

function brokenEdge(broken: Answered[], rollback: AssociateInputs['targets']): GuardError {
  const back =
    rollback.length > 0
      ? ', so what was attached before was put back'
      : '; it stays attached, because no version before it is left'
  return new GuardError({
    code: 'edge-broken',
    message: `The edge function answers with errors${back}.`,
    details: broken.map(({ probe: at, answer }) => `${at.origin}${at.path}: ${detailOf(answer)}`),
    hint: `${siteNow(rollback)} Look at the function log, then run the same command again.`,
  })
}

function siteNow(rollback: AssociateInputs['targets']): string {
  if (rollback.length === 0) return 'The site is closed: nobody gets in.'
  return rollback.some(({ versionArn }) => versionArn !== null)
    ? 'The site is guarded by the version before.'
    : 'The site is open as it was before.'
}

function detailOf(answer: StrangerAnswer): string {
  if (answer.kind === 'broken') return `${answer.status} ${answer.detail}`
  return answer.kind === 'open' ? `${answer.status} without sign-in` : answer.kind
}

function exposed(open: Answered[]): GuardError {
  return new GuardError({
    code: 'site-exposed',
    message: 'A stranger still gets an answer that is not the guard’s.',
    details: open.map(
      ({ probe: at, answer }) =>
        `${at.origin}${at.path} (behavior ${at.pattern}): ${detailOf(answer)}`,
    ),
    hint: 'The guard stays attached. If CloudFront has just deployed, an edge may lag: run the same command again in a few minutes.',
    next: ['s3-okta-guard status'],
  })
}
