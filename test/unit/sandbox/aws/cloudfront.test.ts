import { Readable } from 'node:stream'

import {
  GetDistributionCommand,
  GetDistributionConfigCommand,
  ListDistributionsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront'
import type { DistributionConfig } from '@aws-sdk/client-cloudfront'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { sdkClients, startTestAws } from '../../../helpers/sandbox-aws.ts'
import type { TestAws } from '../../../helpers/sandbox-aws.ts'
import { RICH_XML } from './distribution.fixture.ts'
import { awsError } from './fixtures.ts'

const ORIGIN = 'bucket.s3.us-east-1.amazonaws.com'
const DOMAIN = 'localhost:1'

describe('CloudFront', () => {
  let cloud: TestAws
  beforeEach(async () => {
    cloud = await startTestAws({ delays: { deploy: 60_000 } })
  })
  afterEach(() => cloud.close())

  async function read(Id: string): Promise<{ config: DistributionConfig; etag: string }> {
    const answer = await cloud.clients.cloudfront.send(new GetDistributionConfigCommand({ Id }))
    if (!answer.DistributionConfig || !answer.ETag) throw new Error('no config')
    return { config: answer.DistributionConfig, etag: answer.ETag }
  }
  function update(Id: string, DistributionConfig: DistributionConfig, IfMatch?: string) {
    return cloud.clients.cloudfront.send(
      new UpdateDistributionCommand({ Id, DistributionConfig, IfMatch }),
    )
  }

  it('shows a distribution with all that its configuration has', async () => {
    const { id, arn } = cloud.aws.createDistribution({
      domainName: DOMAIN,
      originDomain: ORIGIN,
      origins: { api: 'api.example.com' },
      aliases: ['www.example.com'],
      behaviors: [
        {
          pathPattern: '/api/*',
          targetOriginId: 'api',
          allowedMethods: ['GET', 'HEAD', 'OPTIONS'],
          functions: [
            {
              arn: `arn:aws:cloudfront::${cloud.aws.account}:function/rewrite`,
              eventType: 'viewer-response',
            },
          ],
        },
      ],
      customErrorResponses: [
        { errorCode: 403, responsePagePath: '/index.html', responseCode: '200' },
      ],
    })
    const { Distribution, ETag } = await cloud.clients.cloudfront.send(
      new GetDistributionCommand({ Id: id }),
    )
    expect(ETag).toBe(cloud.aws.distributionEtag(id))
    expect(Distribution).toMatchObject({
      Id: id,
      ARN: arn,
      Status: 'Deployed',
      DomainName: DOMAIN,
      DistributionConfig: {
        Aliases: { Items: ['www.example.com'] },
        Origins: { Quantity: 2, Items: [{ Id: 'site', DomainName: ORIGIN }, { Id: 'api' }] },
        DefaultCacheBehavior: { TargetOriginId: 'site' },
        CacheBehaviors: {
          Items: [
            {
              PathPattern: '/api/*',
              AllowedMethods: { Items: ['GET', 'HEAD', 'OPTIONS'] },
              FunctionAssociations: { Items: [{ EventType: 'viewer-response' }] },
            },
          ],
        },
        CustomErrorResponses: { Items: [{ ErrorCode: 403, ResponseCode: '200' }] },
        Enabled: true,
        Staging: false,
      },
    })
  })

  it('gives the document back as it came: unknown elements, attributes, comments', async () => {
    const { id } = cloud.aws.createDistributionFromXml({ domainName: DOMAIN, xml: RICH_XML })
    const bodies: string[] = []
    const { requestHandler } = cloud.clients.cloudfront.config
    const handle = requestHandler.handle.bind(requestHandler)
    requestHandler.handle = async (...call) => {
      const answer = await handle(...call)
      const response = answer.response as { body: AsyncIterable<Uint8Array> }
      const parts: Uint8Array[] = []
      for await (const part of response.body) parts.push(part)
      bodies.push(Buffer.concat(parts).toString('utf8'))
      response.body = Readable.from(parts)
      return answer
    }
    const { cloudfront } = cloud.clients
    await cloudfront.send(new GetDistributionConfigCommand({ Id: id }))
    await cloudfront.send(new GetDistributionCommand({ Id: id }))
    expect(bodies[0]).toBe(RICH_XML)
    expect(bodies[1]).toContain(RICH_XML.slice(RICH_XML.indexOf('<DistributionConfig')))
  })

  it('replaces the whole configuration under a new ETag', async () => {
    const { id } = cloud.aws.createDistribution({ domainName: DOMAIN, originDomain: ORIGIN })
    const { config, etag } = await read(id)
    const answer = await update(id, { ...config, Comment: 'changed' }, etag)
    expect(answer.Distribution?.Status).toBe('InProgress')
    expect(answer.ETag).not.toBe(etag)
    expect((await read(id)).config.Comment).toBe('changed')
    cloud.clock.advance(59_999)
    const get = new GetDistributionCommand({ Id: id })
    expect((await cloud.clients.cloudfront.send(get)).Distribution?.Status).toBe('InProgress')
    cloud.clock.advance(1)
    expect((await cloud.clients.cloudfront.send(get)).Distribution?.Status).toBe('Deployed')
  })

  it('refuses an update without If-Match or with an old one', async () => {
    const { id } = cloud.aws.createDistribution({ domainName: DOMAIN, originDomain: ORIGIN })
    const { config, etag } = await read(id)
    await expect(update(id, config)).rejects.toMatchObject(awsError('InvalidIfMatchVersion', 400))
    await update(id, { ...config, Comment: 'first' }, etag)
    await expect(update(id, { ...config, Comment: 'second' }, etag)).rejects.toMatchObject(
      awsError('PreconditionFailed', 412),
    )
    expect((await read(id)).config.Comment).toBe('first')
  })

  it('lets somebody else change it between a read and a write', async () => {
    const { id } = cloud.aws.createDistribution({ domainName: DOMAIN, originDomain: ORIGIN })
    cloud.aws.before('UpdateDistribution', () => {
      cloud.aws.editDistribution(id, (xml) =>
        xml.replace('<Comment></Comment>', '<Comment>theirs</Comment>'),
      )
    })
    const { config, etag } = await read(id)
    await expect(update(id, config, etag)).rejects.toMatchObject(
      awsError('PreconditionFailed', 412),
    )
    const fresh = await read(id)
    expect(fresh.config.Comment).toBe('theirs')
    await update(id, fresh.config, fresh.etag)
  })

  it.each<[string, string, number, (config: DistributionConfig) => DistributionConfig]>([
    [
      'another CallerReference',
      'IllegalUpdate',
      400,
      (config) => ({ ...config, CallerReference: 'other' }),
    ],
    [
      'a Quantity that is wrong',
      'InconsistentQuantities',
      400,
      (config) => ({ ...config, Aliases: { Quantity: 2, Items: ['a.example.com'] } }),
    ],
    [
      'a behavior without its origin',
      'NoSuchOrigin',
      404,
      (config) => ({
        ...config,
        DefaultCacheBehavior: {
          ...(config.DefaultCacheBehavior as NonNullable<typeof config.DefaultCacheBehavior>),
          TargetOriginId: 'none',
        },
      }),
    ],
    [
      'a configuration without its default behavior',
      'InvalidArgument',
      400,
      ({ DefaultCacheBehavior: _none, ...config }) => config as DistributionConfig,
    ],
    [
      'an alias of another distribution',
      'CNAMEAlreadyExists',
      409,
      (config) => ({ ...config, Aliases: { Quantity: 1, Items: ['taken.example.com'] } }),
    ],
  ])('refuses %s', async (_what, name, status, change) => {
    cloud.aws.createDistribution({
      domainName: 'localhost:2',
      originDomain: ORIGIN,
      aliases: ['taken.example.com'],
    })
    const { id } = cloud.aws.createDistribution({ domainName: DOMAIN, originDomain: ORIGIN })
    const { config, etag } = await read(id)
    await expect(update(id, change(config), etag)).rejects.toMatchObject(awsError(name, status))
    expect(cloud.aws.distributionEtag(id)).toBe(etag)
  })

  it.each(['', '<DistributionConfig>', '<Other/>', '<!DOCTYPE a><DistributionConfig/>'])(
    'refuses the document %j',
    (xml) => {
      expect(() => cloud.aws.createDistributionFromXml({ domainName: DOMAIN, xml })).toThrow(
        'The XML document is malformed.',
      )
    },
  )

  it('does not know a distribution of another account', async () => {
    const { id } = cloud.aws.createDistribution({
      domainName: DOMAIN,
      originDomain: ORIGIN,
      accountId: '999988887777',
    })
    const missing = awsError('NoSuchDistribution', 404)
    for (const Id of [id, 'ENONE']) {
      await expect(read(Id)).rejects.toMatchObject(missing)
      await expect(
        cloud.clients.cloudfront.send(new GetDistributionCommand({ Id })),
      ).rejects.toMatchObject(missing)
    }
    const other = sdkClients(cloud.aws, cloud.aws.addIdentity({ account: '999988887777' }))
    await expect(
      other.cloudfront.send(new GetDistributionCommand({ Id: id })),
    ).resolves.toBeDefined()
  })

  it('lists the distributions of the account in pages', async () => {
    const ids = ['a', 'b', 'c'].map(
      (name) =>
        cloud.aws.createDistribution({
          domainName: `${name}.cloudfront.net`,
          originDomain: ORIGIN,
          aliases: [`${name}.example.com`],
          comment: name,
          staging: name === 'c',
          tenantOnly: name === 'b',
        }).id,
    )
    const { cloudfront } = cloud.clients
    const first = await cloudfront.send(new ListDistributionsCommand({ MaxItems: 2 }))
    expect(first.DistributionList).toMatchObject({ IsTruncated: true, Quantity: 2 })
    const rest = await cloudfront.send(
      new ListDistributionsCommand({ Marker: first.DistributionList?.NextMarker }),
    )
    expect(rest.DistributionList?.IsTruncated).toBe(false)
    const all = [
      ...(first.DistributionList?.Items ?? []),
      ...(rest.DistributionList?.Items ?? []),
    ].sort((one, other) => ((one.Comment ?? '') < (other.Comment ?? '') ? -1 : 1))
    expect(all.map(({ Id }) => Id)).toEqual(ids)
    expect(all).toMatchObject([
      { Aliases: { Items: ['a.example.com'] }, Staging: false, ConnectionMode: 'direct' },
      { ConnectionMode: 'tenant-only' },
      { Staging: true, DomainName: 'c.cloudfront.net', Enabled: true },
    ])
  })

  it('lists nothing where nothing is', async () => {
    const { DistributionList } = await cloud.clients.cloudfront.send(new ListDistributionsCommand())
    expect(DistributionList).toMatchObject({ Quantity: 0, IsTruncated: false })
  })

  it('tags', async () => {
    const { id, arn } = cloud.aws.createDistribution({ domainName: DOMAIN, originDomain: ORIGIN })
    cloud.aws.tagDistribution(id, { 'aws:cloudformation:stack-name': 'site' })
    const { cloudfront } = cloud.clients
    await cloudfront.send(
      new TagResourceCommand({ Resource: arn, Tags: { Items: [{ Key: 'a', Value: '1' }] } }),
    )
    const { Tags } = await cloudfront.send(new ListTagsForResourceCommand({ Resource: arn }))
    expect(Tags?.Items).toEqual([
      { Key: 'aws:cloudformation:stack-name', Value: 'site' },
      { Key: 'a', Value: '1' },
    ])
    await expect(
      cloudfront.send(new ListTagsForResourceCommand({ Resource: `${arn}X` })),
    ).rejects.toMatchObject(awsError('NoSuchResource', 404))
  })

  it('can be disabled without losing what nobody knows', () => {
    const { id } = cloud.aws.createDistributionFromXml({ domainName: DOMAIN, xml: RICH_XML })
    cloud.aws.setEnabled(id, false)
    const xml = cloud.aws.distributionXml(id)
    expect(xml).toContain('<Enabled>false</Enabled>')
    expect(xml).toContain('<Level a="1">&amp;deep</Level>')
    expect(xml).toContain('<!-- kept by hand -->')
  })
})
