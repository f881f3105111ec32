import { randomUUID } from 'node:crypto'

import { AwsError } from '../errors.ts'
import { mergeTags } from '../tags.ts'
import type { Context, Permission } from '../types.ts'
import type { Input, LambdaOperation, Output } from './operation.ts'
import { COLLECTION_PATH, functionPath, refOf } from './operation.ts'
import { publish } from './publish.ts'
import { beginUpdate, checkIdle, checkRevision, functionOf, functionRef } from './record.ts'
import type { FunctionRecord } from './record.ts'
import { configuration } from './representation.ts'
import { readSettings, readZip } from './settings.ts'

const DEFAULTS = {
  description: '',
  roleArn: '',
  runtime: '',
  handler: '',
  memory: 128,
  timeout: 3,
  environment: {},
  architectures: ['x86_64'],
  layers: [],
}

export const writeOperations: LambdaOperation[] = [
  {
    name: 'CreateFunction',
    method: 'POST',
    path: COLLECTION_PATH,
    mutating: true,
    also: ({ body }, context) => [...passed(body), ...tagged(body, context)],
    run: createFunction,
  },
  {
    name: 'UpdateFunctionCode',
    method: 'PUT',
    path: functionPath('code'),
    mutating: true,
    run: updateCode,
  },
  {
    name: 'UpdateFunctionConfiguration',
    method: 'PUT',
    path: functionPath('configuration'),
    mutating: true,
    also: ({ body }) => passed(body),
    run({ body, ...input }, context) {
      const record = functionOf(refOf({ body, ...input }, context), context)
      checkRevision(record, body.RevisionId)
      checkIdle(record, context.now)
      Object.assign(record, readSettings(body, record, context))
      beginUpdate(record, context)
      return { status: 200, body: configuration(record, context) }
    },
  },
]

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html */
function passed(body: Input['body']): Permission[] {
  if (typeof body.Role !== 'string') return []
  const about = { 'iam:PassedToService': ['lambda.amazonaws.com'] }
  return [{ action: 'iam:PassRole', arn: body.Role, about }]
}

function tagged(body: Input['body'], context: Context): Permission[] {
  const { arn } = functionRef(
    typeof body.FunctionName === 'string' ? body.FunctionName : '',
    null,
    context,
  )
  const tags = Object.keys(body.Tags ?? {})
  return tags.length > 0 ? [{ action: 'lambda:TagResource', arn }] : []
}

function createFunction({ body }: Input, context: Context): Output {
  const { cloud, now } = context
  const name = typeof body.FunctionName === 'string' ? body.FunctionName : ''
  const { arn } = functionRef(name, null, context)
  if (cloud.functions.has(arn)) {
    const message = `Function already exist: ${name}`
    throw new AwsError('ResourceConflictException', 409, message)
  }
  const tags = new Map<string, string>()
  mergeTags(
    tags,
    new Map(Object.entries((body.Tags ?? {}) as Record<string, string>)),
    'InvalidParameterValueException',
  )
  const record: FunctionRecord = {
    ...readSettings(body, DEFAULTS, context),
    ...readZip((body.Code as { ZipFile?: unknown } | undefined)?.ZipFile),
    name: arn.split(':')[6] ?? name,
    arn,
    revisionId: randomUUID(),
    modifiedAt: now,
    activeAt: now + cloud.delays.lambda,
    updatedAt: undefined,
    versions: [],
    lastVersion: 0,
    tags,
  }
  cloud.functions.set(arn, record)
  const shown = body.Publish === true ? publish(record, undefined, context) : record
  return { status: 201, body: configuration(shown, context) }
}

function updateCode({ body, ...input }: Input, context: Context): Output {
  const record = functionOf(refOf({ body, ...input }, context), context)
  checkRevision(record, body.RevisionId)
  checkIdle(record, context.now)
  const code = readZip(body.ZipFile)
  if (body.DryRun === true) {
    return { status: 200, body: configuration({ ...record, ...code }, context) }
  }
  Object.assign(record, code)
  beginUpdate(record, context)
  const shown = body.Publish === true ? publish(record, undefined, context) : record
  return { status: 200, body: configuration(shown, context) }
}
