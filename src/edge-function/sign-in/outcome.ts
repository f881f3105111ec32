import { pageResponse } from '../pages/layout.ts'
import type { Page } from '../pages/layout.ts'
import type { Response, Visit } from '../types.ts'

/** What a route answers, and what goes into the log about it; nothing where `event` is missing. */
export interface Outcome {
  response: Response
  event?: { what: 'sign-in' | 'sign-out' | 'refusal' | 'error'; reason?: string | undefined }
}

export function showPage(visit: Visit, page: Page, cookies?: string[]): Response {
  return pageResponse(page, visit.origin, visit.requestId, cookies)
}

/** A page that ends an attempt, and its reason in the log. */
export function refuse(visit: Visit, page: Page, reason?: string, cookies?: string[]): Outcome {
  const what = page.marker === 'error' ? 'error' : 'refusal'
  return { response: showPage(visit, page, cookies), event: { what, reason } }
}
