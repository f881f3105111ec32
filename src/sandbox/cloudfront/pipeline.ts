import type { EdgeBehavior, EdgeDistribution, EdgeSource, Reply } from '../types.ts'
import { cloudFrontError } from './error-page.ts'
import { type EdgeRequest, viewerRequestEvent } from './event.ts'
import type { EdgeHeaders } from './headers.ts'
import { behaviorFor } from './match.ts'
import { askOrigin } from './origin.ts'
import { checkResult } from './result.ts'
import type { Runtime } from './runtime.ts'

export interface Edge {
  /** Of the edge location. */
  name: string
  source: EdgeSource
  runtime: Runtime
  log: (line: string) => void
  /** Every request that reached an origin, as it was forwarded. */
  forwarded: EdgeRequest[]
}

const FORWARDED_KEPT = 500

type Step = { pass: EdgeRequest } | { answer: Reply; generated: boolean }

function generatedHeaders(headers: EdgeHeaders): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, entries]) => [name, entries.map(({ value }) => value)]),
  )
}

async function viewerRequest(
  edge: Edge,
  distribution: EdgeDistribution,
  arn: string | undefined,
  requestId: string,
  request: EdgeRequest,
): Promise<Step> {
  if (arn === undefined) return { pass: request }
  const fail = (status: number, why: string, cache: string): Step => ({
    answer: cloudFrontError(status, why, requestId, `${cache} from cloudfront`),
    generated: false,
  })
  const version = edge.source.version(arn)
  if (version === undefined) return fail(503, 'execution', 'LambdaExecutionError')
  const event = viewerRequestEvent(distribution, requestId, request)
  const outcome = await edge.runtime.invoke(edge.name, version, requestId, event)
  if ('error' in outcome) return fail(503, 'execution', 'LambdaExecutionError')
  const result = checkResult(outcome.result, request)
  if (result.kind === 'invalid') {
    edge.log(`${requestId} LambdaValidationError ${result.reason}`)
    return fail(502, 'validation', 'LambdaValidationError')
  }
  if (result.kind === 'request') return { pass: result.request }
  const { status, headers, body } = result.response
  const cache = { 'x-cache': ['LambdaGeneratedResponse from cloudfront'] }
  return {
    answer: { status, headers: { ...generatedHeaders(headers), ...cache }, body },
    generated: true,
  }
}

/** Developer Guide, "Generate custom error responses": fetched without the edge function. */
function customError(
  edge: Edge,
  distribution: EdgeDistribution,
  request: EdgeRequest,
  reply: Reply,
): Reply {
  const custom = distribution.customErrorResponses.find((one) => one.errorCode === reply.status)
  if (!custom?.responsePagePath) return reply
  const { responsePagePath: uri, responseCode } = custom
  const behavior = behaviorFor(distribution.behaviors, uri)
  if (behavior === undefined) return reply
  const asked: EdgeRequest = { ...request, method: 'GET', uri, querystring: '', headers: {} }
  const page = askOrigin(edge.source, distribution, behavior.targetOriginId, asked)
  if (page.status !== 200) return reply
  const headers = { ...page.headers, 'x-cache': 'Error from cloudfront' }
  return { ...page, status: Number(responseCode) || reply.status, headers }
}

function origin(
  edge: Edge,
  distribution: EdgeDistribution,
  behavior: EdgeBehavior,
  request: EdgeRequest,
): Reply {
  edge.forwarded.push(request)
  if (edge.forwarded.length > FORWARDED_KEPT) edge.forwarded.shift()
  const reply = askOrigin(edge.source, distribution, behavior.targetOriginId, request)
  const cache = reply.status >= 400 ? 'Error from cloudfront' : 'Miss from cloudfront'
  return { ...reply, headers: { ...reply.headers, 'x-cache': cache } }
}

/**
 * One request of a viewer, in CloudFront's order: behavior, method, viewer-request function, origin,
 * custom error page. Plain http on loopback counts as https, because browsers treat loopback as a
 * secure context and there is no certificate that they would take; so no viewer protocol policy acts.
 * That a disallowed method is refused before the function runs is not in AWS's documentation.
 */
export async function serve(
  edge: Edge,
  distribution: EdgeDistribution,
  requestId: string,
  request: EdgeRequest,
): Promise<Reply> {
  const behavior = behaviorFor(distribution.behaviors, request.uri)
  if (behavior === undefined) return cloudFrontError(403, 'no-distribution', requestId)
  if (!behavior.allowedMethods.includes(request.method)) {
    const refused = cloudFrontError(403, 'method', requestId)
    return customError(edge, distribution, request, refused)
  }
  const step = await viewerRequest(edge, distribution, behavior.viewerRequest, requestId, request)
  if ('answer' in step)
    return step.generated ? step.answer : customError(edge, distribution, request, step.answer)
  const reply = origin(edge, distribution, behavior, step.pass)
  return reply.status < 400 ? reply : customError(edge, distribution, request, reply)
}
