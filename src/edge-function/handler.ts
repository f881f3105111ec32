import type { CloudFrontRequestEvent, CloudFrontRequestResult } from 'aws-lambda'
import { COOKIES, MARKER_HEADER } from '../access/names.ts'
import { cookieValues, withoutGuardCookies } from './cookies.ts'
import { decide } from './gate.ts'
import type { Decision } from './gate.ts'
import { redirect, respond, unauthenticated } from './respond.ts'
import { findSession } from './session.ts'
import type { Instance, Request, Response, SignIn, Visit } from './types.ts'

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
      const session = findSession(
        cookieValues(request.headers.cookie, COOKIES.session),
        instance,
        startedAt,
      )
      const decision = decide(request, instance, session, startedAt)
      if (decision.kind === 'pass') return forward(request)

      const visit = { request, requestId: String(config.requestId), session, startedAt }
      const response = await answer(decision, instance, visit, loadSignIn)
      return withoutBody(request, response)
    } catch (error) {
      return fail(error, event, instance, startedAt, loadSignIn)
    }
  }
}

/** The request as it came, less what is the guard's own. */
function forward(request: Request): Request {
  const { headers } = request
  const cookies = withoutGuardCookies(headers.cookie)
  if (cookies) headers.cookie = cookies
  else delete headers.cookie
  delete headers[MARKER_HEADER]
  return request
}

function answer(
  decision: Exclude<Decision, { kind: 'pass' }>,
  instance: Instance,
  visit: Omit<Visit, 'origin'>,
  loadSignIn: () => SignIn,
): Response | Promise<Response> {
  switch (decision.kind) {
    case 'redirect':
      return redirect(decision.status, decision.marker, decision.location)
    case 'unauthenticated':
      return unauthenticated(decision.login)
    case 'page':
      return loadSignIn().gatePage(decision.page, decision.origin, visit.requestId, decision.href)
    case 'sign-in':
      return loadSignIn().signIn(instance, { ...visit, origin: decision.origin })
  }
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
    const response = loadSignIn().failure(error, cf, instance?.canonicalOrigin, milliseconds)
    return withoutBody(cf?.request, response)
  } catch {
    console.log('{"what":"error","error":"sign-in.js"}')
    return respond(503, 'error')
  }
}
