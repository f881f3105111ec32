import { GuardError } from '../errors/guard-error.ts'
import { previewRotation } from '../plan/keys/preview.ts'
import { installed, type Wanted } from '../plan/keys/round.ts'
import { RINGS } from '../plan/names.ts'
import type { Observed } from '../plan/observed.ts'
import { refuseDistribution, refuseOtherAccount } from '../plan/refusals.ts'
import { cloudTime, type Cloud } from '../provision/cloud.ts'
import { observe } from '../provision/observe.ts'
import type { RotateData } from '../ui/schemas/data.ts'
import { notInstalled } from './apply.ts'
import { askDistribution, toldSettings } from './ask.ts'
import { cloudOf } from './connect.ts'
import type { Command, CommandContext } from './context.ts'
import { INSTALL_DEFAULTS, type RotateOptions } from './options.ts'
import { planInputOf, rotate } from './rotate-rounds.ts'
import { resultOf } from './rotate-view.ts'
import { openTarget } from './target.ts'

type Context = CommandContext<RotateOptions>

/** New keys in the place of the old ones; done when they are in use. */
export const run: Command<RotateOptions, RotateData> = async (context) => {
  const { options, output } = context
  const asking = { ...context, options: { ...INSTALL_DEFAULTS, ...options } }
  const { distribution, aws, okta } = await openTarget(context, (cloud) =>
    askDistribution(toldSettings(asking), asking, cloud),
  )
  const cloud = await cloudOf(context, aws, okta)
  const wanted: Wanted = {
    rings:
      options.only.length === 0 ? [...RINGS] : RINGS.filter((one) => options.only.includes(one)),
    compromised: options.compromised,
  }
  const observed = await look(distribution, cloud)
  installed(observed)
  refuseWithoutOkta(wanted, observed)
  const plan = previewRotation(observed, wanted, planInputOf(cloud))
  if (plan.steps.length > 0) output.plan(plan)
  const common = { context, distribution, wanted, plan }
  if (options.dryRun) {
    return resultOf({ ...common, observed, applied: [], waits: [], now: timeOf(cloud) })
  }
  await confirmed(context, wanted)
  const done = await rotate(context, cloud, {
    distribution,
    wanted,
    who: observed.identity.arn,
    look: () => look(distribution, cloud),
  })
  return resultOf({ ...common, ...done, now: timeOf(cloud) })
}

/** The settings that are installed; the file plays no part. */
async function look(distribution: string, cloud: Cloud): Promise<Observed> {
  const observed = await observe(distribution, cloud, 'install')
  refuseOtherAccount(observed)
  if (observed.manifest) return observed
  if (!observed.distribution) refuseDistribution(distribution, observed)
  throw notInstalled(distribution)
}

function timeOf(cloud: Cloud): string {
  return cloudTime(cloud.aws).toISOString()
}

/** Before anything is written: a client key that Okta never hears of is of no use. */
function refuseWithoutOkta({ rings }: Wanted, { okta }: Observed): void {
  if (okta.checked || !rings.includes('client')) return
  const others = rings.filter((ring) => ring !== 'client')
  throw new GuardError({
    code: 'okta-credentials',
    message: `The client key belongs to the Okta app, and Okta could not be asked: ${okta.reason}.`,
    hint: 'Set OKTA_CLIENT_ORGURL and OKTA_CLIENT_TOKEN, or give --okta-token-file; or rotate what needs AWS alone.',
    next:
      others.length === 0
        ? []
        : [`s3-okta-guard rotate-keys ${others.map((ring) => `--only ${ring}`).join(' ')}`],
  })
}

async function confirmed({ options, prompter }: Context, { compromised }: Wanted): Promise<void> {
  if (options.yes) return
  const message = compromised ? 'Drop the old keys at once?' : 'Rotate these keys?'
  if (await prompter.confirm({ message, flag: '--yes' })) return
  throw new GuardError({
    code: 'declined',
    message: 'Nothing was changed.',
    hint: 'Run the same command again when it suits.',
  })
}
