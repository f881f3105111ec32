import type { CloudFrontRequestEvent, CloudFrontRequestResult } from 'aws-lambda'
import { COOKIES, MARKER_HEADER } from '../access/names.ts'
import { cookieValues, withoutGuardCookies } from './cookies.ts'
import { decide } from './gate.ts'
import { findSession } from './session.ts'
import type { Instance, Request, Response, SignIn } from './types.ts'

export type Handler = (event: CloudFrontRequestEvent) => Promise<CloudFrontRequestResult>

/**
 * The handler of one instance. The configuration is loaded now, the sign-in script when first needed.
 * Whatever is thrown, anywhere, becomes a 503: never a pass.
 */
export function createHandler(loadInstance: () => Instance, loadSignIn: () => SignIn): Handler {
  let instance: Instance | undefined
  let failure: unknown
  try {
    instance = loadInstance()
  } catch (error) {
    failure = error
  }

  return async (event) => {
    const startedAt = instance?.now() ?? 0
    try {
      if (!instance) throw failure
      const { request, config } = event.Records[0]!.cf
      const cookies = cookieValues(request.headers.cookie, COOKIES.session)
      const found = findSession(cookies, instance, startedAt)
      const decision = decide(request, instance, found, startedAt)
      if (decision.verdict === 'pass') return forward(request, decision.uri!)

      const { requestId } = config
      const visit = { ...decision, ...found, request, requestId, startedAt }
      return withoutBody(request, await loadSignIn().answer(instance, visit))
    } catch (error) {
      return fail(error, event, instance, startedAt, loadSignIn)
    }
  }
}

/** The request as it came, less what is the guard's own. */
function forward(request: Request, uri: string): Request {
  const { headers } = request
  const cookies = withoutGuardCookies(headers.cookie)
  if (cookies) headers.cookie = cookies
  else delete headers.cookie
  delete headers[MARKER_HEADER]
  request.uri = uri
  return request
}

/** RFC 9110, section 9.3.2. */
function withoutBody(request: Request | undefined, response: Response): Response {
  if (request?.method === 'HEAD') delete response.body
  return response
}

function fail(
  error: unknown,
  event: CloudFrontRequestEvent,
  instance: Instance | undefined,
  startedAt: number,
  loadSignIn: () => SignIn,
): Response {
  const cf = (event as Partial<CloudFrontRequestEvent> | null)?.Records?.[0]?.cf
  try {
    const milliseconds = (instance?.now() ?? 0) - startedAt
    return withoutBody(cf?.request, loadSignIn().failure(error, cf, instance, milliseconds))
  } catch {
    console.log('{"what":"error","error":"sign-in.js"}')
    const headers = {
      'cache-control': [{ value: 'no-store' }],
      [MARKER_HEADER]: [{ value: 'error' }],
    }
    return { status: '503', headers }
  }
}
