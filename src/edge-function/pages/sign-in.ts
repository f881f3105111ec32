import type { Page } from './layout.ts'
import { home, signIn, switchAccount } from './links.ts'

/** The pages of sign-in and sign-out: what happened, whose move it is, and a way forward. */

export function unusable(origin: string): Page {
  return {
    status: 400,
    marker: 'bad-request',
    title: 'This sign-in link does not work',
    text: ['It is incomplete, or was changed on its way here. Nothing was done with it.'],
    links: [signIn(origin, '/', 'Start again'), home(origin)],
  }
}

export function wrongMethod(origin: string): Page {
  return { ...unusable(origin), status: 405 }
}

export function attemptGone(origin: string, path: string): Page {
  return {
    status: 400,
    marker: 'refused',
    title: 'This sign-in has to be started again',
    text: [
      'It was begun more than ten minutes ago, in another browser, or was finished already.',
      'If you see this each time, your browser does not keep cookies of this site. Allow them for this site, then try again.',
    ],
    links: [signIn(origin, path, 'Sign in')],
  }
}

export function blockedCookies(origin: string, path: string): Page {
  return {
    status: 400,
    marker: 'refused',
    title: 'Your browser does not stay signed in',
    text: [
      'You were signed in, and the cookie that remembers it was gone again at once.',
      'Allow cookies for this site, or leave out what removes them, then try again.',
    ],
    links: [signIn(origin, path, 'Try again')],
  }
}

export function accessDenied(origin: string, path: string, okta: string): Page {
  return {
    status: 403,
    marker: 'refused',
    title: 'You may not open this site',
    text: [
      `Okta (${okta}) knows you, but your account is not among those that may open this site. Ask the people who run it for access.`,
      'If you have another account, sign in with that one.',
    ],
    links: [switchAccount(origin, path), home(origin)],
  }
}

export function confirmSignOut(link: string, origin: string): Page {
  return {
    status: 200,
    marker: 'page',
    title: 'Sign out?',
    text: ['You were sent here from somewhere else, so please confirm that you want to sign out.'],
    links: [
      { href: link, label: 'Sign out' },
      { href: `${origin}/`, label: 'Stay signed in' },
    ],
  }
}

export function signedOut(origin: string): Page {
  return {
    status: 200,
    marker: 'page',
    title: 'You are signed out',
    text: ['On a computer that others use, close the browser as well.'],
    links: [signIn(origin, '/', 'Sign in again')],
  }
}
