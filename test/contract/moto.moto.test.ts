import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAws } from '../../src/aws/create.ts'
import { AT_MOTO, coverageContract, record, type Seen } from './coverage.ts'
import { distributionsContract } from './distributions.ts'
import { iamContract } from './iam.ts'
import { lambdaContract } from './lambda.ts'
import { logsContract } from './logs.ts'
import { othersAtMoto } from './moto-others.ts'
import { ssmContract } from './ssm.ts'
import type { Target } from './target.ts'

/** Stock moto_server, which others wrote: where it is faithful, it must agree with our sandbox. */
describe('the AWS contract, against moto', () => {
  let target: Target | undefined
  const seen: Seen = new Set()
  const current = (): Target => {
    if (!target) throw new Error('the target has not started')
    return target
  }

  beforeAll(async () => {
    const url = process.env.GUARD_MOTO_URL
    if (!url) throw new Error('GUARD_MOTO_URL is not set: run this with `npm run test:moto`')
    await fetch(`${url}/moto-api/reset`, { method: 'POST' })
    const aws = await createAws({
      env: {
        AWS_ENDPOINT_URL: url,
        AWS_ACCESS_KEY_ID: 'AKIAMOTO',
        AWS_SECRET_ACCESS_KEY: 'moto-takes-any',
      },
      onCall: record(seen),
    })
    target = { aws, settle: () => Promise.resolve(), ...othersAtMoto(url) }
  })
  afterAll(() => target?.stop())

  const faithful = {
    publish: false,
    encryption: false,
    sizes: false,
    pending: false,
    summaries: false,
  }
  iamContract(current)
  ssmContract(current, faithful)
  lambdaContract(current, faithful)
  logsContract(current)
  distributionsContract(current, faithful)
  coverageContract(seen, 'moto')

  /** Of each operation that the table leaves out; when moto has learned it, it belongs into the contract. */
  const left: Record<string, () => Promise<unknown>> = {
    'iam:SimulatePrincipalPolicy': () =>
      current().aws.iam.simulate({
        principal: 'arn:aws:iam::123456789012:user/moto',
        actions: ['iam:GetRole'],
        resource: '*',
        context: {},
      }),
    'ssm:GetServiceSetting': () => current().aws.ssm.highThroughput(),
  }

  test('what the table leaves out is what moto does not answer', async () => {
    const out = AT_MOTO.filter(({ asked }) => asked === 'no').map(({ operation }) => operation)
    expect(out).toEqual(Object.keys(left))
    for (const call of Object.values(left)) {
      await expect(call()).rejects.toMatchObject({ code: 'aws-failed' })
    }
  })
})
