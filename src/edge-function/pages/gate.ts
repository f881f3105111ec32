import type { Response } from '../types.ts'
import { pageResponse } from './layout.ts'
import type { Page } from './layout.ts'

/** Pages of the gate. */
export type GatePage = 'bad-request' | 'not-found' | 'framed' | 'unavailable'

const PAGES: Record<GatePage, (href: string) => Page> = {
  'bad-request': badRequest,
  'not-found': notFound,
  framed,
  unavailable,
}

/** A page of the gate; `href` is the way forward that it offers. */
export function gatePage(
  page: GatePage,
  origin: string,
  requestId: string,
  href: string,
  cookies?: string[],
): Response {
  return pageResponse(PAGES[page](href), origin, requestId, cookies)
}

function badRequest(home: string): Page {
  return {
    status: 400,
    marker: 'bad-request',
    title: 'This request cannot be answered',
    text: ['The address, or the way it was asked for, is not one that this site understands.'],
    links: [{ href: home, label: 'Go to the start page' }],
  }
}

function notFound(home: string): Page {
  return {
    status: 404,
    marker: 'page',
    title: 'There is no such page',
    text: [
      'Addresses under /_guard/ belong to the sign-in of this site, and this is none of them.',
    ],
    links: [{ href: home, label: 'Go to the start page' }],
  }
}

function framed(login: string): Page {
  return {
    status: 401,
    marker: 'login',
    title: 'Sign in to see this',
    text: ['Signing in does not work inside a frame. It opens in the whole window.'],
    links: [{ href: login, label: 'Sign in' }],
    framed: true,
  }
}

function unavailable(home: string): Page {
  return {
    status: 503,
    marker: 'error',
    title: 'This site cannot be shown right now',
    text: [
      'Something went wrong while your access was checked, so nothing was shown. Please try again in a minute. If it stays so, tell the people who run this site, with the request number below.',
    ],
    links: [{ href: home, label: 'Try again' }],
  }
}
