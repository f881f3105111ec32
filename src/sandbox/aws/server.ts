import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import { deliver } from '../deliver.ts'
import { listen, readBody } from '../listen.ts'
import type { Listening } from '../listen.ts'
import type { Operations, Reply } from '../types.ts'
import { authenticate, authorize } from './authenticate.ts'
import { AwsError } from './errors.ts'
import type { Hooks } from './hooks.ts'
import type { Identities } from './identities.ts'
import { refusalOf } from './refusals.ts'
import { serviceOf } from './services.ts'
import { sts } from './sts.ts'
import type { Action, Call, Cloud, Service } from './types.ts'

/** A zip of 50 MB in base64, and something around it. */
const BODY_LIMIT = 70_000_000

export interface ServerParts {
  cloud: Cloud
  identities: Identities
  operations: Operations
  hooks: Hooks
  /** What AWS believes the time is: `Date` headers and the age of signatures. */
  awsTime(): number
  maxSkew: number | undefined
}

const STRANGER = {
  principal: { account: '', arn: '', userId: '', policies: undefined, asked: new Set<string>() },
  region: 'us-east-1',
}

/** Starts the one HTTP server of all services. */
export function serve(port: number, parts: ServerParts): Promise<Listening> {
  return listen(port, (request, response) => {
    handle(request, response, parts).catch(() => response.destroy())
  })
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  parts: ServerParts,
): Promise<void> {
  const call = await readCall(request)
  const requestId = randomUUID()
  const service = serviceOf(call)
  const action = actionOf(service, call)
  await parts.hooks.run(action.operation)
  const reply = await parts.operations.perform(
    {
      service: service?.name ?? 'aws',
      operation: action.operation,
      mutating: action.mutating,
      resource: action.resource,
      caller: /Credential=([^/]+)/.exec(call.headers['authorization'] ?? '')?.[1] ?? '',
    },
    () => answer(call, service ?? sts, action, requestId, parts),
    (refusal) => refusalOf(refusal, service ?? sts, action, requestId),
  )
  deliver(request, response, reply && onTheWire(reply, requestId, parts))
}

function onTheWire(reply: Reply, requestId: string, { awsTime }: ServerParts): Reply {
  const body = Buffer.from(reply.body ?? '')
  const headers = {
    Date: new Date(awsTime()).toUTCString(),
    'x-amzn-RequestId': requestId,
    ...(reply.status !== 204 && { 'Content-Length': String(body.byteLength) }),
    ...reply.headers,
  }
  return { ...reply, headers, body }
}

function answer(
  call: Call,
  service: Service,
  action: Action,
  requestId: string,
  { cloud, identities, awsTime, maxSkew }: ServerParts,
): Reply {
  try {
    const caller = action.anonymous
      ? STRANGER
      : authenticate(call, service, identities, { now: awsTime(), maxSkew })
    const context = {
      cloud,
      principal: caller.principal,
      account: caller.principal.account,
      region: caller.region,
      now: cloud.clock.now(),
      requestId,
    }
    authorize(service, action, context)
    return action.run(context)
  } catch (error) {
    if (error instanceof AwsError) return service.failure(error, requestId)
    const message = error instanceof Error ? error.message : String(error)
    return service.failure(new AwsError('InternalFailure', 500, message), requestId)
  }
}

/** A call that no operation takes is logged and refused like the others. */
function actionOf(service: Service | undefined, call: Call): Action {
  try {
    if (service) return service.action(call)
    throw new AwsError('UnknownOperationException', 404, 'No service here takes this request.')
  } catch (error) {
    return {
      operation: 'Unknown',
      mutating: false,
      resource: `${call.method} ${call.path}`,
      arns: () => [],
      run() {
        throw error
      },
    }
  }
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s)
  const headers = Object.entries(request.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')] as const,
  )
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers),
    body: await readBody(request, BODY_LIMIT),
  }
}
