import { createPrivateKey } from 'node:crypto'
import type { JsonWebKey, KeyObject } from 'node:crypto'
import { GuardError } from '../errors/guard-error.ts'
import type { OktaCredentials } from './types.ts'

/** Every field that the SDK would else take from the environment or from an `okta.yaml`. */
export interface SdkAuth {
  authorizationMode: 'SSWS' | 'PrivateKey'
  token: string
  clientId: string
  scopes: string[]
  privateKey: string
  keyId: string
}

/** Checks the credentials as far as that needs no request, in the form that the SDK takes. */
export function sdkAuth(credentials: OktaCredentials): SdkAuth {
  const none = { token: '', clientId: '', scopes: [], privateKey: '', keyId: '' }
  if (credentials.kind === 'token') {
    const { token, source } = credentials
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw refused(
        `The Okta API token from ${source} is ${token === '' ? 'empty' : 'not one word of plain characters'}.`,
        'Give the token alone, as the admin console showed it once.',
      )
    }
    return { ...none, authorizationMode: 'SSWS', token }
  }
  const { clientId, scopes, keyId, privateKey, source } = credentials
  const jwk = rsaJwk(privateKey, source)
  const kid = keyId ?? jwkMember(privateKey, 'kid')
  return {
    ...none,
    authorizationMode: 'PrivateKey',
    clientId,
    scopes,
    keyId: kid ?? '',
    privateKey: JSON.stringify({ ...jwk, ...(kid === undefined ? {} : { kid }) }),
  }
}

/** The SDK signs its DPoP proof as RS256 whatever the key is, so that any other kind fails inside it. */
function rsaJwk(privateKey: string, source: string): JsonWebKey {
  const key = parseKey(privateKey, source)
  if (key.asymmetricKeyType !== 'rsa') {
    const kind = key.asymmetricKeyType === 'ec' ? 'EC' : (key.asymmetricKeyType ?? 'unknown')
    throw refused(
      `The private key of the Okta service app from ${source} is of kind ${kind}; only RSA keys work.`,
      "Okta's own SDK signs with RSA alone: add an RSA key to the service app (its General tab, Public keys) and use that one.",
    )
  }
  return key.export({ format: 'jwk' })
}

function parseKey(privateKey: string, source: string): KeyObject {
  const text = privateKey.trim().replaceAll('\\n', '\n')
  try {
    if (text.startsWith('{')) {
      return createPrivateKey({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' })
    }
    return createPrivateKey(text)
  } catch {
    // OpenSSL's and JSON's messages quote what they read.
    throw refused(
      `The private key of the Okta service app from ${source} cannot be read.`,
      'It must be an RSA private key without a passphrase, as PEM or as JWK.',
    )
  }
}

function jwkMember(privateKey: string, name: string): string | undefined {
  if (!privateKey.trim().startsWith('{')) return undefined
  const value = (JSON.parse(privateKey) as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : undefined
}

function refused(message: string, hint: string): GuardError {
  return new GuardError({ code: 'okta-credentials', message, hint })
}
