import { GuardError } from '../errors/guard-error.ts'
import type { GuardErrorOptions } from '../errors/guard-error.ts'
import { networkReason } from '../errors/network.ts'
import { object, text } from './app-json.ts'
import { adminConsole } from './org-url.ts'
import { tokenRefusalFailure } from './token-failure.ts'
import { TokenRefusal } from './token-refusal.ts'
import type { FailureContext, OktaCredentials } from './types.ts'

/** What Okta said, out of whatever the SDK throws. */
export interface OktaAnswer {
  status: number
  code: string
  summary: string
  causes: string[]
  reset: string | undefined
}

const ROLE =
  'Application Administrator (or a custom role with okta.apps.manage and okta.groups.read)'

/** One error for the operator: Okta's code, summary and causes, and what to do. Never a secret. */
export function oktaFailure(error: unknown, context: FailureContext): GuardError {
  if (error instanceof GuardError) return error
  const options = describe(error, context)
  const clean = (line: string): string => redact(line, context.credentials)
  return new GuardError({
    ...options,
    message: clean(options.message),
    ...(options.details ? { details: options.details.map(clean) } : {}),
  })
}

function describe(error: unknown, context: FailureContext): GuardErrorOptions {
  const { orgUrl, action } = context
  const { name, status } = object(error) as { name?: unknown; status?: unknown }
  if (error instanceof TokenRefusal) return tokenRefusalFailure(error, context)
  const answer = readAnswer(error)
  if (answer) return describeAnswer(answer, context)
  const reason = networkReason(error)
  if (reason) {
    return {
      code: 'okta-unreachable',
      message: `${orgUrl} cannot be reached: ${reason}.`,
      hint: 'Check the Okta org URL, the network and, behind a proxy, https_proxy.',
    }
  }
  if (typeof status === 'number' && status >= 500) {
    return {
      code: 'okta-failed',
      message: `Okta failed to ${action}: HTTP ${status} without an explanation.`,
      hint: 'Run the same command again; https://status.okta.com tells of outages.',
    }
  }
  if (typeof status === 'number' || isNotJson(error)) {
    return context.hasAnswered ? unreadable(action, status) : notOkta(orgUrl, status)
  }
  return {
    code: 'okta-failed',
    message: `The attempt to ${action} at Okta failed inside the Okta SDK (${text(name) || 'Error'}).`,
    hint: 'Run again with --debug.',
  }
}

function describeAnswer(answer: OktaAnswer, context: FailureContext): GuardErrorOptions {
  const { orgUrl, credentials, action } = context
  const said = `${answer.summary.replace(/\.$/, '') || 'no explanation'} (${answer.code})`
  const details = answer.causes.length > 0 ? { details: answer.causes } : {}
  const whose =
    credentials.kind === 'token'
      ? `the API token from ${credentials.source}`
      : `the service app ${credentials.clientId} from ${credentials.source}`
  if (answer.status === 429 || answer.code === 'E0000047') {
    const until = answer.reset ? ` until ${answer.reset}` : ''
    return {
      code: 'okta-throttled',
      message: `Okta's rate limit is used up${until}: ${said}.`,
      hint: 'Wait and run the same command again; it goes on where it stopped.',
      ...details,
    }
  }
  if (answer.code === 'E0000011' || answer.code === 'E0000004' || isBare401(answer)) {
    return {
      code: 'okta-credentials',
      message: `Okta does not take ${whose}: ${said}.`,
      hint: credentials.kind === 'token' ? newTokenHint(orgUrl) : 'Check the service app in Okta.',
      ...details,
    }
  }
  if (answer.status === 403) {
    return {
      code: 'okta-denied',
      message: `Okta does not allow ${whose} to ${action}: ${said}.`,
      hint:
        credentials.kind === 'token'
          ? `A token has the rights of the admin who made it: use one made by an ${ROLE}.`
          : `The service app needs both: the scopes okta.apps.manage and okta.groups.read (Okta API Scopes tab; a Super Admin grants them), and the role ${ROLE} (Admin roles tab).`,
      ...details,
    }
  }
  return { code: 'okta-failed', message: `Okta refused to ${action}: ${said}.`, ...details }
}

/** Okta's error object, in what the SDK made of it. */
export function readAnswer(error: unknown): OktaAnswer | undefined {
  const { status, errorCode, errorSummary, errorCauses, headers } = object(error)
  if (typeof errorCode !== 'string' || typeof status !== 'number') return undefined
  const causes = Array.isArray(errorCauses) ? errorCauses : []
  return {
    status,
    code: errorCode,
    summary: text(errorSummary),
    causes: causes
      .map((cause) => text(object(cause)['errorSummary']))
      .filter((line) => line !== ''),
    reset: resetTime(headers),
  }
}

function resetTime(headers: unknown): string | undefined {
  const { get } = object(headers)
  if (typeof get !== 'function') return undefined
  const reset: unknown = get.call(headers, 'x-rate-limit-reset')
  if (typeof reset !== 'string' || !/^\d{1,10}$/.test(reset)) return undefined
  return `${new Date(Number(reset) * 1000).toISOString().slice(11, 19)} UTC`
}

/** E0000015 comes as 401 too, and means a feature that the org has not bought. */
function isBare401(answer: OktaAnswer): boolean {
  return answer.status === 401 && answer.code !== 'E0000015'
}

function newTokenHint(orgUrl: string): string {
  const console = adminConsole(orgUrl)
  const page = console ? ` (${console}/admin/access/api/tokens)` : ''
  return `It is expired, revoked, of another org than ${new URL(orgUrl).host}, or bound to another network zone. An ${ROLE} makes a new one in the admin console: Security > API > Tokens${page}.`
}

function notOkta(orgUrl: string, status: unknown): GuardErrorOptions {
  const answered = typeof status === 'number' ? ` (HTTP ${status})` : ''
  return {
    code: 'okta-not-okta',
    message: `${orgUrl} is not an Okta org: its management API answered something other than JSON${answered}.`,
    hint: 'Give the address at which people sign in, for example https://acme.okta.com.',
  }
}

/** Okta answers here, so that it is a proxy, or an answer that was cut off. */
function unreadable(action: string, status: unknown): GuardErrorOptions {
  const answered = typeof status === 'number' ? ` (HTTP ${status})` : ''
  return {
    code: 'okta-failed',
    message: `Okta's answer to the attempt to ${action} cannot be read: it is not JSON, or not whole${answered}.`,
    hint: 'Run the same command again: it finds what was done.',
  }
}

function isNotJson(error: unknown): boolean {
  return (
    error instanceof SyntaxError || (error as { type?: unknown } | null)?.type === 'invalid-json'
  )
}

function redact(line: string, credentials: OktaCredentials): string {
  const secret = credentials.kind === 'token' ? credentials.token : credentials.privateKey
  return secret === '' ? line : line.replaceAll(secret, '[secret]')
}
