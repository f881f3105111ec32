import type { EdgeConfig } from '../../access/edge-config.ts'
import { ROUTES } from '../../access/names.ts'
import type { FailureCode } from '../sign-in/failure.ts'
import { safeCode } from '../sign-in/failure.ts'
import { namedGroups } from '../sign-in/person.ts'
import type { Page } from './layout.ts'

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
      'You were signed in several times in a row, and each time the cookie that remembers it was gone.',
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

export function oktaError(
  error: string,
  origin: string,
  path: string,
  config: Pick<EdgeConfig, 'oktaHost' | 'access'>,
): Page {
  const isPassing = error === 'temporarily_unavailable' || error === 'server_error'
  if (isPassing) return failed('okta-unavailable', origin, path, config)
  const code = safeCode(error)
  return {
    status: 502,
    marker: 'error',
    title: 'Okta could not sign you in',
    text: [
      `Okta (${config.oktaHost}) ended this sign-in${code ? ` with “${code}”` : ''}.`,
      'Try once more. If it happens again, tell the people who run this site, with the request number below.',
    ],
    links: [signIn(origin, path, 'Try again'), switchAccount(origin, path)],
  }
}

/** Why an exchange ended without a session. */
export function failed(
  code: FailureCode,
  origin: string,
  path: string,
  config: Pick<EdgeConfig, 'oktaHost' | 'access'>,
): Page {
  const [status, title, text] = FAILURES[code](config.oktaHost)
  const mayBeGroups = code === 'okta-refused' && namedGroups(config).length > 0
  return {
    status,
    marker: status < 500 ? 'refused' : 'error',
    title,
    text: mayBeGroups ? [text, TOO_MANY_GROUPS] : [text],
    links: [signIn(origin, path, 'Try again')],
  }
}

const TELL =
  'If it happens again, tell the people who run this site, with the request number below.'

/** https://developer.okta.com/docs/guides/customize-tokens-groups-claim/main/ */
const TOO_MANY_GROUPS =
  'Okta also refuses accounts that are in more than 100 of the groups that it tells this site about.'

const FAILURES: Record<FailureCode, (okta: string) => [number, string, string]> = {
  keys: () => [
    503,
    'Signing in is not possible right now',
    `Please try again in a minute. ${TELL}`,
  ],
  'okta-unavailable': (okta) => [
    503,
    'Okta does not answer right now',
    `${okta} did not answer in time, or is too busy. Please try again in a minute.`,
  ],
  'okta-refused': (okta) => [
    502,
    'Okta did not accept this site',
    `${okta} refused to finish the sign-in, which is a matter of configuration and not of your account. ${TELL}`,
  ],
  'okta-answer': (okta) => [
    502,
    'Okta’s answer could not be used',
    `What ${okta} answered was not what a sign-in needs. ${TELL}`,
  ],
  'code-refused': () => [
    400,
    'This sign-in has to be started again',
    'It was finished once already, or took too long.',
  ],
  'refresh-refused': () => [
    400,
    'This sign-in has come to its end',
    'Please sign in again to go on.',
  ],
  'id-token': (okta) => [
    502,
    'Okta’s answer could not be trusted',
    `What ${okta} said about you did not pass a check, so you were not signed in. ${TELL}`,
  ],
  'session-too-large': () => [
    500,
    'Your profile is too large to sign in',
    'Your name or e-mail address in Okta is longer than a cookie can carry. Ask the people who run this site to have it shortened.',
  ],
  'session-refused': () => [
    503,
    'Signing in is not possible right now',
    `Your new session did not pass this site’s own check. ${TELL}`,
  ],
}

/** The session has expired and could not be renewed now; it is not lost. */
export function notRefreshed(
  code: FailureCode,
  origin: string,
  path: string,
  config: Pick<EdgeConfig, 'oktaHost' | 'access'>,
): Page {
  const page = failed(code, origin, path, config)
  const text = [...page.text, 'You are not signed out: the next try may do.']
  return { ...page, text, links: [{ href: origin + path, label: 'Try again' }] }
}

export function confirmSignOut(link: string, origin: string): Page {
  return {
    status: 200,
    marker: 'page',
    title: 'Sign out?',
    text: ['You came here from another site, so please confirm that you want to sign out.'],
    links: [{ href: link, label: 'Sign out' }, home(origin)],
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

function signIn(origin: string, path: string, label: string): Page['links'][number] {
  return { href: loginAddress(origin, path), label }
}

function switchAccount(origin: string, path: string): Page['links'][number] {
  return { href: `${loginAddress(origin, path)}&switch=1`, label: 'Use another account' }
}

function home(origin: string): Page['links'][number] {
  return { href: `${origin}/`, label: 'Go to the start page' }
}

function loginAddress(origin: string, path: string): string {
  return `${origin}${ROUTES.login}?return_to=${encodeURIComponent(path)}`
}
