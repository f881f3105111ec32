import { GetDistributionConfigCommand, UpdateDistributionCommand } from '@aws-sdk/client-cloudfront'
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam'
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { ConfiguredRetryStrategy } from '@smithy/core/retry'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { startTestAws } from '../../../helpers/sandbox-aws.ts'
import type { TestAws } from '../../../helpers/sandbox-aws.ts'
import { awsError, createRole, EDGE_TRUST, ROLE } from './fixtures.ts'

const GONE = { $metadata: expect.anything() as unknown }

describe('faults between the caller and AWS', () => {
  let cloud: TestAws
  beforeEach(async () => {
    cloud = await startTestAws()
  })
  afterEach(() => cloud.close())

  const who = () => cloud.clients.sts.send(new GetCallerIdentityCommand())

  it('crash-before: nothing is applied and nothing is answered any more', async () => {
    cloud.operations.arm({ at: { mutation: 1 }, kind: 'crash-before' })
    await expect(who()).resolves.toBeDefined()
    await expect(createRole(cloud.clients)).rejects.toMatchObject(GONE)
    expect(cloud.aws.roles()).toEqual([])
    await expect(who()).rejects.toMatchObject(GONE)
    cloud.operations.revive()
    await expect(createRole(cloud.clients)).resolves.toContain(ROLE)
  })

  it('crash-after: applied, and nothing is answered any more', async () => {
    cloud.operations.arm({ at: { mutation: 1 }, kind: 'crash-after' })
    await expect(createRole(cloud.clients)).rejects.toMatchObject(GONE)
    expect(cloud.aws.roles()).toHaveLength(1)
    expect(cloud.operations.crashed).toBe(true)
    await expect(who()).rejects.toMatchObject(GONE)
    cloud.operations.revive()
    await expect(who()).resolves.toBeDefined()
  })

  it('lost-answer: applied, and the next call works', async () => {
    cloud.operations.arm({ at: { operation: 'CreateRole', nth: 1 }, kind: 'lost-answer' })
    await expect(createRole(cloud.clients)).rejects.toMatchObject(GONE)
    await expect(createRole(cloud.clients)).rejects.toMatchObject(
      awsError('EntityAlreadyExistsException', 409),
    )
  })

  it('reset: not applied, and the next call works', async () => {
    cloud.operations.arm({ at: { operation: 'CreateRole', nth: 1 }, kind: 'reset' })
    await expect(createRole(cloud.clients)).rejects.toMatchObject(GONE)
    await expect(createRole(cloud.clients)).resolves.toContain(ROLE)
  })

  it('hang: nothing is applied, and the caller has to give up', async () => {
    cloud.operations.arm({ at: { operation: 'CreateRole', nth: 1 }, kind: 'hang' })
    const giveUp = new AbortController()
    const command = new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: EDGE_TRUST })
    const waiting = cloud.clients.iam.send(command, { abortSignal: giveUp.signal })
    await expect(who()).resolves.toBeDefined()
    giveUp.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    expect(cloud.aws.roles()).toEqual([])
  })

  it('drip: applied, and the answer is whole in the end', async () => {
    cloud.operations.arm({ at: { operation: 'CreateRole', nth: 1 }, kind: { drip: 0 } })
    await expect(createRole(cloud.clients)).resolves.toContain(ROLE)
  })

  it('malformed: applied, and what comes back cannot be read', async () => {
    cloud.operations.arm({ at: { operation: 'CreateRole', nth: 1 }, kind: 'malformed' })
    await expect(createRole(cloud.clients)).rejects.toThrow()
    expect(cloud.aws.roles()).toHaveLength(1)
    cloud.operations.arm({ at: { operation: 'PutParameter', nth: 1 }, kind: 'malformed' })
    const command = new PutParameterCommand({ Name: '/a', Value: 'a', Type: 'String' })
    await expect(cloud.clients.ssm.send(command)).rejects.toThrow(SyntaxError)
    expect(cloud.aws.parameters()).toHaveLength(1)
  })

  it('malformed: an answer without a body comes as a page of HTML', async () => {
    await createRole(cloud.clients)
    const FunctionName = 'none'
    cloud.operations.arm({ at: { operation: 'DeleteFunction', nth: 1 }, kind: 'malformed' })
    const sent = cloud.clients.lambda.send(new DeleteFunctionCommand({ FunctionName }))
    await expect(sent).rejects.toThrow()
  })

  it.each([
    ['failed', 500, 'InternalFailure', 'InternalFailure'],
    ['bad-gateway', 502, 'BadGateway', 'BadGateway'],
    ['unavailable', 503, 'ServiceUnavailable', 'ServiceUnavailable'],
    ['throttled', 400, 'Throttling', 'ThrottlingException'],
    ['expired', 403, 'ExpiredToken', 'ExpiredTokenException'],
    ['denied', 403, 'AccessDenied', 'AccessDeniedException'],
  ] as const)('refuse %s: not applied, and told in the words of the service', async (...row) => {
    const [refuse, status, inXml, inJson] = row
    const { iam, ssm, lambda, cloudfront } = cloud.clients
    const calls: [string, string, () => Promise<unknown>][] = [
      ['CreateRole', inXml, () => createRole(cloud.clients)],
      ['DeleteRole', inXml, () => iam.send(new DeleteRoleCommand({ RoleName: 'none' }))],
      [
        'PutParameter',
        inJson,
        () => ssm.send(new PutParameterCommand({ Name: '/a', Value: 'a', Type: 'String' })),
      ],
      [
        'DeleteFunction',
        refuse === 'throttled' ? 'TooManyRequestsException' : inJson,
        () => lambda.send(new DeleteFunctionCommand({ FunctionName: 'none' })),
      ],
      [
        'GetDistributionConfig',
        inXml,
        () => cloudfront.send(new GetDistributionConfigCommand({ Id: 'none' })),
      ],
    ]
    for (const [operation, name, call] of calls) {
      cloud.operations.arm({ at: { operation, nth: 1 }, kind: { refuse } })
      const answer = call()
      await expect(answer, operation).rejects.toMatchObject({ name })
      const told = (await answer.catch((error: unknown) => error)) as {
        $metadata: { httpStatusCode: number }
      }
      const got = told.$metadata.httpStatusCode
      // SSM refuses credentials with 400, Lambda throttles with 429.
      expect([status, 400, 429], operation).toContain(got)
      if (status >= 500) expect(got, operation).toBe(status)
    }
    expect([...cloud.aws.roles(), ...cloud.aws.parameters()]).toEqual([])
  })

  it('throttled-with-hint: the SDK waits as long as it is told, and goes on', async () => {
    const iam = new IAMClient({
      endpoint: cloud.aws.url,
      region: 'us-east-1',
      credentials: cloud.aws.credentials,
      retryStrategy: new ConfiguredRetryStrategy(2, 0),
    })
    const kind = { refuse: 'throttled-with-hint' } as const
    cloud.operations.arm({ at: { operation: 'CreateRole', nth: 1 }, kind })
    const command = new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: EDGE_TRUST })
    const { $metadata } = await iam.send(command)
    expect($metadata.attempts).toBe(2)
    expect($metadata.totalRetryDelay).toBeGreaterThan(100)
  })

  it('expired and lasting: no call to AWS is taken any more, until revived', async () => {
    const kind = { refuse: 'expired', lasting: true } as const
    cloud.operations.arm({ at: { mutation: 1 }, kind })
    await expect(who()).resolves.toBeDefined()
    await expect(createRole(cloud.clients)).rejects.toMatchObject({ name: 'ExpiredToken' })
    await expect(who()).rejects.toMatchObject({ name: 'ExpiredToken' })
    cloud.operations.revive()
    await expect(who()).resolves.toBeDefined()
  })

  it('denied and lasting: the same operation stays denied, and others do not', async () => {
    const kind = { refuse: 'denied', lasting: true } as const
    cloud.operations.arm({ at: { mutation: 1 }, kind })
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(createRole(cloud.clients)).rejects.toThrow(/not authorized to perform: iam:Cre/)
    }
    await expect(who()).resolves.toBeDefined()
  })

  it('meanwhile: somebody else is at work before the call is applied', async () => {
    const { id } = cloud.aws.createDistribution({
      domainName: 'd1.cloudfront.net',
      originDomain: 'b.s3.us-east-1.amazonaws.com',
    })
    const { cloudfront } = cloud.clients
    const read = await cloudfront.send(new GetDistributionConfigCommand({ Id: id }))
    const meanwhile = (): void => cloud.aws.editDistribution(id, (xml) => xml)
    cloud.operations.arm({ at: { mutation: 1 }, kind: { meanwhile } })
    const { DistributionConfig, ETag: IfMatch } = read
    const command = new UpdateDistributionCommand({ Id: id, DistributionConfig, IfMatch })
    await expect(cloudfront.send(command)).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    })
  })

  it('tells of every mutating call once it is applied, and before it is answered', async () => {
    const seen: string[] = []
    const stop = cloud.operations.afterMutation(({ operation, status }) => {
      seen.push(`${operation} ${status} ${cloud.aws.roles().length}`)
    })
    await createRole(cloud.clients)
    await who()
    cloud.operations.arm({ at: { mutation: 1 }, kind: 'lost-answer' })
    await cloud.clients.iam.send(new DeleteRoleCommand({ RoleName: ROLE })).catch(() => undefined)
    stop()
    await createRole(cloud.clients)
    expect(seen).toEqual(['CreateRole 200 1', 'DeleteRole 0 0'])
  })

  it('hits the calls for one resource alone', async () => {
    const at = { operation: 'GetRole', nth: 2, resource: 'b' }
    cloud.operations.arm({ at, kind: 'reset' })
    const status = (RoleName: string): Promise<number | undefined> =>
      cloud.clients.iam.send(new GetRoleCommand({ RoleName })).then(
        () => 200,
        (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode,
      )
    const seen: (number | undefined)[] = []
    for (const name of ['b', 'a', 'a', 'b', 'b']) seen.push(await status(name))
    expect(seen).toEqual([404, 404, 404, undefined, 404])
  })

  it('an answer of choice, as often as told', async () => {
    const body = JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' })
    cloud.operations.arm({
      at: { operation: 'PutParameter', nth: 1 },
      times: 2,
      kind: { status: 400, body, headers: { 'Content-Type': 'application/x-amz-json-1.1' } },
    })
    const put = () =>
      cloud.clients.ssm.send(new PutParameterCommand({ Name: '/a', Value: 'a', Type: 'String' }))
    await expect(put()).rejects.toMatchObject(awsError('ThrottlingException', 400, 'Rate exceeded'))
    await expect(put()).rejects.toMatchObject(awsError('ThrottlingException', 400))
    await expect(put()).resolves.toBeDefined()
  })

  it('logs every call in the order in which it came, with what it was answered', async () => {
    const { iam } = cloud.clients
    await createRole(cloud.clients)
    await iam.send(new GetRoleCommand({ RoleName: 'none' })).catch(() => undefined)
    await iam.send(new DeleteRoleCommand({ RoleName: ROLE }))
    expect(cloud.operations.log).toMatchObject([
      {
        seq: 1,
        mutation: 1,
        service: 'iam',
        operation: 'CreateRole',
        mutating: true,
        resource: ROLE,
        status: 200,
        at: cloud.clock.now(),
      },
      { seq: 2, mutation: 0, operation: 'GetRole', mutating: false, status: 404 },
      { seq: 3, mutation: 2, operation: 'DeleteRole', status: 200 },
    ])
  })

  it('numbers calls that overlap once each', async () => {
    const names = Array.from({ length: 8 }, (_none, index) => `role-${index}`)
    await Promise.all(
      names.map((RoleName) =>
        cloud.clients.iam.send(
          new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: EDGE_TRUST }),
        ),
      ),
    )
    const { log } = cloud.operations
    expect(log.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(log.map(({ mutation }) => mutation)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })
})
