import { generateKeyPairSync, randomBytes } from 'node:crypto'
import {
  CloudFrontClient,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateFunctionCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import type { EdgeConfig, OktaMetadata } from '../../src/access/edge-config.ts'
import type { IssuerJwk, PublicRsaJwk } from '../../src/access/jwk.ts'
import { ROUTES } from '../../src/access/names.ts'
import { loadEdgeBuild } from '../../src/edge-package/build.ts'
import { makeEdgeZip } from '../../src/edge-package/zip.ts'
import { type NewSite, type Sandbox, type Site, startSandbox } from '../../src/sandbox/index.ts'
import type { GroupsClaim, RefreshTokenSettings } from '../../src/sandbox/okta/store.ts'

export const PEOPLE = {
  ada: { login: 'ada@tidewater.example', password: 'ferry-harbor-1', name: 'Ada Byron' },
  ben: { login: 'ben@tidewater.example', password: 'ferry-island-2', name: 'Ben Okri' },
  eve: { login: 'eve@tidewater.example', password: 'ferry-nobody-3', name: 'Eve Stranger' },
} as const

/**
 * What tests move by hand: people and groups with `sandbox.okta` (`addToGroup`, `removeFromGroup`,
 * `suspendUser`, `endSessions`, `setGroupsClaim`), time with `sandbox.clock.advance`, edge locations
 * with `sandbox.cloudfront` (`edgeFor`, `hold`, `release`), faults with `sandbox.operations.arm`.
 */
export interface GuardedSite {
  sandbox: Sandbox
  site: Site
  appId: string
  /** Of the version that was published last. */
  config: EdgeConfig
  /** A new version with another configuration; edges on hold go on with the one before. */
  publish(change: (config: EdgeConfig) => EdgeConfig): Promise<void>
  close(): Promise<void>
}

function rsa(kid: string): { public: PublicRsaJwk; private: Record<string, string> } {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const about = { kid, alg: 'RS256', use: 'sig' } as const
  const { n = '', e = '' } = pair.publicKey.export({ format: 'jwk' })
  const secret = pair.privateKey.export({ format: 'jwk' }) as Record<string, string>
  return { public: { kty: 'RSA', n, e, ...about }, private: { ...secret, ...about } }
}

async function metadata(url: string): Promise<OktaMetadata> {
  const answer = await fetch(`${url}/.well-known/openid-configuration`)
  const found = (await answer.json()) as Record<string, string>
  const jwks = (await (await fetch(found['jwks_uri'] ?? '')).json()) as { keys: IssuerJwk[] }
  return {
    issuer: found['issuer'] ?? '',
    authorizationEndpoint: found['authorization_endpoint'] ?? '',
    tokenEndpoint: found['token_endpoint'] ?? '',
    endSessionEndpoint: found['end_session_endpoint'] ?? '',
    revocationEndpoint: found['revocation_endpoint'] ?? '',
    userinfoEndpoint: found['userinfo_endpoint'] ?? '',
    jwksUri: found['jwks_uri'] ?? '',
    issParameterSupported: Boolean(found['authorization_response_iss_parameter_supported']),
    keys: jwks.keys.map(({ kid, n, e }) => ({ kty: 'RSA', kid, n, e })),
  }
}

export interface GuardedSiteOptions {
  site?: NewSite
  /** Of the configuration of the first version: access, site, session … */
  change?: (config: EdgeConfig) => EdgeConfig
  /** How Okta renews tokens; `STATIC` unless told. */
  refreshToken?: RefreshTokenSettings
  /** None unless told: then Okta says nothing about groups. */
  groupsClaim?: GroupsClaim
  /** In place of a client key. */
  clientSecret?: string
}

async function createApp(
  sandbox: Sandbox,
  origin: string,
  key: PublicRsaJwk,
  refreshToken: RefreshTokenSettings,
  secret: string | undefined,
): Promise<string> {
  const authentication =
    secret === undefined
      ? { token_endpoint_auth_method: 'private_key_jwt' }
      : { token_endpoint_auth_method: 'client_secret_basic', client_secret: secret }
  const headers = {
    authorization: `SSWS ${sandbox.okta.token}`,
    'content-type': 'application/json',
  }
  const answer = await fetch(`${sandbox.okta.url}/api/v1/apps`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      name: 'oidc_client',
      label: 'Tidewater reports',
      signOnMode: 'OPENID_CONNECT',
      credentials: { oauthClient: { ...authentication, pkce_required: true } },
      settings: {
        oauthClient: {
          application_type: 'web',
          response_types: ['code'],
          grant_types: ['authorization_code', 'refresh_token'],
          refresh_token: refreshToken,
          redirect_uris: [origin + ROUTES.callback],
          post_logout_redirect_uris: [origin + ROUTES.signedOut],
          initiate_login_uri: origin + ROUTES.login,
          ...(secret === undefined && { jwks: { keys: [key] } }),
        },
      },
    }),
  })
  const { id } = (await answer.json()) as { id: string }
  for (const group of sandbox.okta.store.groups.values())
    if (group.name === 'Reports')
      await fetch(`${sandbox.okta.url}/api/v1/apps/${id}/groups/${group.id}`, {
        method: 'PUT',
        headers,
      })
  return id
}

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] },
      Action: 'sts:AssumeRole',
    },
  ],
})

