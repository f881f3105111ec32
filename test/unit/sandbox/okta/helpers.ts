import { generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import type okta from '@okta/okta-sdk-nodejs'
import type { ClientKey } from '../../../../src/sandbox/okta/store.ts'

/** An RSA pair as JWKs. */
export function keyPair(kid: string): { public: ClientKey; private: JsonWebKey } {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const about = { kid, alg: 'RS256', use: 'sig' }
  return {
    public: { ...pair.publicKey.export({ format: 'jwk' }), kty: 'RSA', ...about },
    private: { ...pair.privateKey.export({ format: 'jwk' }), ...about },
  }
}

/** An OIDC web app as the tool would create it. */
export function webApp(label: string, keys: ClientKey[] = [keyPair('first').public]) {
  return {
    name: 'oidc_client',
    label,
    signOnMode: 'OPENID_CONNECT',
    credentials: {
      oauthClient: { token_endpoint_auth_method: 'private_key_jwt', pkce_required: true },
    },
    settings: {
      oauthClient: {
        application_type: 'web',
        response_types: ['code'],
        grant_types: ['authorization_code'],
        redirect_uris: ['http://localhost:9/_guard/callback'],
        post_logout_redirect_uris: ['http://localhost:9/_guard/signed-out'],
        issuer_mode: 'ORG_URL',
        consent_method: 'TRUSTED',
        jwks: { keys },
      },
    },
    profile: { managedBy: 'test' },
  } as unknown as okta.OpenIdConnectApplication
}
