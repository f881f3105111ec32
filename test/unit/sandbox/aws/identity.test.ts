import { GetRoleCommand } from '@aws-sdk/client-iam'
import { GetFunctionCommand } from '@aws-sdk/client-lambda'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { ListDistributionsCommand } from '@aws-sdk/client-cloudfront'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { sdkClients, startTestAws } from '../../../helpers/sandbox-aws.ts'
import type { SdkClients, TestAws } from '../../../helpers/sandbox-aws.ts'
import { awsError } from './fixtures.ts'

/** One harmless call to every service. */
function oneCallEach(clients: SdkClients): Promise<unknown>[] {
  return [
    clients.sts.send(new GetCallerIdentityCommand()),
    clients.iam.send(new GetRoleCommand({ RoleName: 'none' })),
    clients.cloudfront.send(new ListDistributionsCommand()),
    clients.ssm.send(new GetParameterCommand({ Name: '/none' })),
    clients.lambda.send(new GetFunctionCommand({ FunctionName: 'none' })),
  ]
}

describe('the callers of the sandbox AWS', () => {
  let cloud: TestAws
  beforeAll(async () => {
    cloud = await startTestAws()
  })
  afterAll(() => cloud.close())

  it('tells the operator who it is', async () => {
    const identity = await cloud.clients.sts.send(new GetCallerIdentityCommand())
    expect(identity).toMatchObject({
      Account: cloud.aws.account,
      Arn: `arn:aws:iam::${cloud.aws.account}:user/operator`,
    })
  })

  it('knows several accounts', async () => {
    const other = sdkClients(cloud.aws, cloud.aws.addIdentity({ account: '999988887777' }))
    const { Account } = await other.sts.send(new GetCallerIdentityCommand())
    expect(Account).toBe('999988887777')
  })

  it('refuses an unknown key in the words of each service', async () => {
    const stranger = sdkClients(cloud.aws, { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' })
    const [sts, iam, cloudfront, ssm, lambda] = await Promise.allSettled(oneCallEach(stranger))
    for (const result of [sts, iam, cloudfront]) {
      expect(result).toMatchObject({ reason: awsError('InvalidClientTokenId', 403) })
    }
    expect(ssm).toMatchObject({ reason: awsError('UnrecognizedClientException', 400) })
    expect(lambda).toMatchObject({ reason: awsError('UnrecognizedClientException', 403) })
  })

  it('refuses a signature by another secret', async () => {
    const { accessKeyId } = cloud.aws.credentials
    const forger = sdkClients(cloud.aws, { accessKeyId, secretAccessKey: 'wrong' })
    const [sts, iam, cloudfront, ssm, lambda] = await Promise.allSettled(oneCallEach(forger))
    for (const result of [sts, iam, cloudfront]) {
      expect(result).toMatchObject({ reason: awsError('SignatureDoesNotMatch', 403) })
    }
    expect(ssm).toMatchObject({ reason: awsError('InvalidSignatureException', 400) })
    expect(lambda).toMatchObject({ reason: awsError('InvalidSignatureException', 403) })
  })

  it('wants the session token of temporary credentials', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = cloud.aws.addIdentity({
      temporary: true,
    })
    const without = sdkClients(cloud.aws, { accessKeyId, secretAccessKey })
    await expect(without.sts.send(new GetCallerIdentityCommand())).rejects.toMatchObject(
      awsError('InvalidClientTokenId', 403),
    )
    const complete = sdkClients(cloud.aws, {
      accessKeyId,
      secretAccessKey,
      sessionToken: sessionToken ?? '',
    })
    await expect(complete.sts.send(new GetCallerIdentityCommand())).resolves.toBeDefined()
  })

  it('lets credentials expire and come back', async () => {
    cloud.aws.setExpired(true)
    const [sts, , cloudfront, ssm, lambda] = await Promise.allSettled(oneCallEach(cloud.clients))
    expect(sts).toMatchObject({ reason: awsError('ExpiredToken', 403) })
    expect(cloudfront).toMatchObject({ reason: awsError('ExpiredToken', 403) })
    expect(ssm).toMatchObject({ reason: awsError('ExpiredTokenException', 400) })
    expect(lambda).toMatchObject({ reason: awsError('ExpiredTokenException', 403) })
    cloud.aws.setExpired(false)
    await expect(cloud.clients.sts.send(new GetCallerIdentityCommand())).resolves.toBeDefined()
  })

  it('holds an operator to a policy, action by action', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'cloudfront:List*', Resource: '*' }],
    }
    const limited = sdkClients(cloud.aws, cloud.aws.addIdentity({ policy, userName: 'limited' }))
    const [sts, iam, cloudfront, ssm, lambda] = await Promise.allSettled(oneCallEach(limited))
    expect(sts).toMatchObject({ status: 'fulfilled' })
    expect(cloudfront).toMatchObject({ status: 'fulfilled' })
    expect(iam).toMatchObject({ reason: awsError('AccessDenied', 403, /iam:GetRole on resource/) })
    expect(ssm).toMatchObject({ reason: awsError('AccessDeniedException', 400) })
    expect(lambda).toMatchObject({ reason: awsError('AccessDeniedException', 403) })
  })

  it('dates its answers by its own clock', async () => {
    cloud.aws.skewClock(3_600_000)
    const dates: string[] = []
    cloud.clients.sts.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args)
        dates.push((result.response as { headers: Record<string, string> }).headers.date ?? '')
        return result
      },
      { step: 'deserialize' },
    )
    await cloud.clients.sts.send(new GetCallerIdentityCommand())
    const expected = Math.floor((cloud.clock.now() + 3_600_000) / 1000) * 1000
    expect(Date.parse(dates[0] ?? '')).toBe(expected)
    cloud.aws.skewClock(0)
  })

  it('refuses an old signature where the limit is asked for', async () => {
    const strict = await startTestAws({ maxSkew: 300_000 })
    await expect(strict.clients.sts.send(new GetCallerIdentityCommand())).resolves.toBeDefined()
    strict.aws.skewClock(-3_600_000)
    const fresh = sdkClients(strict.aws, strict.aws.credentials)
    await expect(fresh.sts.send(new GetCallerIdentityCommand())).rejects.toMatchObject(
      awsError('SignatureDoesNotMatch', 403, /^Signature expired/),
    )
    await strict.close()
  })

  it('refuses what nobody signed', async () => {
    const response = await fetch(`${cloud.aws.url}/2020-05-31/distribution`)
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('<Code>MissingAuthenticationToken</Code>')
  })

  it('answers an operation that it does not have', async () => {
    const response = await fetch(cloud.aws.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSSM.CreateDocument' },
      body: '{}',
    })
    expect(response.status).toBe(400)
    expect(cloud.operations.log.at(-1)).toMatchObject({ service: 'ssm', operation: 'Unknown' })
  })
})
