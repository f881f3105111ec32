import { afterAll, beforeAll, describe } from 'vitest'
import { createAws } from '../../src/aws/create.ts'
import { iamContract } from './iam.ts'
import { lambdaContract } from './lambda.ts'
import { ssmContract } from './ssm.ts'
import type { Target } from './target.ts'

/** Stock moto_server, which others wrote: where it is faithful, it must agree with our sandbox. */
describe('the AWS contract, against moto', () => {
  let target: Target | undefined
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
    })
    target = { aws, settle: () => Promise.resolve(), stop: () => Promise.resolve() }
  })
  afterAll(() => target?.stop())

  const faithful = { publish: false, encryption: false, sizes: false, pending: false }
  iamContract(current)
  ssmContract(current, faithful)
  lambdaContract(current, faithful)
})
