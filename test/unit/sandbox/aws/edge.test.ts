import { PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { GetParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { signed } from '../../../../src/edge-function/sign-in/keys/sigv4.ts'
import { sdkClients, startTestAws } from '../../../helpers/sandbox-aws.ts'
import type { TestAws } from '../../../helpers/sandbox-aws.ts'
import { RICH_XML, withLambda } from './distribution.fixture.ts'
import { awsError, FUNCTION, publishedVersion, zipOf } from './fixtures.ts'

describe('what the edges see', () => {
  let cloud: TestAws
  beforeEach(async () => {
    cloud = await startTestAws({ delays: { deploy: 60_000 } })
  })
  afterEach(() => cloud.close())

  it('reads a distribution in matching order, the default behavior last', () => {
    const { id } = cloud.aws.createDistributionFromXml({ domainName: 'localhost:1', xml: RICH_XML })
    expect(cloud.aws.edge.deployed('localhost:1')).toEqual({
      id,
      domainName: 'localhost:1',
      enabled: true,
      aliases: ['www.example.com', '*.example.org'],
      defaultRootObject: 'home.html',
      origins: [
        { id: 'site', domainName: 'b.s3.us-east-1.amazonaws.com', originPath: '/v1' },
        { id: 'api', domainName: 'api.example.com', originPath: '' },
      ],
      behaviors: [
        {
          pathPattern: '/api/*',
          targetOriginId: 'api',
          allowedMethods: ['GET', 'HEAD', 'OPTIONS'],
          viewerProtocolPolicy: 'https-only',
          viewerRequest: undefined,
        },
        {
          pathPattern: '*',
          targetOriginId: 'site',
          allowedMethods: ['GET', 'HEAD'],
          viewerProtocolPolicy: 'redirect-to-https',
          viewerRequest: undefined,
        },
      ],
      customErrorResponses: [
        { errorCode: 403, responsePagePath: '/index.html', responseCode: '200' },
      ],
    })
  })

  it.each([
    ['localhost:1', true],
    ['www.example.com', true],
    ['WWW.example.com:443', true],
    ['a.example.org', true],
    ['a.b.example.org', false],
    ['example.org', false],
    ['other.example.com', false],
  ])('answers for the host %s: %s', (host, found) => {
    cloud.aws.createDistributionFromXml({ domainName: 'localhost:1', xml: RICH_XML })
    expect(cloud.aws.edge.deployed(host) !== undefined).toBe(found)
  })

  it('goes on with the former configuration until Deployed', async () => {
    const { id } = cloud.aws.createDistributionFromXml({ domainName: 'localhost:1', xml: RICH_XML })
    const arn = await publishedVersion(cloud.clients)
    const guard = (): string | undefined =>
      cloud.aws.edge.deployed('localhost:1')?.behaviors.at(-1)?.viewerRequest
    cloud.aws.editDistribution(id, (xml) => withLambda(xml, arn))
    expect(guard()).toBeUndefined()
    cloud.clock.advance(59_999)
    expect(guard()).toBeUndefined()
    cloud.aws.editDistribution(id, (xml) => xml.replace('&lt;rich&gt;', 'richer'))
    cloud.clock.advance(59_999)
    expect(guard()).toBeUndefined()
    cloud.clock.advance(1)
    expect(guard()).toBe(arn)
  })

  it('takes an origin group for its primary origin', () => {
    const xml = RICH_XML.replace(
      '<DefaultCacheBehavior>',
      '<OriginGroups><Quantity>1</Quantity><Items><OriginGroup><Id>both</Id><Members><Quantity>2</Quantity><Items><OriginGroupMember><OriginId>site</OriginId></OriginGroupMember><OriginGroupMember><OriginId>api</OriginId></OriginGroupMember></Items></Members></OriginGroup></Items></OriginGroups>$&',
    ).replace('<TargetOriginId>site', '<TargetOriginId>both')
    cloud.aws.createDistributionFromXml({ domainName: 'localhost:1', xml })
    const distribution = cloud.aws.edge.deployed('localhost:1')
    expect(distribution?.behaviors.at(-1)?.targetOriginId).toBe('both')
    expect(distribution?.origins).toContainEqual({
      id: 'both',
      domainName: 'b.s3.us-east-1.amazonaws.com',
      originPath: '/v1',
    })
  })

  it('hides a staging distribution', () => {
    cloud.aws.createDistribution({
      domainName: 'localhost:1',
      originDomain: 'b.s3.us-east-1.amazonaws.com',
      staging: true,
    })
    expect(cloud.aws.edge.deployed('localhost:1')).toBeUndefined()
  })

  it('hands out the published zip, and nothing for another version', async () => {
    const zip = zipOf('published')
    const arn = await publishedVersion(cloud.clients, { Code: { ZipFile: zip } })
    expect(cloud.aws.edge.version(arn)).toMatchObject({
      functionName: FUNCTION,
      version: '1',
      handler: 'index.handler',
      timeout: 5,
    })
    expect(Buffer.from(cloud.aws.edge.version(arn)?.zip ?? [])).toEqual(Buffer.from(zip))
    expect(cloud.aws.edge.version(arn.replace(/:1$/, ':2'))).toBeUndefined()
    expect(cloud.aws.edge.version(arn.replace(/:1$/, ''))).toBeUndefined()
  })

  it('takes the signature of the edge function, and of no other secret', async () => {
    const arn = await publishedVersion(cloud.clients)
    const credentials = cloud.aws.edge.version(arn)?.credentials
    if (!credentials) throw new Error('no credentials')
    const ask = async (secretAccessKey: string): Promise<unknown> => {
      const body = JSON.stringify({ Names: ['/g/keys/session'], WithDecryption: true })
      const call = {
        region: 'us-east-1',
        service: 'ssm',
        host: new URL(cloud.aws.url).host,
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'AmazonSSM.GetParameters',
        },
        body,
      }
      const { host: _host, ...headers } = signed(
        call,
        { ...credentials, secretAccessKey },
        cloud.clock.now(),
      )
      const response = await fetch(cloud.aws.url, { method: 'POST', headers, body })
      return response.json()
    }
    expect(await ask(credentials.secretAccessKey)).toMatchObject({
      __type: 'AccessDeniedException',
      message: expect.stringMatching(/ssm:GetParameters/) as string,
    })
    expect(await ask('other')).toMatchObject({ __type: 'InvalidSignatureException' })
  })

  it('lets the execution role read only what its inline policy names', async () => {
    const arn = await publishedVersion(cloud.clients)
    const credentials = cloud.aws.edge.version(arn)?.credentials
    if (!credentials) throw new Error('no credentials')
    const edge = sdkClients(cloud.aws, credentials)
    const base = `arn:aws:ssm:us-east-1:${cloud.aws.account}:parameter`
    for (const name of ['/g/keys/session', '/g/keys/seal', '/g/manifest']) {
      await cloud.clients.ssm.send(
        new PutParameterCommand({ Name: name, Value: name, Type: 'SecureString' }),
      )
    }
    const identity = await edge.sts.send(new GetCallerIdentityCommand())
    expect(identity.Arn).toBe(
      `arn:aws:sts::${cloud.aws.account}:assumed-role/${FUNCTION}-role/us-east-1.${FUNCTION}`,
    )
    const get = (...Names: string[]) =>
      edge.ssm.send(new GetParametersCommand({ Names, WithDecryption: true }))
    const denied = awsError('AccessDeniedException', 400, /not authorized to perform: ssm:GetParam/)
    await expect(get('/g/keys/session')).rejects.toMatchObject(denied)
    await cloud.clients.iam.send(
      new PutRolePolicyCommand({
        RoleName: `${FUNCTION}-role`,
        PolicyName: 'guard',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Action: 'ssm:GetParameters',
            Resource: [`${base}/g/keys/*`],
          },
        }),
      }),
    )
    const answer = await get('/g/keys/session', '/g/keys/seal')
    expect(answer.Parameters?.map(({ Value }) => Value)).toEqual([
      '/g/keys/seal',
      '/g/keys/session',
    ])
    await expect(get('/g/keys/session', '/g/manifest')).rejects.toMatchObject(denied)
    await expect(
      edge.ssm.send(new PutParameterCommand({ Name: '/g/keys/x', Value: 'x', Type: 'String' })),
    ).rejects.toMatchObject(awsError('AccessDeniedException', 400))
  })
})
