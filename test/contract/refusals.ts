import { describe, expect, test } from 'vitest'
import type { Aws } from '../../src/aws/types.ts'
import { createAws } from '../../src/aws/create.ts'
import type { Credentials } from '../../src/sandbox/aws/index.ts'
import type { TestAws } from '../helpers/sandbox-aws.ts'

/** What AWS refuses before it does anything, against the sandbox only: moto checks no signature. */
export function refusalsContract(sandbox: () => TestAws): void {
  function as(credentials: Credentials): Promise<Aws> {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials
    return createAws({
      env: {
        AWS_ENDPOINT_URL: sandbox().aws.url,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        ...(sessionToken ? { AWS_SESSION_TOKEN: sessionToken } : {}),
      },
      retryDelayMs: 0,
    })
  }

  /** One call in each of the protocols: Query, JSON, REST-JSON, REST-XML. */
  const CALLS: [string, (aws: Aws) => Promise<unknown>][] = [
    ['iam:GetRole', (aws) => aws.iam.getRole('x')],
    ['ssm:DescribeParameters', (aws) => aws.ssm.describe('/x/')],
    ['lambda:GetFunction', (aws) => aws.lambda.getFunction('x')],
    ['cloudfront:GetDistributionConfig', (aws) => aws.cloudfront.getConfig('EX')],
  ]

  describe('refusals', () => {
    test.each(CALLS)('expired credentials stop %s', async (_, call) => {
      const { aws } = sandbox()
      const credentials = aws.addIdentity({ temporary: true })
      const mine = await as(credentials)
      expect((await mine.sts.identity()).account).toBe(aws.account)
      aws.setExpired(true, credentials.accessKeyId)
      await expect(call(mine)).rejects.toMatchObject({
        code: 'aws-credentials',
        hint: expect.stringContaining('expired') as string,
      })
    })

    test.each(CALLS)('a wrong secret key stops %s', async (_, call) => {
      const wrong = { ...sandbox().aws.addIdentity(), secretAccessKey: 'wrong' }
      await expect(call(await as(wrong))).rejects.toMatchObject({ code: 'aws-credentials' })
    })

    test.each(CALLS)('an unknown key stops %s', async (_, call) => {
      const unknown = { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }
      await expect(call(await as(unknown))).rejects.toMatchObject({ code: 'aws-credentials' })
    })

    test.each(CALLS)('a missing permission names %s and who lacks it', async (action, call) => {
      const policy = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
      }
      const mine = await as(sandbox().aws.addIdentity({ userName: 'weak', policy }))
      await expect(call(mine)).rejects.toMatchObject({
        code: 'aws-denied',
        message: expect.stringMatching(new RegExp(`AWS refuses ${action} to arn:.*weak`)) as string,
        details: [action],
      })
    })
  })
}
