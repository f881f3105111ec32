import { createCloudFront } from './cloudfront.ts'
import type { AwsOptions } from './context.ts'
import { createContext } from './context.ts'
import { endpointFor, isLoopback } from './endpoints.ts'
import { createIam } from './iam.ts'
import { createLambda } from './lambda.ts'
import { createLogs } from './logs.ts'
import { createSsm } from './ssm.ts'
import { createSts } from './sts.ts'
import type { Aws } from './types.ts'

export type { AwsOptions } from './context.ts'
export type { AwsCall } from './middleware.ts'

/** AWS through the SDK, everything in us-east-1. The client of a service is loaded at its first call. */
export function createAws(options: AwsOptions): Promise<Aws> {
  return Promise.resolve().then(() => assemble(options))
}

function assemble(options: AwsOptions): Aws {
  const context = createContext(options)
  const endpoint = endpointFor('ssm', options.env)
  return {
    sts: createSts(context),
    iam: createIam(context),
    ssm: createSsm(context),
    lambda: createLambda(context),
    cloudfront: createCloudFront(context),
    logs: createLogs(context),
    serverTime: () => context.serverTime(),
    endpoint: endpoint && isLoopback(new URL(endpoint).hostname) ? endpoint : undefined,
  }
}
