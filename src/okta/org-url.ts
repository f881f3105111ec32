import { GuardError } from '../errors/guard-error.ts'

export interface OrgUrl {
  /** `https://acme.okta.com`, nothing after the host. */
  orgUrl: string
  /** A sentence for the operator when something else was meant than was typed. */
  corrected: string | undefined
}

const OKTA_DOMAINS = String.raw`(?:okta\.com|oktapreview\.com|okta-emea\.com|okta-gov\.com|okta\.mil)`
const ADMIN_CONSOLE = new RegExp(`^([a-z0-9-]+)-admin\\.(${OKTA_DOMAINS})$`)
const ORG = new RegExp(`^([a-z0-9-]+)\\.(${OKTA_DOMAINS})$`)
const NOT_ORGS = /^(?:(?:www|login|developer|help|support|status|trust)\.)?okta\.com$/
const HOST_NAME =
  /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/
const EXAMPLE = 'Give the address at which people sign in, for example https://acme.okta.com.'

/** The org URL out of what people paste: a host, a page of the org, the admin console. */
export function normalizeOrgUrl(input: string): OrgUrl {
  const url = parse(input.trim())
  const host = url.hostname.replace(/\.$/, '')
  if (url.username !== '' || url.password !== '') {
    throw invalid('The Okta org URL holds a user name or a password.')
  }
  if (isLoopbackHost(host)) return { orgUrl: url.origin, corrected: undefined }
  if (url.protocol !== 'https:') {
    throw invalid(`The Okta org URL must be https, and ${url.protocol}//${host} is not.`)
  }
  if (NOT_ORGS.test(host)) throw invalid(`${host} is Okta's own site, not an org.`)
  if (!HOST_NAME.test(host)) throw invalid(`"${host}" is not the host name of an Okta org.`)
  const port = url.port === '' ? '' : `:${url.port}`
  const admin = ADMIN_CONSOLE.exec(host)
  if (!admin) return { orgUrl: `https://${host}${port}`, corrected: undefined }
  const org = `${admin[1]}.${admin[2]}`
  return {
    orgUrl: `https://${org}${port}`,
    corrected: `${host} is the admin console; the org is ${org}.`,
  }
}

/** `https://acme-admin.okta.com`, or undefined for a custom domain, which does not tell. */
export function adminConsole(orgUrl: string): string | undefined {
  const match = ORG.exec(new URL(orgUrl).hostname)
  return match ? `https://${match[1]}-admin.${match[2]}` : undefined
}

/** The machine itself: there plain http is allowed, and no proxy is asked. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

function parse(text: string): URL {
  if (text === '') throw invalid('The Okta org URL is empty.')
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
    ? ''
    : /^(?:localhost|127\.[\d.]+|\[::1\])(?::|\/|$)/.test(text)
      ? 'http://'
      : 'https://'
  try {
    const url = new URL(scheme + text)
    if (url.protocol === 'https:' || url.protocol === 'http:') return url
  } catch {
    // Said below, without the text: it may hold a password.
  }
  throw invalid('The Okta org URL is not a web address.')
}

function invalid(message: string): GuardError {
  return new GuardError({ code: 'okta-url-invalid', message, hint: EXAMPLE })
}
