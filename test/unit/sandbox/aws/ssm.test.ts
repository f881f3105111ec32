import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm'
import type { PutParameterCommandInput } from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { sdkClients, startTestAws } from '../../../helpers/sandbox-aws.ts'
import type { TestAws } from '../../../helpers/sandbox-aws.ts'
import { awsError } from './fixtures.ts'

describe('SSM Parameter Store', () => {
  let cloud: TestAws
  beforeEach(async () => {
    cloud = await startTestAws()
  })
  afterEach(() => cloud.close())

  function put(Name: string, input: Partial<PutParameterCommandInput> = {}) {
    return cloud.clients.ssm.send(
      new PutParameterCommand({ Name, Value: 'value', Type: 'String', ...input }),
    )
  }

  it('counts versions and keeps the former ones', async () => {
    expect(await put('/p/a', { Value: 'one' })).toMatchObject({ Version: 1, Tier: 'Standard' })
    expect(await put('/p/a', { Value: 'two', Overwrite: true })).toMatchObject({ Version: 2 })
    const { ssm } = cloud.clients
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/p/a' }))
    expect(Parameter).toMatchObject({
      Name: '/p/a',
      Value: 'two',
      Version: 2,
      ARN: `arn:aws:ssm:us-east-1:${cloud.aws.account}:parameter/p/a`,
    })
    expect(Parameter?.LastModifiedDate?.getTime()).toBe(cloud.clock.now())
    const former = await ssm.send(new GetParameterCommand({ Name: '/p/a:1' }))
    expect(former.Parameter?.Value).toBe('one')
    await expect(ssm.send(new GetParameterCommand({ Name: '/p/a:9' }))).rejects.toMatchObject(
      awsError('ParameterVersionNotFound', 400),
    )
  })

  it('gives one of two writers the name', async () => {
    await put('/p/lock')
    await expect(put('/p/lock')).rejects.toMatchObject(awsError('ParameterAlreadyExists', 400))
  })

  it.each<[string, string, Partial<PutParameterCommandInput>]>([
    ['tags with Overwrite', '/p/a', { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] }],
    ['more than 4,096 bytes', '/p/a', { Value: 'ü'.repeat(2049) }],
    ['a nested parameter', '/p/a', { Value: '{{x}}' }],
    ['an empty value', '/p/a', { Value: '' }],
    ['a long description', '/p/a', { Description: 'x'.repeat(1025) }],
    ['a path without its first slash', 'p/a', {}],
    ['a reserved prefix', '/ssm/a', {}],
    ['an odd name', '/p/a b', {}],
    ['a tag of AWS', '/p/a', { Tags: [{ Key: 'aws:x', Value: 'b' }] }],
  ])('refuses %s', async (_what, name, input) => {
    await expect(put(name, input)).rejects.toMatchObject(awsError('ValidationException', 400))
    expect(cloud.aws.parameters()).toEqual([])
  })

  it('takes exactly 4,096 bytes', async () => {
    await expect(put('/p/a', { Value: 'x'.repeat(4096) })).resolves.toMatchObject({ Version: 1 })
  })

  it('refuses the names of AWS and keys that are not there', async () => {
    await expect(put('/aws/a')).rejects.toMatchObject(awsError('AccessDeniedException', 400))
    await expect(put('/p/a', { Type: 'SecureString', KeyId: 'alias/none' })).rejects.toMatchObject(
      awsError('InvalidKeyId', 400),
    )
  })

  it('asks for the rights on a customer managed key, through Parameter Store alone', async () => {
    const Resource = cloud.aws.createKmsKey()
    const through = (service: string) => ({
      StringEquals: { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` },
    })
    const may = (Action: string, service = 'ssm') => {
      const Statement = [
        { Effect: 'Allow', Action: 'ssm:*', Resource: '*' },
        { Effect: 'Allow', Action, Resource, Condition: through(service) },
      ]
      const policy = { Version: '2012-10-17', Statement }
      return sdkClients(cloud.aws, cloud.aws.addIdentity({ policy })).ssm
    }
    const write = new PutParameterCommand({
      ...{ Name: '/p/k', Value: 'hidden', Type: 'SecureString', KeyId: Resource, Overwrite: true },
    })
    const read = new GetParametersCommand({ Names: ['/p/k'], WithDecryption: true })
    const denied = awsError('AccessDeniedException', 400)
    await expect(may('kms:Decrypt').send(write)).rejects.toMatchObject(denied)
    await may('kms:Encrypt').send(write)
    await expect(may('kms:Encrypt').send(read)).rejects.toMatchObject(denied)
    await expect(may('kms:Decrypt', 's3').send(read)).rejects.toMatchObject(denied)
    const { Parameters } = await may('kms:Decrypt').send(read)
    expect(Parameters?.[0]?.Value).toBe('hidden')
    await put('/p/k', { Type: 'SecureString', Overwrite: true })
    expect(cloud.aws.parameters()[0]?.keyId).toBe('alias/aws/ssm')
  })

  it('shows a SecureString only to who asks for decryption', async () => {
    await put('/p/s', { Type: 'SecureString', Value: 'hidden' })
    const { ssm } = cloud.clients
    const plain = await ssm.send(new GetParameterCommand({ Name: '/p/s', WithDecryption: true }))
    expect(plain.Parameter).toMatchObject({ Value: 'hidden', Type: 'SecureString' })
    const opaque = await ssm.send(new GetParametersCommand({ Names: ['/p/s'] }))
    const value = opaque.Parameters?.[0]?.Value ?? ''
    expect(value).not.toContain('hidden')
    expect(Buffer.from(value, 'base64').toString('latin1')).not.toContain('hidden')
  })

  it('reads up to ten names and names what is missing', async () => {
    await put('/p/b')
    await put('/p/a')
    const { ssm } = cloud.clients
    const answer = await ssm.send(new GetParametersCommand({ Names: ['/p/b', '/p/none', '/p/a'] }))
    expect(answer.Parameters?.map(({ Name }) => Name)).toEqual(['/p/a', '/p/b'])
    expect(answer.InvalidParameters).toEqual(['/p/none'])
    const Names = Array.from({ length: 11 }, (_none, index) => `/p/${index}`)
    await expect(ssm.send(new GetParametersCommand({ Names }))).rejects.toMatchObject(
      awsError('ValidationException', 400),
    )
    await expect(ssm.send(new GetParameterCommand({ Name: '/p/none' }))).rejects.toMatchObject(
      awsError('ParameterNotFound', 400),
    )
  })

  it('reads by path in pages', async () => {
    for (let index = 0; index < 12; index += 1) await put(`/p/n${index}`)
    await put('/p/deep/er')
    await put('/q/x')
    const { ssm } = cloud.clients
    const first = await ssm.send(new GetParametersByPathCommand({ Path: '/p' }))
    expect(first.Parameters).toHaveLength(10)
    const rest = await ssm.send(
      new GetParametersByPathCommand({ Path: '/p', NextToken: first.NextToken }),
    )
    expect(rest.Parameters).toHaveLength(2)
    expect(rest.NextToken).toBeUndefined()
    const deep = await ssm.send(
      new GetParametersByPathCommand({ Path: '/p/deep', Recursive: true }),
    )
    expect(deep.Parameters?.map(({ Name }) => Name)).toEqual(['/p/deep/er'])
  })

  it('describes by name and by tag in pages, without values', async () => {
    await put('/p/a', { Description: 'first', Tags: [{ Key: 'of', Value: 'E1' }] })
    await put('/p/b', { Type: 'SecureString', Value: 'hidden' })
    await put('/q/c')
    const { ssm } = cloud.clients
    const ParameterFilters = [{ Key: 'Name', Option: 'BeginsWith', Values: ['/p/'] }]
    const first = await ssm.send(new DescribeParametersCommand({ ParameterFilters, MaxResults: 1 }))
    expect(first.Parameters).toMatchObject([{ Name: '/p/a', Description: 'first', Version: 1 }])
    const second = await ssm.send(
      new DescribeParametersCommand({
        ParameterFilters,
        MaxResults: 1,
        NextToken: first.NextToken,
      }),
    )
    expect(second.Parameters).toMatchObject([{ Name: '/p/b', KeyId: 'alias/aws/ssm' }])
    expect(second.NextToken).toBeUndefined()
    expect(JSON.stringify(second.Parameters)).not.toContain('hidden')
    const tagged = await ssm.send(
      new DescribeParametersCommand({ ParameterFilters: [{ Key: 'tag:of', Values: ['E1'] }] }),
    )
    expect(tagged.Parameters?.map(({ Name }) => Name)).toEqual(['/p/a'])
  })

  it('tags', async () => {
    await put('/p/a', { Tags: [{ Key: 'a', Value: '1' }] })
    const { ssm } = cloud.clients
    const resource = { ResourceType: 'Parameter', ResourceId: '/p/a' } as const
    await ssm.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'b', Value: '2' }] }))
    const { TagList } = await ssm.send(new ListTagsForResourceCommand(resource))
    expect(TagList).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ])
    await expect(
      ssm.send(new ListTagsForResourceCommand({ ...resource, ResourceId: '/p/none' })),
    ).rejects.toMatchObject(awsError('InvalidResourceId', 400))
  })

  it('deletes one or up to ten', async () => {
    await put('/p/a')
    await put('/p/b')
    const { ssm } = cloud.clients
    await ssm.send(new DeleteParameterCommand({ Name: '/p/a' }))
    await expect(ssm.send(new DeleteParameterCommand({ Name: '/p/a' }))).rejects.toMatchObject(
      awsError('ParameterNotFound', 400),
    )
    const answer = await ssm.send(new DeleteParametersCommand({ Names: ['/p/a', '/p/b'] }))
    expect(answer).toMatchObject({ DeletedParameters: ['/p/b'], InvalidParameters: ['/p/a'] })
    const Names = Array.from({ length: 11 }, (_none, index) => `/p/${index}`)
    await expect(ssm.send(new DeleteParametersCommand({ Names }))).rejects.toMatchObject(
      awsError('ValidationException', 400),
    )
  })

  it('keeps regions apart', async () => {
    await put('/p/a')
    const elsewhere = sdkClients(cloud.aws, cloud.aws.credentials, 'eu-west-1')
    await expect(
      elsewhere.ssm.send(new GetParameterCommand({ Name: '/p/a' })),
    ).rejects.toMatchObject(awsError('ParameterNotFound', 400))
  })
})
