import type { GuardErrorOptions } from '../errors/guard-error.ts'
import type { FailureContext } from './types.ts'
import type { TokenRefusal } from './token-refusal.ts'

/** Why a service app got no access token, and which page of the admin console mends it. */
export function tokenRefusalFailure(
  refusal: TokenRefusal,
  { orgUrl, credentials }: FailureContext,
): GuardErrorOptions {
  if (refusal.error === '') {
    return refusal.httpStatus >= 500
      ? {
          code: 'okta-failed',
          message: `Okta's token endpoint failed: HTTP ${refusal.httpStatus} without an explanation.`,
          hint: 'Run the same command again; https://status.okta.com tells of outages.',
        }
      : {
          code: 'okta-not-okta',
          message: `${orgUrl} is not an Okta org: its token endpoint answered something other than JSON (HTTP ${refusal.httpStatus}).`,
          hint: 'Give the address at which people sign in, for example https://acme.okta.com.',
        }
  }
  const id = credentials.kind === 'service-app' ? ` ${credentials.clientId}` : ''
  const said = [refusal.error, refusal.description.replace(/\.$/, '')].filter((part) => part !== '')
  const message = `Okta gives the service app${id} from ${credentials.source} no access token: ${said.join(': ')}.`
  if (refusal.httpStatus === 429) {
    return {
      code: 'okta-throttled',
      message,
      hint: 'Wait and run the same command again; it goes on where it stopped.',
    }
  }
  if (refusal.error === 'invalid_scope') {
    return {
      code: 'okta-denied',
      message,
      hint: "Grant okta.apps.manage and okta.groups.read on the service app's Okta API Scopes tab; only a Super Admin can.",
    }
  }
  return {
    code: refusal.httpStatus >= 500 ? 'okta-failed' : 'okta-credentials',
    message,
    hint: 'Check in the admin console that the service app is active, that its client ID is this one, and that the public half of this key, with the same key ID, is among its public keys.',
  }
}
