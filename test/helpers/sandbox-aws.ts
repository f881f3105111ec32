import { CloudFrontClient } from '@aws-sdk/client-cloudfront'
import { IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'

import { startAws } from '../../src/sandbox/aws/index.ts'
import type { AwsOptions, Credentials, SandboxAws } from '../../src/sandbox/aws/index.ts'
import { createOperations } from '../../src/sandbox/operations.ts'
import type { Clock, Delays, Operations } from '../../src/sandbox/types.ts'

/** A clock that only moves when a test moves it. */
export interface VirtualClock extends Clock {
  advance(milliseconds: number): void
}

/** Starts at the real time, so that signatures and certificates look sane. */
function virtualClock(start = Date.now()): VirtualClock {
  let now = start
  return {
    now: () => now,
    advance(milliseconds) {
      now += milliseconds
    },
  }
}

const NO_DELAYS: Delays = { deploy: 0, role: 0, lambda: 0, replica: 0 }

export interface SdkClients {
  sts: STSClient
  iam: IAMClient
  ssm: SSMClient
  lambda: LambdaClient
  cloudfront: CloudFrontClient
}

/** The real SDK clients against the sandbox; one attempt each, so that an answer is seen as it came. */
export function sdkClients(
  aws: Pick<SandboxAws, 'url' | 'region'>,
  credentials: Credentials,
  region = aws.region,
): SdkClients {
  const config = { endpoint: aws.url, region, credentials, maxAttempts: 1 }
  return {
    sts: new STSClient(config),
    iam: new IAMClient(config),
    ssm: new SSMClient(config),
    lambda: new LambdaClient(config),
    cloudfront: new CloudFrontClient(config),
  }
}

export interface TestAws {
  aws: SandboxAws
  clock: VirtualClock
  operations: Operations
  clients: SdkClients
  close(): Promise<void>
}

/** The sandbox's AWS with a virtual clock and no delays unless they are given. */
export async function startTestAws(
  options: Partial<Omit<AwsOptions, 'clock' | 'delays'>> & { delays?: Partial<Delays> } = {},
): Promise<TestAws> {
  const clock = virtualClock()
  const operations = options.operations ?? createOperations(clock)
  const aws = await startAws({
    ...options,
    clock,
    operations,
    delays: { ...NO_DELAYS, ...options.delays },
  })
  const clients = sdkClients(aws, aws.credentials)
  return {
    aws,
    clock,
    operations,
    clients,
    async close() {
      for (const client of Object.values<{ destroy(): void }>({ ...clients })) client.destroy()
      await aws.close()
    },
  }
}
