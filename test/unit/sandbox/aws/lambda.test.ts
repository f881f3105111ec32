import { createHash } from 'node:crypto'

import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  TagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { startTestAws } from '../../../helpers/sandbox-aws.ts'
import type { TestAws } from '../../../helpers/sandbox-aws.ts'
import {
  awsError,
  createRole,
  EDGE_TRUST,
  FUNCTION,
  functionInput,
  publishedVersion,
  trustOf,
  zipOf,
} from './fixtures.ts'

const named = { FunctionName: FUNCTION }
const NOT_ASSUMABLE = /^The role defined for the function cannot be assumed by Lambda\.$/

describe('Lambda', () => {
  let cloud: TestAws
  beforeEach(async () => {
    cloud = await startTestAws({ delays: { role: 10_000, lambda: 5_000 } })
  })
  afterEach(() => cloud.close())

  async function create(input: Partial<CreateFunctionCommandInput> = {}) {
    const role = await createRole(cloud.clients, `${FUNCTION}-role`)
    cloud.clock.advance(10_000)
    return cloud.clients.lambda.send(new CreateFunctionCommand(functionInput(role, input)))
  }
  async function createActive(input: Partial<CreateFunctionCommandInput> = {}) {
    await create(input)
    cloud.clock.advance(5_000)
  }

  it('cannot assume a role before IAM has caught up', async () => {
    const role = await createRole(cloud.clients)
    const command = new CreateFunctionCommand(functionInput(role))
    const early = awsError('InvalidParameterValueException', 400, NOT_ASSUMABLE)
    await expect(cloud.clients.lambda.send(command)).rejects.toMatchObject(early)
    cloud.clock.advance(9_999)
    await expect(cloud.clients.lambda.send(command)).rejects.toMatchObject(early)
    cloud.clock.advance(1)
    await expect(cloud.clients.lambda.send(command)).resolves.toMatchObject({ Version: '$LATEST' })
  })

  it('cannot assume a missing role or one that does not trust it, until that is repaired', async () => {
    const missing = `arn:aws:iam::${cloud.aws.account}:role/none`
    const refused = awsError('InvalidParameterValueException', 400, NOT_ASSUMABLE)
    const { iam, lambda } = cloud.clients
    await expect(
      lambda.send(new CreateFunctionCommand(functionInput(missing))),
    ).rejects.toMatchObject(refused)
    const role = await createRole(cloud.clients, 'ec2', trustOf('ec2'))
    cloud.clock.advance(10_000)
    const command = new CreateFunctionCommand(functionInput(role))
    await expect(lambda.send(command)).rejects.toMatchObject(refused)
    await iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: 'ec2', PolicyDocument: EDGE_TRUST }),
    )
    await expect(lambda.send(command)).rejects.toMatchObject(refused)
    cloud.clock.advance(10_000)
    await expect(lambda.send(command)).resolves.toBeDefined()
  })

  it('is Pending, then Active', async () => {
    const zip = zipOf('exports.handler = 1')
    const created = await create({ Code: { ZipFile: zip }, Tags: { of: 'E1' } })
    expect(created).toMatchObject({
      State: 'Pending',
      FunctionArn: `arn:aws:lambda:us-east-1:${cloud.aws.account}:function:${FUNCTION}`,
      CodeSha256: createHash('sha256').update(zip).digest('base64'),
    })
    await expect(cloud.clients.lambda.send(new PublishVersionCommand(named))).rejects.toMatchObject(
      awsError('ResourceConflictException', 409, /Pending/),
    )
    cloud.clock.advance(5_000)
    const found = await cloud.clients.lambda.send(new GetFunctionCommand(named))
    expect(found).toMatchObject({
      Configuration: { State: 'Active', LastUpdateStatus: 'Successful', Runtime: 'nodejs22.x' },
      Tags: { of: 'E1' },
    })
  })

  it.each<[string, Partial<CreateFunctionCommandInput>, string]>([
    ['what is no zip', { Code: { ZipFile: Buffer.from('x') } }, 'InvalidParameterValueException'],
    [
      'an unknown runtime',
      { Runtime: 'nodejs99.x' as 'nodejs22.x' },
      'InvalidParameterValueException',
    ],
    ['too much memory', { MemorySize: 20_000 }, 'ValidationException'],
    ['too long a timeout', { Timeout: 901 }, 'ValidationException'],
    ['an odd name', { FunctionName: 'a b' }, 'ValidationException'],
  ])('refuses %s', async (_what, input, name) => {
    await expect(create(input)).rejects.toMatchObject(awsError(name, 400))
    expect(cloud.aws.functions()).toEqual([])
  })

  it('refuses a second function of one name', async () => {
    await createActive()
    const role = cloud.aws.roles()[0]?.arn ?? ''
    await expect(
      cloud.clients.lambda.send(new CreateFunctionCommand(functionInput(role))),
    ).rejects.toMatchObject(awsError('ResourceConflictException', 409, /already exist/))
  })

  it('refuses a second change while one is under way', async () => {
    await createActive()
    const { lambda } = cloud.clients
    const update = new UpdateFunctionCodeCommand({ ...named, ZipFile: zipOf('2') })
    expect(await lambda.send(update)).toMatchObject({ LastUpdateStatus: 'InProgress' })
    const conflict = awsError('ResourceConflictException', 409, /update is in progress/)
    await expect(lambda.send(update)).rejects.toMatchObject(conflict)
    await expect(
      lambda.send(new UpdateFunctionConfigurationCommand({ ...named, Timeout: 4 })),
    ).rejects.toMatchObject(conflict)
    await expect(lambda.send(new PublishVersionCommand(named))).rejects.toMatchObject(conflict)
    cloud.clock.advance(5_000)
    const changed = await lambda.send(
      new UpdateFunctionConfigurationCommand({ ...named, Timeout: 4, Description: 'new' }),
    )
    expect(changed).toMatchObject({ Timeout: 4, Description: 'new', MemorySize: 128 })
  })

  it('checks the revision', async () => {
    await createActive()
    const { lambda } = cloud.clients
    const { RevisionId } = await lambda.send(new GetFunctionConfigurationCommand(named))
    const update = { ...named, ZipFile: zipOf('2') }
    await expect(
      lambda.send(new UpdateFunctionCodeCommand({ ...update, RevisionId: 'other' })),
    ).rejects.toMatchObject(awsError('PreconditionFailedException', 412))
    const updated = await lambda.send(new UpdateFunctionCodeCommand({ ...update, RevisionId }))
    expect(updated.RevisionId).not.toBe(RevisionId)
  })

  it('publishes the same version while nothing changes', async () => {
    await createActive()
    const { lambda } = cloud.clients
    const first = await lambda.send(new PublishVersionCommand({ ...named, Description: 'v' }))
    expect(first).toMatchObject({ Version: '1', State: 'Pending', Description: 'v' })
    expect(first.FunctionArn).toMatch(/:1$/)
    const again = await lambda.send(new PublishVersionCommand(named))
    expect(again.Version).toBe('1')
    await lambda.send(new UpdateFunctionCodeCommand({ ...named, ZipFile: zipOf('2') }))
    cloud.clock.advance(5_000)
    const second = await lambda.send(new PublishVersionCommand(named))
    expect(second.Version).toBe('2')
    const { Versions } = await lambda.send(new ListVersionsByFunctionCommand(named))
    expect(Versions?.map(({ Version }) => Version)).toEqual(['$LATEST', '1', '2'])
    const old = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: first.FunctionArn ?? '' }),
    )
    expect(old).toMatchObject({ Version: '1', CodeSha256: first.CodeSha256, State: 'Active' })
  })

  it('publishes only the code that was meant', async () => {
    await createActive()
    await expect(
      cloud.clients.lambda.send(new PublishVersionCommand({ ...named, CodeSha256: 'other' })),
    ).rejects.toMatchObject(
      awsError('InvalidParameterValueException', 400, /different from current CodeSHA256/),
    )
  })

  it('pages through versions', async () => {
    await createActive()
    const { lambda } = cloud.clients
    for (const source of ['1', '2']) {
      await lambda.send(new UpdateFunctionCodeCommand({ ...named, ZipFile: zipOf(source) }))
      cloud.clock.advance(5_000)
      await lambda.send(new PublishVersionCommand(named))
    }
    const first = await lambda.send(new ListVersionsByFunctionCommand({ ...named, MaxItems: 2 }))
    expect(first.Versions?.map(({ Version }) => Version)).toEqual(['$LATEST', '1'])
    const rest = await lambda.send(
      new ListVersionsByFunctionCommand({ ...named, MaxItems: 2, Marker: first.NextMarker }),
    )
    expect(rest.Versions?.map(({ Version }) => Version)).toEqual(['2'])
    expect(rest.NextMarker).toBeUndefined()
  })

  it('deletes a version, never its number, and then the function', async () => {
    await createActive()
    const { lambda } = cloud.clients
    await lambda.send(new PublishVersionCommand(named))
    await lambda.send(new DeleteFunctionCommand({ ...named, Qualifier: '1' }))
    expect(await lambda.send(new PublishVersionCommand(named))).toMatchObject({ Version: '2' })
    await expect(
      lambda.send(new DeleteFunctionCommand({ ...named, Qualifier: '$LATEST' })),
    ).rejects.toMatchObject(awsError('InvalidParameterValueException', 400))
    await lambda.send(new DeleteFunctionCommand(named))
    for (const Qualifier of [undefined, '2']) {
      await expect(
        lambda.send(new GetFunctionCommand({ ...named, Qualifier })),
      ).rejects.toMatchObject(awsError('ResourceNotFoundException', 404, /^Function not found: /))
    }
  })

  it('keeps a version that edges use, and for a while after', async () => {
    await cloud.close()
    cloud = await startTestAws({ delays: { deploy: 100, replica: 1_000 } })
    const { lambda } = cloud.clients
    const arn = await publishedVersion(cloud.clients)
    const { id } = cloud.aws.createDistribution({
      domainName: 'localhost:1',
      originDomain: 'b.s3.us-east-1.amazonaws.com',
      defaultBehavior: { lambda: [{ arn, eventType: 'viewer-request' }] },
    })
    const replicated = awsError(
      'InvalidParameterValueException',
      400,
      /it is a replicated function/,
    )
    const removeVersion = (): Promise<unknown> =>
      lambda.send(new DeleteFunctionCommand({ FunctionName: arn }))
    const removeAll = (): Promise<unknown> => lambda.send(new DeleteFunctionCommand(named))
    await expect(removeVersion()).rejects.toMatchObject(replicated)
    await expect(removeAll()).rejects.toMatchObject(replicated)
    cloud.aws.editDistribution(id, (xml) =>
      xml.replace(
        /<LambdaFunctionAssociations>.*?<\/LambdaFunctionAssociations>/,
        '<LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations>',
      ),
    )
    cloud.clock.advance(1_099)
    await expect(removeVersion()).rejects.toMatchObject(replicated)
    await expect(removeAll()).rejects.toMatchObject(replicated)
    cloud.clock.advance(1)
    await removeVersion()
    await removeAll()
    expect(cloud.aws.functions()).toEqual([])
  })

  it('tags', async () => {
    await createActive({ Tags: { a: '1' } })
    const { lambda } = cloud.clients
    const Resource = cloud.aws.functions()[0]?.arn
    await lambda.send(new TagResourceCommand({ Resource, Tags: { b: '2' } }))
    const { Tags } = await lambda.send(new ListTagsCommand({ Resource }))
    expect(Tags).toEqual({ a: '1', b: '2' })
  })
})
