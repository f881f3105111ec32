import type { PublicRsaJwk } from '../../access/jwk.ts'
import type { Settings } from '../../access/settings.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { adminSheet, type AdminSheet } from '../../plan/okta/admin-sheet.ts'
import type { Manifest } from '../../plan/manifest.ts'
import { serverOf } from '../../plan/resources/okta-client.ts'
import type { Observed } from '../../plan/observed.ts'
import { isGiven, type Plan } from '../../plan/types.ts'
import { assertSecretTaken, type Server } from '../../provision/client.ts'
import type { Cloud } from '../../provision/cloud.ts'
import type { Output } from '../../ui/output.ts'

/** A secret that was given is tried before it is stored, or said to be of no use. */
export async function tryGivenSecret(
  { okta, distribution }: Settings,
  observed: Observed,
  plan: Plan,
  cloud: Cloud,
  output: Pick<Output, 'notice'>,
): Promise<void> {
  const { clientSecret } = cloud
  if (clientSecret === undefined) return
  if (!okta.client) throw noClient()
  if (!plan.steps.some(({ inputs }) => isGiven(inputs['key']))) {
    output.notice(
      `The client secret in SSM stays. To put another in its place: s3-okta-guard rotate-keys --only client --client-secret-file FILE --distribution ${distribution}`,
    )
    return
  }
  await assertTaken(okta.client.id, observed, clientSecret, cloud)
}

export async function assertTaken(
  clientId: string,
  observed: Observed,
  secret: string,
  cloud: Cloud,
): Promise<void> {
  const server = serverOf(observed)
  if (server) await assertSecretTaken(secret, clientId, server as Server, cloud)
}

export function noClient(): GuardError {
  return new GuardError({
    code: 'usage',
    message:
      'A client secret was given, and the guard has an Okta app of its own, which needs none.',
    hint: 'Name the app that your Okta admin looks after with --client-id, or leave --client-secret-file out.',
  })
}

/** undefined: the guard has its own app. */
export function sheetOf(
  settings: Settings,
  manifest: Manifest | undefined,
): AdminSheet | undefined {
  const { client } = settings.okta
  return client && adminSheet(settings, client, publicKeys(manifest))
}

function publicKeys(manifest: Manifest | undefined): PublicRsaJwk[] {
  return manifest?.keys.client.flatMap((entry) => entry.public ?? []) ?? []
}
