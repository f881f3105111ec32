import { afterAll, beforeAll, describe } from 'vitest'
import { createAws } from '../../src/aws/create.ts'
import type { TestAws } from '../helpers/sandbox-aws.ts'
import { startTestAws } from '../helpers/sandbox-aws.ts'
import { cloudfrontContract } from './cloudfront.ts'
import { coverageContract, record, type Seen } from './coverage.ts'
import { distributionsContract } from './distributions.ts'
import { iamContract } from './iam.ts'
import { lambdaContract } from './lambda.ts'
import { logsContract } from './logs.ts'
import { refusalsContract } from './refusals.ts'
import { simulationContract } from './simulation.ts'
import { ssmContract } from './ssm.ts'
import type { Target } from './target.ts'

const DELAYS = { deploy: 300_000, role: 8_000, lambda: 3_000, replica: 3_600_000 }

describe('the AWS contract, against the sandbox', () => {
  let sandbox: TestAws | undefined
  let target: Target | undefined
  const seen: Seen = new Set()
  const current = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the target has not started')
    return value
  }

  beforeAll(async () => {
    const started = await startTestAws({ delays: DELAYS, accountId: '123456789012' })
    sandbox = started
    const aws = await createAws({
      env: {
        AWS_ENDPOINT_URL: started.aws.url,
        AWS_ACCESS_KEY_ID: started.aws.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: started.aws.credentials.secretAccessKey,
      },
      retryDelayMs: 0,
      onCall: record(seen),
    })
    target = {
      aws,
      settle() {
        started.clock.advance(Math.max(DELAYS.role, DELAYS.lambda))
        return Promise.resolve()
      },
      async makeLogGroup(name, region, days) {
        started.aws.createLogGroup(name, region, days)
      },
      makeKmsKey: async () => started.aws.createKmsKey(),
      async makeDistribution({ pathPattern, tags, ...site }) {
        const domainName = `${site.comment}.cloudfront.net`
        const behaviors = [{ pathPattern }]
        const { id } = started.aws.createDistribution({ ...site, domainName, behaviors })
        started.aws.tagDistribution(id, tags)
        return id
      },
      stop: () => started.close(),
    }
  })
  afterAll(() => target?.stop())

  const faithful = { publish: true, encryption: true, sizes: true, pending: true, summaries: true }
  iamContract(() => current(target))
  ssmContract(() => current(target), faithful)
  lambdaContract(() => current(target), faithful)
  logsContract(() => current(target))
  distributionsContract(() => current(target), faithful)
  simulationContract(() => current(sandbox), record(seen))
  refusalsContract(() => current(sandbox))
  cloudfrontContract(() => ({ ...current(target), sandbox: current(sandbox), delays: DELAYS }))
  coverageContract(seen, 'sandbox')
})
