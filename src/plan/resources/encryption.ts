import { KMS_KEY } from '../../access/kms-key.ts'
import type { Settings } from '../../access/settings.ts'
import type { PlanContext } from '../context.ts'
import { namesOf, RINGS } from '../names.ts'
import type { Observed, Parameter } from '../observed.ts'
import { change, step } from '../step.ts'
import type { Reason, Step } from '../types.ts'

/** The key that AWS makes for Parameter Store in every account. */
export const AWS_MANAGED_KEY = 'alias/aws/ssm'

/** As PutParameter takes it. */
export function keyIdOf({ ssm }: Pick<Settings, 'ssm'>): string {
  return ssm.kmsKey ?? AWS_MANAGED_KEY
}

/** Private keys that are encrypted otherwise than the settings say. */
export function wronglyEncrypted(observed: Observed, settings: Settings): Parameter[] {
  const names = Object.values(namesOf(settings.distribution).keys)
  return observed.parameters.filter(
    (one) => names.includes(one.name) && keyOf(one, observed) !== keyIdOf(settings),
  )
}

/**
 * What the role must be able to decrypt: with the wanted key, and with those in use until all is written anew.
 * An alias cannot stand in a policy, and AWS's own key needs none.
 */
export function keysToDecrypt(observed: Observed, settings: Settings, left: Parameter[]): string[] {
  const keys = [keyIdOf(settings), ...left.map((one) => keyOf(one, observed))]
  return [...new Set(keys)].filter((key) => KMS_KEY.test(key)).sort()
}

/** Writes them anew with the wanted key, each in one step; those that are made in this run come out right. */
export function encryptionSteps(
  observed: Observed,
  context: PlanContext,
  made: readonly string[],
): Step[] {
  const { settings, distribution } = context
  const names = namesOf(distribution).keys
  const wrong = wronglyEncrypted(observed, settings)
  return RINGS.flatMap((ring) => {
    const found = wrong.find(({ name }) => name === names[ring])
    if (!found || made.includes(ring)) return []
    const keyId = keyIdOf(settings)
    return [
      step({
        id: `encryption.${ring}`,
        kind: 'key.encrypt',
        action: 'update',
        reason: encryptionReason(observed, context),
        resource: `SSM SecureString ${found.name}: encrypted with another key`,
        inputs: { name: found.name, keyId },
        changes: [change('KMS key', keyOf(found, observed), keyId)],
        after: ['iam.policy'],
      }),
    ]
  })
}

/**
 * A run that died after it had widened the rights has not waited for them: the keys do, in its stead.
 * AWS's own key needs none.
 */
export function settledFirst([first, ...others]: Step[], settings: Settings): Step[] {
  if (!first || !KMS_KEY.test(keyIdOf(settings))) return first ? [first, ...others] : []
  return [{ ...first, inputs: { ...first.inputs, settle: true } }, ...others]
}

/** The settings say another key than those that are installed, or somebody has put in another. */
export function encryptionReason({ settings }: Observed, context: PlanContext): Reason {
  const asked = settings !== undefined && keyIdOf(settings) !== keyIdOf(context.settings)
  return asked ? 'settings' : context.reasonForMissing
}

/** SSM gives back what it was given: an ARN, an id or an alias; no key at all is the default one. */
function keyOf({ keyId }: Parameter, { identity }: Observed): string {
  if (keyId === '' || keyId.endsWith(`:${AWS_MANAGED_KEY}`)) return AWS_MANAGED_KEY
  const asArn = `arn:aws:kms:us-east-1:${identity.account}:key/${keyId}`
  return KMS_KEY.test(asArn) ? asArn : keyId
}
