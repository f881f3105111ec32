import type { Settings } from '../../access/settings.ts'
import { GuardError } from '../../errors/guard-error.ts'
import { isAdmins, type InstalledApp } from '../manifest.ts'
import type { Observed } from '../observed.ts'

/** Sessions, keys and records are those of one app: another one is another install. */
export function refuseOtherApp({ okta, distribution }: Settings, { manifest }: Observed): void {
  if (!manifest) return
  const { client } = okta
  const { okta: found } = manifest
  const adopted = isAdmins(found) ? found : undefined
  if (client?.id === adopted?.clientId && client?.authentication === adopted?.authentication) {
    return
  }
  const isBegun = manifest.state === 'installing' && manifest.function === undefined
  // What was typed wrong is put right: nobody has signed in with it.
  if (isBegun && client && adopted) return
  throw new GuardError({
    code: 'okta-app-other',
    message: `The guard on ${distribution} is installed with ${appWords(found)}, and ${client ? `the Okta app ${client.id} (${client.authentication})` : 'an app of its own'} is wanted now.`,
    hint: isBegun
      ? 'That install is not finished, and the site is as it was. Take away what was begun, then run this again.'
      : 'Name the one that is installed, or take the guard away and install it anew: the site is public in between, and everybody signs in again.',
    next: [`s3-okta-guard teardown --distribution ${distribution} --confirm ${distribution}`],
  })
}

function appWords(app: InstalledApp | undefined): string {
  if (!isAdmins(app)) return 'an Okta app of its own'
  return `the Okta app ${app.clientId} (${app.authentication})`
}