async function publish(
  sandbox: Sandbox,
  name: string,
  rings: Record<string, unknown>,
  zip: Uint8Array,
) {
  const { url: endpoint, credentials, region, account } = sandbox.aws
  const settings = { endpoint, credentials, region }
  const iam = new IAMClient(settings)
  const role = await iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: TRUST }),
  )
  const arn = `arn:aws:ssm:us-east-1:${account}:parameter`
  const Resource = Object.keys(rings).map((parameter) => `${arn}${parameter}`)
  const statement = { Effect: 'Allow', Action: 'ssm:GetParameters', Resource }
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: name,
      PolicyName: 'guard',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    }),
  )
  const ssm = new SSMClient(settings)
  for (const [Name, ring] of Object.entries(rings))
    await ssm.send(
      new PutParameterCommand({ Name, Value: JSON.stringify(ring), Type: 'SecureString' }),
    )
  const made = await new LambdaClient(settings).send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: role.Role?.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 5,
      MemorySize: 128,
      Publish: true,
      Code: { ZipFile: zip },
    }),
  )
  return numbered(made)
}

async function publishAgain(sandbox: Sandbox, name: string, zip: Uint8Array): Promise<string> {
  const { url: endpoint, credentials, region } = sandbox.aws
  const client = new LambdaClient({ endpoint, credentials, region })
  const code = { FunctionName: name, ZipFile: zip, Publish: true }
  return numbered(await client.send(new UpdateFunctionCodeCommand(code)))
}

interface Published {
  FunctionArn?: string | undefined
  Version?: string | undefined
}

function numbered({ FunctionArn = '', Version }: Published): string {
  return /:\d+$/.test(FunctionArn) ? FunctionArn : `${FunctionArn}:${Version}`
}

async function attach(sandbox: Sandbox, id: string, arn: string): Promise<void> {
  const { url: endpoint, credentials, region } = sandbox.aws
  const client = new CloudFrontClient({ endpoint, credentials, region })
  const read = await client.send(new GetDistributionConfigCommand({ Id: id }))
  const config = read.DistributionConfig!
  const association = {
    Quantity: 1,
    Items: [{ EventType: 'viewer-request' as const, LambdaFunctionARN: arn }],
  }
  for (const behavior of [config.DefaultCacheBehavior!, ...(config.CacheBehaviors?.Items ?? [])])
    behavior.LambdaFunctionAssociations = association
  await client.send(
    new UpdateDistributionCommand({ Id: id, DistributionConfig: config, IfMatch: read.ETag }),
  )
}

/** A sandbox with a site whose guard was put there by hand, without the command line. */
export async function startGuardedSite(options: GuardedSiteOptions = {}): Promise<GuardedSite> {
  const sandbox = await startSandbox()
  try {
    sandbox.okta.addUser({ ...PEOPLE.ada, groups: ['Reports'] })
    sandbox.okta.addUser({ ...PEOPLE.ben, groups: ['Reports', 'Crew'] })
    sandbox.okta.addUser(PEOPLE.eve)
    const site = sandbox.createSite(options.site)
    const [session, client] = [rsa('session-1'), rsa('client-1')]
    const { refreshToken = { rotation_type: 'STATIC' }, clientSecret } = options
    const appId = await createApp(sandbox, site.url, client.public, refreshToken, clientSecret)
    sandbox.okta.setGroupsClaim(appId, options.groupsClaim)
    const prefix = `/s3-okta-guard/${site.distributionId}/keys`
    const plain: EdgeConfig = {
      version: 1,
      distribution: site.distributionId,
      origins: [site.url],
      clientId: appId,
      oktaHost: new URL(sandbox.okta.url).host,
      okta: await metadata(sandbox.okta.url),
      sessionKeys: [session.public],
      session: { tokenSeconds: 900, maxSeconds: 43_200, graceSeconds: 0 },
      access: { public: [], rules: [], revision: 1 },
      site: { defaultRootObject: 'index.html' },
      notBefore: { everyone: 0, users: {} },
      log: 'info',
      secrets: {
        region: 'us-east-1',
        endpoint: sandbox.aws.url,
        session: `${prefix}/session`,
        client: `${prefix}/client`,
        seal: `${prefix}/seal`,
      },
    }
    const config = options.change?.(plain) ?? plain
    const build = await loadEdgeBuild()
    const rings = {
      [config.secrets.session]: { version: 1, keys: [{ kid: 'session-1', key: session.private }] },
      [config.secrets.client]: {
        version: 1,
        keys: [{ kid: 'client-1', key: clientSecret ?? client.private }],
      },
      [config.secrets.seal]: {
        version: 1,
        keys: [{ kid: 'seal-1', key: randomBytes(32).toString('base64url') }],
      },
    }
    const name = `s3-okta-guard-${site.distributionId}`
    const { bytes } = makeEdgeZip(build, config)
    await attach(sandbox, site.distributionId, await publish(sandbox, name, rings, bytes))
    const guarded: GuardedSite = {
      sandbox,
      site,
      appId,
      config,
      async publish(change) {
        guarded.config = change(guarded.config)
        const zip = makeEdgeZip(build, guarded.config).bytes
        await attach(sandbox, site.distributionId, await publishAgain(sandbox, name, zip))
      },
      close: () => sandbox.close(),
    }
    return guarded
  } catch (error) {
    await sandbox.close()
    throw error
  }
}
