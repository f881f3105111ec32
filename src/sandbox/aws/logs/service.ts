import { JSON_AUTH_ERRORS } from '../auth-errors.ts'
import { AwsError } from '../errors.ts'
import type { Context, Service } from '../types.ts'

interface LogsOperation {
  mutating: boolean
  /** Of the log group; the first is what policies are asked for when none is named. */
  arn(input: Input, context: Context): string
  resource(input: Input): string
  run(input: Input, context: Context): Record<string, unknown>
}

type Input = Record<string, unknown>

const HEADERS = { 'Content-Type': 'application/x-amz-json-1.1' }
const PAGE = 50

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/ */
const OPERATIONS: Record<string, LogsOperation> = {
  DescribeLogGroups: {
    mutating: false,
    resource: (input) => text(input, 'logGroupNamePrefix'),
    arn: (_input, context) => arnOf('', context),
    run(input, context) {
      const prefix = text(input, 'logGroupNamePrefix')
      const limit = Math.min(Number(input['limit'] ?? PAGE), PAGE)
      const all = [...context.cloud.logGroups.values()]
        .filter(({ arn, name }) => arn === arnOf(name, context) && name.startsWith(prefix))
        .sort((one, other) => (one.name < other.name ? -1 : 1))
      const start = Number(text(input, 'nextToken') || 0)
      const page = all.slice(start, start + limit)
      return {
        logGroups: page.map(({ arn, name, storedBytes, retentionInDays, createdAt }) => ({
          logGroupName: name,
          arn: `${arn}:*`,
          creationTime: createdAt,
          storedBytes,
          metricFilterCount: 0,
          ...(retentionInDays !== undefined && { retentionInDays }),
        })),
        ...(start + limit < all.length && { nextToken: String(start + limit) }),
      }
    },
  },
  DeleteLogGroup: {
    mutating: true,
    resource: (input) => text(input, 'logGroupName'),
    arn: (input, context) => arnOf(text(input, 'logGroupName'), context),
    run(input, context) {
      const gone = context.cloud.logGroups.delete(arnOf(text(input, 'logGroupName'), context))
      if (gone) return {}
      throw new AwsError(
        'ResourceNotFoundException',
        400,
        'The specified log group does not exist.',
      )
    },
  },
}

/** CloudWatch Logs, AWS JSON 1.1; the Region is that of the signature. */
export const logs: Service = {
  name: 'logs',
  authErrors: JSON_AUTH_ERRORS,
  action(call) {
    const [target, name = ''] = (call.headers['x-amz-target'] ?? '').split('.')
    const operation =
      target === 'Logs_20140328' && Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined
    if (!operation) throw new AwsError('UnknownOperationException', 400, '')
    const input = JSON.parse(Buffer.from(call.body).toString('utf8')) as Input
    return {
      operation: name,
      mutating: operation.mutating,
      resource: operation.resource(input),
      // Policies are asked about the streams of the group, or of none: `log-group::log-stream:`.
      arns: (context) => [`${operation.arn(input, context)}:log-stream:`],
      run(context) {
        const answer = operation.run(input, context)
        return { status: 200, headers: HEADERS, body: JSON.stringify(answer) }
      },
    }
  },
  failure: (error) => ({
    status: error.status,
    headers: HEADERS,
    body: JSON.stringify({ __type: error.code, message: error.message }),
  }),
}

function arnOf(name: string, { account, region }: Pick<Context, 'account' | 'region'>): string {
  return `arn:aws:logs:${region}:${account}:log-group:${name}`
}

function text(input: Input, field: string): string {
  const value = input[field]
  return typeof value === 'string' ? value : ''
}
