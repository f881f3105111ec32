import { CreateRoleCommand, DeleteRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
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
