import type { Visit } from '../types.ts'
import type { Page } from './layout.ts'
import { home, switchAccount } from './links.ts'

/** No rule lets this account in: who it is, whom to ask, and another account. */
export function denied({ origin, session }: Visit, path: string, lacksGroups: boolean): Page {
  const account = session?.email ?? session?.name ?? session?.sub ?? ''
  return {
    status: 403,
    marker: 'refused',
    title: 'You may not open this page',
    text: [
      `You are signed in as ${account}, and this account is not among those that may open this page. Ask the people who run the site for access.`,
      ...(lacksGroups
        ? [
            'This page is for certain groups, and Okta did not tell this site which groups you are in. Mention this when you ask.',
          ]
        : []),
    ],
    links: [switchAccount(origin, path), ...(path === '/' ? [] : [home(origin)])],
  }
}

/** A matter of a minute, while a change of the rules reaches every edge. */
export function updating(origin: string, path: string): Page {
  return {
    status: 503,
    marker: 'error',
    title: 'Access to this site is being changed',
    text: [
      'Who may open what has just been changed, and not every server knows yet. Please try again in a minute.',
    ],
    links: [{ href: origin + path, label: 'Try again' }],
  }
}
