import type { EdgeConfig } from '../../access/edge-config.ts'
import type { FailureCode } from '../sign-in/failure.ts'
import { safeCode } from '../sign-in/failure.ts'
import { namedGroups } from '../sign-in/session/person.ts'
import type { Page } from './layout.ts'
import { signIn, switchAccount } from './links.ts'

/** The pages of what went wrong between us, Okta and SSM. */

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
    `What ${okta} said about you did not pass a check, so it was not used. ${TELL}`,
  ],
  'session-too-large': () => [
    500,
    'Your profile is too large to sign in',
    'Your name, your e-mail address and your groups in Okta are together longer than a cookie can carry. Ask the people who run this site to have them shortened.',
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
  const text = [...page.text, 'You are not signed out: the page may open when you try again.']
  const again = { href: origin + path, label: 'Try again' }
  return { ...page, text, links: [again, signIn(origin, path, 'Sign in again')] }
}
