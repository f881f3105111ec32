import { parse } from 'yaml'
import { GuardError } from '../errors/guard-error.ts'
import type { OktaCredentials } from '../okta/types.ts'
import { serviceApp } from './okta-service-app.ts'

/** `okta: client:` of Okta's own configuration file, which its SDKs and its CLI share. */
export function readOktaYaml(
  content: string,
  source: string,
): { orgUrl: string | undefined; credentials: OktaCredentials | undefined } {
  const client = member(member(parseYaml(content, source), 'okta'), 'client')
  const get = (field: string): string | undefined => scalar(member(client, field))
  const orgUrl = get('orgUrl')
  const token = get('token')
  if (get('authorizationMode') === 'PrivateKey') {
    const name = (field: string): string => `okta.client.${field}`
    return { orgUrl, credentials: serviceApp(source, name, get) }
  }
  return { orgUrl, credentials: token ? { kind: 'token', token, source } : undefined }
}

function parseYaml(content: string, source: string): unknown {
  try {
    return parse(content)
  } catch {
    // The parser's message quotes the line, which may be the token's.
    throw new GuardError({
      code: 'okta-credentials',
      message: `${source} is not valid YAML.`,
      hint: 'Mend or remove that file, or give --okta-token-file.',
    })
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined
}

/** Lists (scopes) as words, a key written as a YAML mapping as JSON: both are usual there. */
function scalar(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim()
  if (Array.isArray(value)) return value.join(' ')
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : undefined
}
