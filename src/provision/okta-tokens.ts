import { GuardError } from '../errors/guard-error.ts'
import type { InstalledApp } from '../plan/manifest.ts'
import type { OktaTokens } from '../plan/resources/okta-tokens.ts'
import type { Step } from '../plan/types.ts'
import type { Cloud } from './cloud.ts'
import { executors } from './steps/index.ts'

/**
 * Whom Okta knows by this name. The edges end sessions without Okta, so whatever is wrong with it is a reason
 * to be told, and none to stop. Credentials go to the org that they were given for and to no other.
 */
export async function findOktaTokens(
  user: string | undefined,
  app: InstalledApp | undefined,
  { okta }: Pick<Cloud, 'okta'>,
): Promise<OktaTokens> {
  if (!okta) return { reachable: false, reason: 'no Okta credentials' }
  if (!app) return { reachable: false, reason: 'no Okta app is on record' }
  if (okta.orgUrl !== app.orgUrl) {
    return {
      reachable: false,
      reason: `these credentials are for ${okta.orgUrl}, not ${app.orgUrl}`,
    }
  }
  if (app.appId === undefined && user === undefined) {
    return { reachable: false, reason: `the app ${app.clientId} is its Okta admin's to revoke` }
  }
  const { appId = app.clientId, clientId } = app
  try {
    const users = user === undefined ? [] : await okta.findUsers(user)
    return { reachable: true, appId, clientId, users }
  } catch (error) {
    return { reachable: false, reason: reasonOf(error) }
  }
}

/** One call of Okta's; the reason why not, or undefined when it is done. */
export async function revokeOktaTokens(
  { kind, inputs }: Step,
  cloud: Cloud,
  distribution: string,
): Promise<string | undefined> {
  try {
    await executors[kind]?.(inputs, cloud, { distribution, note: () => undefined })
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof GuardError && error.code !== 'interrupted') return error.message
  throw error
}
