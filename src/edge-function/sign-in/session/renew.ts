import type { Instance, Session } from '../../types.ts'
import { Failure } from '../failure.ts'
import type { Secrets } from '../keys/secrets.ts'
import { oktaClient } from '../okta/client.ts'
import type { OktaClient } from '../okta/client.ts'
import { refreshGrant } from '../okta/refresh-grant.ts'
import type { Tokens } from '../okta/tokens.ts'
import { userinfo } from '../okta/userinfo.ts'
import type { Kept } from '../sealed/refresh-cookie.ts'
import { mintSession } from './mint.ts'
import { identityOf, isIncomplete } from './person.ts'
import type { Identity } from './person.ts'
import { covers, scopeOf } from './scope.ts'

/** A session without Okta's word lives no longer than this. */
const GRACE_TOKEN_SECONDS = 300

export interface Renewed {
  token: string
  /** What to keep from now on; undefined in grace, where nothing has changed. */
  kept: Kept | undefined
}

/** The same session with a new life, if Okta says so. */
export async function renew(
  instance: Instance,
  secrets: Secrets,
  session: Session,
  kept: Kept,
  gotToken: (refreshToken: string) => void,
): Promise<Renewed> {
  const { config } = instance
  if (!covers(kept.scope, scopeOf(config))) {
    throw new Failure('refresh-refused', { detail: 'scope' })
  }
  const okta = oktaClient(instance, secrets.client)
  const tokens = await refreshGrant(instance, okta, kept, gotToken)
  const { sub, sid, start } = session
  // Nothing else of the session before: what Okta no longer says of the user is no longer so.
  const minted = {
    ...(await identity(instance, okta, tokens, session)),
    sub,
    sid,
    start,
    rev: config.access.revision,
  }
  const token = mintSession(instance, secrets.session, minted, config.session.tokenSeconds)
  return {
    token,
    kept: {
      ...kept,
      refreshToken: tokens.refreshToken ?? kept.refreshToken,
      idToken: tokens.idToken ?? kept.idToken,
      confirmedAt: Math.floor(instance.now() / 1000),
    },
  }
}

/**
 * A short life for a session while Okta fails, counted from Okta's last word; undefined when there is
 * no grace left. It keeps its revision: what the rules need anew, only Okta can say.
 */
export function renewInGrace(
  instance: Instance,
  secrets: Secrets,
  session: Session,
  { confirmedAt }: Kept,
): Renewed | undefined {
  const left = confirmedAt + instance.config.session.graceSeconds - instance.now() / 1000
  if (left < 1) return
  const seconds = Math.min(GRACE_TOKEN_SECONDS, Math.floor(left))
  return { token: mintSession(instance, secrets.session, session, seconds), kept: undefined }
}

/** Without a new ID token what the session says stands; groups that the rules need are asked for. */
async function identity(
  instance: Instance,
  okta: OktaClient,
  { claims, accessToken }: Tokens,
  { sub, email, name }: Session,
): Promise<Identity> {
  const { config } = instance
  const said = claims ?? { email, name }
  return identityOf(
    config,
    isIncomplete(config, said)
      ? { ...said, ...(await userinfo(instance, okta, accessToken, sub)) }
      : said,
  )
}
