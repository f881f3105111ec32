import type { OktaClientSettings, Settings } from '../../access/settings.ts'
import { isAdmins, type Manifest } from '../../plan/manifest.ts'
import type { ClientObserved, Observed } from '../../plan/observed.ts'
import type { Finding } from '../../plan/types.ts'

/** What can be told of an app that is its admin's, without their rights: none where the guard has its own. */
export function checkClient({ okta }: Settings, observed: Observed): Finding[] {
  if (!okta.client || observed.okta.checked || !observed.okta.client) return []
  const { client: seen } = observed.okta
  return [
    ...(observed.manifest?.state === 'installed' ? refusedSignIns(okta.client.id, seen) : []),
    ...withoutPkce(okta.client.id, seen),
    unchecked(okta.client, observed.manifest),
  ]
}

function refusedSignIns(clientId: string, { begun }: ClientObserved): Finding[] {
  return begun.flatMap(({ redirectUri, answer }): Finding[] => {
    if (answer.kind !== 'refused') return []
    return [
      {
        code: 'okta-client',
        severity: 'broken',
        subject: redirectUri,
        message: `Nobody can sign in at ${new URL(redirectUri).host}: the Okta app ${clientId} does not take ${redirectUri} (${answer.error}).`,
        next: 'Have your Okta admin enter what init --dry-run prints.',
      },
    ]
  })
}

/** The guard always uses PKCE; an app that does not insist on it lets others do without. */
function withoutPkce(clientId: string, { pkceRequired }: ClientObserved): Finding[] {
  if (pkceRequired !== false) return []
  return [
    {
      code: 'okta-client-pkce',
      severity: 'info',
      subject: '',
      message: `The Okta app ${clientId} takes sign-ins without PKCE as well.`,
      next: 'Have your Okta admin set Proof Key for Code Exchange (PKCE) to required.',
    },
  ]
}

function unchecked(
  { id, authentication }: OktaClientSettings,
  manifest: Manifest | undefined,
): Finding {
  const what = authentication === 'client_secret' ? 'secret' : 'key'
  const asked =
    isAdmins(manifest?.okta) && manifest.okta.tried
      ? `A sign-in was begun there; the ${what} was tried when it was put in use. `
      : ''
  return {
    code: 'okta-not-checked',
    severity: 'info',
    subject: id,
    message: `${asked}What your Okta admin alone sees of the app was not checked: sign-out redirect URIs, the initiate login URI, assignments, the kind of refresh tokens.`,
    next: '',
  }
}
