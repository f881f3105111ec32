import type { AwsContext } from './context.ts'
import { named, unless } from './failure.ts'
import { lazy } from './lazy.ts'
import type { Logs } from './types.ts'

/** CloudWatch Logs, the one service that is asked in other Regions than us-east-1. */
export function createLogs(context: AwsContext): Logs {
  const module = lazy(() => import('@aws-sdk/client-cloudwatch-logs'))
  const clientIn = async (region: string) => {
    const { CloudWatchLogsClient } = await module()
    const config = { ...(await context.clientConfig('logs')), region }
    return context.watch('logs', new CloudWatchLogsClient(config))
  }

  return {
    find: (region, name) =>
      context.run('logs', 'DescribeLogGroups', async (options) => {
        const { paginateDescribeLogGroups } = await module()
        const client = await clientIn(region)
        const input = { logGroupNamePrefix: name }
        for await (const page of paginateDescribeLogGroups({ client }, input, options)) {
          const found = page.logGroups?.find(({ logGroupName }) => logGroupName === name)
          if (found) return { bytes: found.storedBytes ?? 0, retentionDays: found.retentionInDays }
        }
        return undefined
      }),

    remove: (region, name) =>
      unless(
        context.run('logs', 'DeleteLogGroup', async (options) => {
          const { DeleteLogGroupCommand } = await module()
          const client = await clientIn(region)
          await client.send(new DeleteLogGroupCommand({ logGroupName: name }), options)
        }),
        undefined,
        named('ResourceNotFound'),
      ),
  }
}
