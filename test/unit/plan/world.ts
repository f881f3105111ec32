import type { IssuerJwk } from '../../../src/access/jwk.ts'
import type { OktaMetadata } from '../../../src/access/edge-config.ts'
import type { Settings } from '../../../src/access/settings.ts'
import type { PlanInput } from '../../../src/plan/context.ts'
import type { Behavior, Distribution } from '../../../src/plan/distribution/distribution.ts'
import type { Observed, OktaGroup } from '../../../src/plan/observed.ts'

export const ID = 'E2QWRUHAPOMQZL'
export const ACCOUNT = '123456789012'
export const READERS: OktaGroup = { id: 'g-readers', name: 'Readers', type: 'OKTA_GROUP' }
export const OTHERS: OktaGroup = { id: 'g-others', name: 'Others', type: 'OKTA_GROUP' }

export const INPUT: PlanInput = {
  now: '2026-03-01T12:00:00.000Z',
  tool: '0.1.0',
  build: 'b'.repeat(64),
  ssmEndpoint: undefined,
}

export function settingsOf(change: Partial<Settings> = {}): Settings {
  return {
    version: 1,
    distribution: ID,
    hosts: ['reports.example.com'],
    behaviors: 'all',
    okta: {
      orgUrl: 'https://acme.okta.com',
      authorizationServer: 'org',
      refreshToken: { rotation: 'STATIC' },
    },
    allow: { groups: ['Readers'] },
    session: { tokenMinutes: 15, maxHours: 12, graceMinutes: 0 },
    keys: { maxAgeDays: 90 },
    access: { public: [], rules: [] },
    site: {},
    ssm: {},
    function: { runtime: 'nodejs22.x', logLevel: 'info' },
    status: { accept: [] },
    ...change,
  }
}

export function behaviorOf(pattern: string, change: Partial<Behavior> = {}): Behavior {
  return {
    pattern,
    targetOriginId: 'bucket',
    viewerProtocolPolicy: 'redirect-to-https',
    allowedMethods: ['GET', 'HEAD'],
    signed: false,
    lambda: [],
    functions: [],
    ...change,
  }
}

export function distributionOf(change: Partial<Distribution> = {}): Distribution {
  return {
    id: ID,
    arn: `arn:aws:cloudfront::${ACCOUNT}:distribution/${ID}`,
    domainName: 'd111111abcdef8.cloudfront.net',
    status: 'Deployed',
    enabled: true,
    staging: false,
    multiTenant: false,
    continuousDeployment: false,
    aliases: ['reports.example.com'],
    defaultRootObject: 'index.html',
    customErrorResponses: [],
    origins: [
      {
        id: 'bucket',
        domainName: 'site.s3.us-east-1.amazonaws.com',
        kind: 's3',
        originPath: '',
        customHeaders: [],
        originAccessControlId: 'E1OAC',
        originAccessIdentity: '',
      },
    ],
    behaviors: [behaviorOf('/assets/*'), behaviorOf('default')],
    tags: {},
    ...change,
  }
}

export function metadataOf(kid = 'okta-1'): OktaMetadata {
  const key: IssuerJwk = { kty: 'RSA', kid, n: 'n', e: 'AQAB' }
  return {
    issuer: 'https://acme.okta.com',
    authorizationEndpoint: 'https://acme.okta.com/oauth2/v1/authorize',
    tokenEndpoint: 'https://acme.okta.com/oauth2/v1/token',
    endSessionEndpoint: 'https://acme.okta.com/oauth2/v1/logout',
    revocationEndpoint: 'https://acme.okta.com/oauth2/v1/revoke',
    userinfoEndpoint: 'https://acme.okta.com/oauth2/v1/userinfo',
    jwksUri: 'https://acme.okta.com/oauth2/v1/keys',
    issParameterSupported: false,
    keys: [key],
  }
}

/** An account with a distribution and an org with its groups, and nothing of the guard. */
export function emptyWorld(change: Partial<Distribution> = {}): Observed {
  return {
    identity: { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/ops`, partition: 'aws' },
    distribution: distributionOf(change),
    role: undefined,
    lambda: undefined,
    parameters: [],
    manifest: undefined,
    settings: undefined,
    before: undefined,
    revocations: undefined,
    versionArn: undefined,
    okta: {
      checked: true,
      app: undefined,
      foreignApp: undefined,
      assigned: [],
      wanted: [READERS],
      unclear: [],
      metadata: metadataOf(),
    },
  }
}
