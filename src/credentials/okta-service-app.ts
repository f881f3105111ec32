import { GuardError } from '../errors/guard-error.ts'
import type { OktaCredentials } from '../okta/types.ts'

export type ServiceAppField = 'clientId' | 'privateKey' | 'keyId' | 'scopes'

const MINIMUM_SCOPES = ['okta.apps.manage', 'okta.groups.read']

/** A service app is whole or refused. Scopes and key ID may be left out: the least, and the key's own. */
export function serviceApp(
  source: string,
  nameOf: (field: ServiceAppField) => string,
  valueOf: (field: ServiceAppField) => string | undefined,
): OktaCredentials {
  const clientId = valueOf('clientId')
  const privateKey = valueOf('privateKey')
  if (clientId === undefined || privateKey === undefined) {
    const absent = (['clientId', 'privateKey'] as const)
      .filter((field) => valueOf(field) === undefined)
      .map(nameOf)
    throw new GuardError({
      code: 'okta-credentials',
      message: `The Okta service app in ${source} is incomplete: ${absent.join(' and ')} missing.`,
      hint: 'A service app needs its client ID and its RSA private key.',
    })
  }
  const scopes = (valueOf('scopes') ?? '').split(/[\s,]+/).filter((scope) => scope !== '')
  return {
    kind: 'service-app',
    clientId,
    privateKey,
    keyId: valueOf('keyId'),
    scopes: scopes.length > 0 ? scopes : MINIMUM_SCOPES,
    source,
  }
}
