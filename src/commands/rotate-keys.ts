import type { Settings } from '../access/settings.ts'
import { GuardError } from '../errors/guard-error.ts'
import { ringOf } from '../plan/keys/begin.ts'
import { previewRotation } from '../plan/keys/preview.ts'
import { pendingOf } from '../plan/keys/ring.ts'
import { installed, type Wanted } from '../plan/keys/round.ts'
import { RINGS, type RingName } from '../plan/names.ts'
import type { Observed } from '../plan/observed.ts'
import { refuseDistribution, refuseOtherAccount } from '../plan/refusals/refusals.ts'
import { cloudTime, type Cloud } from '../provision/cloud.ts'
import { secretNeeded } from '../provision/feasible.ts'
import { observe } from '../provision/observe.ts'
import type { RotateData } from '../ui/schemas/data.ts'
import { notInstalled } from './apply.ts'
import { askDistribution, toldSettings } from './shared/ask.ts'
import { assertTaken } from './shared/client.ts'
import { clientSecretHere, cloudOf } from './shared/connect.ts'
import type { Command, CommandContext } from './program/context.ts'
import { INSTALL_DEFAULTS, type RotateOptions } from './program/options.ts'
import { planInputOf, rotate } from './rotate-keys/rounds.ts'
import { resultOf } from './rotate-keys/view.ts'
import { openTarget } from './shared/target.ts'

type Context = CommandContext<RotateOptions>

/** New keys in the place of the old ones; done when they are in use. */
export const run: Command<RotateOptions, RotateData> = async (context) => {
  const { options, output } = context
  const asking = { ...context, options: { ...INSTALL_DEFAULTS, ...options } }
  const { distribution, aws, okta } = await openTarget(context, (cloud) =>
    askDistribution(toldSettings(asking), asking, cloud),
  )
  const cloud = await cloudOf(context, aws, okta, await clientSecretHere(context))
  const observed = await look(distribution, cloud)
  const { settings } = installed(observed)
  const wanted: Wanted = {
    rings: ringsOf(settings, options),
    compromised: options.compromised,
    hasSecret: cloud.clientSecret !== undefined,
  }
  refuseWithoutOkta(wanted, observed, settings)
  if (settings.okta.client && options.only.length === 0) {
    output.notice(
      `The client ${credentialWord(settings)} stays: its Okta app is your Okta admin's. To rotate it: s3-okta-guard rotate-keys --only client`,
    )
  }
  await refuseSecret(settings, observed, wanted, cloud)
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

/** What an Okta admin must lend a hand for is not among all, and begins when it is named. */
function ringsOf({ okta, distribution }: Settings, { only }: RotateOptions): RingName[] {
  if (!okta.client)
    return only.length === 0 ? [...RINGS] : RINGS.filter((one) => only.includes(one))
  if (only.length > 1 && only.includes('client')) {
    throw new GuardError({
      code: 'usage',
      message: `The client ring waits for the Okta admin of ${okta.client.id}, and the others need not.`,
      hint: 'Rotate it by itself.',
      next: [`s3-okta-guard rotate-keys --only client --distribution ${distribution}`],
    })
  }
  return RINGS.filter((one) => (only.length === 0 ? one !== 'client' : only.includes(one)))
}

/** A secret that was given is tried, and one that is needed asked for, before anything is written. */
async function refuseSecret(
  settings: Settings,
  observed: Observed,
  { rings, compromised }: Wanted,
  cloud: Cloud,
): Promise<void> {
  const { client } = settings.okta
  const { clientSecret } = cloud
  if (clientSecret !== undefined) {
    if (client?.authentication !== 'client_secret' || !rings.includes('client'))
      throw noSecretRing()
    return assertTaken(client.id, observed, clientSecret, cloud)
  }
  if (client?.authentication !== 'client_secret' || !rings.includes('client')) return
  const ring = observed.manifest && ringOf(observed.manifest, 'client')
  if (!ring || compromised || !pendingOf(ring)) throw secretNeeded()
}

function credentialWord({ okta: { client } }: Settings): string {
  return client?.authentication === 'client_secret' ? 'secret' : 'key'
}

function noSecretRing(): GuardError {
  return new GuardError({
    code: 'usage',
    message: 'A client secret was given, and no client secret is rotated here.',
    hint: 'Give it together with --only client, where the Okta app authenticates with a client secret.',
  })
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
function refuseWithoutOkta(
  { rings }: Wanted,
  { okta }: Observed,
  { okta: { client } }: Settings,
): void {
  if (okta.checked || client || !rings.includes('client')) return
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
