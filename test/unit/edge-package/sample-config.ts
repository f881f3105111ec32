import type { EdgeConfig } from '../../../src/access/edge-config.ts'

/** A configuration as the CLI bakes it; the keys are made up, nobody signs with them. */
export const sampleConfig: EdgeConfig = {
  version: 1,
  distribution: 'E2QWRUHAPOMQZL',
  origins: ['https://reports.example.com'],
  clientId: '0oa1client',
  oktaHost: 'acme.okta.com',
  okta: {
    issuer: 'https://acme.okta.com',
    authorizationEndpoint: 'https://acme.okta.com/oauth2/v1/authorize',
    tokenEndpoint: 'https://acme.okta.com/oauth2/v1/token',
    endSessionEndpoint: 'https://acme.okta.com/oauth2/v1/logout',
    revocationEndpoint: 'https://acme.okta.com/oauth2/v1/revoke',
    userinfoEndpoint: 'https://acme.okta.com/oauth2/v1/userinfo',
    jwksUri: 'https://acme.okta.com/oauth2/v1/keys',
    issParameterSupported: false,
    keys: [{ kty: 'RSA', kid: 'okta-1', n: 'sXch', e: 'AQAB' }],
  },
  sessionKeys: [{ kty: 'RSA', kid: 's-1', alg: 'RS256', use: 'sig', n: 'u1SU', e: 'AQAB' }],
  session: { tokenSeconds: 900, maxSeconds: 43_200, graceSeconds: 0 },
  access: { public: ['/robots.txt'], rules: [], revision: 1 },
  site: {},
  notBefore: { everyone: 0, users: {} },
  log: 'info',
  secrets: {
    region: 'us-east-1',
    session: '/s3-okta-guard/E2QWRUHAPOMQZL/keys/session',
    client: '/s3-okta-guard/E2QWRUHAPOMQZL/keys/client',
    seal: '/s3-okta-guard/E2QWRUHAPOMQZL/keys/seal',
  },
}
