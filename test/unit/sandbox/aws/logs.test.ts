import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { startTestAws } from '../../../helpers/sandbox-aws.ts'
import type { TestAws } from '../../../helpers/sandbox-aws.ts'
import { awsError } from './fixtures.ts'

describe('CloudWatch Logs', () => {
  let cloud: TestAws
  const clients: CloudWatchLogsClient[] = []
  beforeEach(async () => {
    cloud = await startTestAws()
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy()
    await cloud.close()
  })

  function logsIn(region: string): CloudWatchLogsClient {
    const { url: endpoint, credentials } = cloud.aws
    const client = new CloudWatchLogsClient({ region, endpoint, credentials, maxAttempts: 1 })
    clients.push(client)
    return client
  }

  it('keeps the groups of each Region apart, and finds them by prefix', async () => {
    cloud.aws.createLogGroup('/aws/lambda/a', 'us-east-1')
    cloud.aws.createLogGroup('/aws/lambda/b', 'eu-west-1', 14)
    cloud.aws.createLogGroup('/other', 'eu-west-1')
    const find = new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda/' })
    const { logGroups } = await logsIn('eu-west-1').send(find)
    expect(logGroups).toMatchObject([
      { logGroupName: '/aws/lambda/b', retentionInDays: 14, storedBytes: 2048 },
    ])
    const home = await logsIn('us-east-1').send(find)
    expect(home.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(['/aws/lambda/a'])
    expect(home.logGroups?.[0]?.retentionInDays).toBeUndefined()
  })

  it('answers in pages', async () => {
    for (let at = 0; at < 7; at += 1) cloud.aws.createLogGroup(`/g/${at}`, 'us-east-1')
    const names: (string | undefined)[] = []
    const client = logsIn('us-east-1')
    for await (const page of paginateDescribeLogGroups({ client, pageSize: 3 }, {}))
      names.push(...(page.logGroups ?? []).map(({ logGroupName }) => logGroupName))
    expect(names).toEqual([0, 1, 2, 3, 4, 5, 6].map((at) => `/g/${at}`))
  })

  it('deletes a group once', async () => {
    cloud.aws.createLogGroup('/g', 'us-east-1')
    const remove = new DeleteLogGroupCommand({ logGroupName: '/g' })
    await logsIn('us-east-1').send(remove)
    expect(cloud.aws.logGroups()).toEqual([])
    await expect(logsIn('us-east-1').send(remove)).rejects.toMatchObject(
      awsError('ResourceNotFoundException', 400),
    )
  })
})
