import type { EdgeAccess, EdgeConfig } from '../src/access/edge-config.ts'
import type { PublicRsaJwk } from '../src/access/jwk.ts'
import { subjectHash } from '../src/access/subject.ts'
import { CLIENT_ID, DISTRIBUTION } from './tokens.ts'

export const HOST = 'reports.example.com'
export const ORIGIN = `https://${HOST}`
/** A path that {@link rules} let nobody of the bench into, and one that is open to everybody in it. */
export const REFUSED_PATH = '/area-1/index.html'
export const PAGE_PATH = '/reports/2026/index.html'

const REVOKED_USERS = 100

/** A configuration of the least that works, with its two public keys. */
export function configWith(
  sessionKey: PublicRsaJwk,
  oktaKey: PublicRsaJwk,
  okta = 'https://acme.okta.com',
): EdgeConfig {
  const isStandIn = okta.startsWith('http:')
  return {
    version: 1,
    distribution: DISTRIBUTION,
    origins: [ORIGIN],
    clientId: CLIENT_ID,
    oktaHost: 'acme.okta.com',
    okta: {
      issuer: okta,
      authorizationEndpoint: `${okta}/oauth2/v1/authorize`,
      tokenEndpoint: `${okta}/oauth2/v1/token`,
      endSessionEndpoint: `${okta}/oauth2/v1/logout`,
      revocationEndpoint: `${okta}/oauth2/v1/revoke`,
      userinfoEndpoint: `${okta}/oauth2/v1/userinfo`,
      jwksUri: `${okta}/oauth2/v1/keys`,
      issParameterSupported: false,
      keys: [oktaKey],
    },
    sessionKeys: [sessionKey],
    session: { tokenSeconds: 900, maxSeconds: 43_200, graceSeconds: 0 },
    access: { revision: 1, public: [], rules: [] },
    site: {},
    notBefore: {},
    log: 'info',
    secrets: {
      region: 'us-east-1',
      ...(isStandIn && { endpoint: okta }),
      session: `/s3-okta-guard/${DISTRIBUTION}/keys/session`,
      client: `/s3-okta-guard/${DISTRIBUTION}/keys/client`,
      seal: `/s3-okta-guard/${DISTRIBUTION}/keys/seal`,
    },
  }
}

/** Ten rules, three public paths and a hundred revoked users. */
export function withRules(config: EdgeConfig): EdgeConfig {
  const area = (index: number): EdgeAccess['rules'][number] => ({
    paths: [`/area-${index + 1}/*`],
    allow: { groups: [`group-${index + 1}`] },
  })
  const everyoneElse = { paths: ['/*'], allow: { emailDomains: ['example.com'] } }
  const users = Array.from({ length: REVOKED_USERS }, (_, i) => [subjectHash(`00urevoked${i}`), 1])
  return {
    ...config,
    access: {
      revision: 1,
      public: ['/robots.txt', '/favicon.ico', '/assets/*'],
      rules: [...Array.from({ length: 9 }, (_, index) => area(index)), everyoneElse],
    },
    notBefore: { users: Object.fromEntries(users) as Record<string, number> },
  }
}
