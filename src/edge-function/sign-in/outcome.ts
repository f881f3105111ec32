import { pageResponse } from '../pages/layout.ts'
import type { Page } from '../pages/layout.ts'
import type { Response, Session, Visit } from '../types.ts'

/** What goes into the log. */
export interface Event {
  what: 'sign-in' | 'refresh' | 'sign-out' | 'refusal' | 'error'
  reason?: string | undefined
  /** Whose; where nothing is said, that of the request. */
  session?: Pick<Session, 'sub'> | undefined
}

/** What a route answers, and the line in the log about it; none where `event` is missing. */
export interface Outcome {
  response: Response
  event?: Event
}

export function showPage(visit: Visit, page: Page, cookies?: string[]): Response {
  return pageResponse(page, visit.origin, visit.requestId, cookies)
}

/** A page that ends an attempt, and its reason in the log. */
export function refuse(visit: Visit, page: Page, reason?: string, cookies?: string[]): Outcome {
  const what = page.marker === 'error' ? 'error' : 'refusal'
  return { response: showPage(visit, page, cookies), event: { what, reason } }
}
