import type { PublicRsaJwk } from '../../../src/access/jwk.ts'
import type { OktaAppFields } from '../../../src/plan/observed.ts'

export const KEY: PublicRsaJwk = {
  kty: 'RSA',
  kid: 'one',
  alg: 'RS256',
  use: 'sig',
  n: 'sXchTg'.repeat(57),
  e: 'AQAB',
}

export const FIELDS: OktaAppFields = {
  label: 'S3 Okta Guard: reports.example.com',
  redirectUris: ['https://reports.example.com/_guard/callback'],
  postLogoutRedirectUris: ['https://reports.example.com/_guard/signed-out'],
  initiateLoginUri: 'https://reports.example.com/_guard/login',
  grantTypes: ['authorization_code', 'refresh_token'],
  responseTypes: ['code'],
  applicationType: 'web',
  tokenEndpointAuthMethod: 'private_key_jwt',
  pkceRequired: true,
  consentMethod: 'TRUSTED',
  issuerMode: 'ORG_URL',
  jwks: [KEY],
  refreshToken: { rotation: 'STATIC' },
  profile: { managedBy: 's3-okta-guard', distribution: 'E123', awsAccount: '111122223333' },
}
