import { GuardError } from '../errors/guard-error.ts'
import { exposure } from './exposure.ts'
import type { OktaCredentials } from '../okta/types.ts'
import { readOktaYaml } from './okta-yaml.ts'
import { serviceApp } from './okta-service-app.ts'

/** The world that the search looks at; tests give another one. */
export interface OktaSources {
  env: Record<string, string | undefined>
  homedir: string
  /** Undefined when there is no such file. */
  readFile(path: string): Promise<string | undefined>
  readStdin(): Promise<string>
  /** Permission bits, or undefined where they mean nothing. */
  fileMode(path: string): Promise<number | undefined>
}

export interface OktaRequest {
  /** `--okta-token-file`: a path, or `-` for stdin. */
  tokenFile?: string | undefined
  /** From the flag or the file, normalized: an `okta.yaml` of another org is then not used. */
  orgUrl?: string | undefined
}

export interface FoundOkta {
  /** As it was written there: not normalized, not checked. */
  orgUrl: string | undefined
  /** Undefined: nothing was found, ask. */
  credentials: OktaCredentials | undefined
  /** Where the credentials are from, for messages. */
  source: string | undefined
  warnings: string[]
}

/** --okta-token-file, then OKTA_CLIENT_… variables, then ~/.okta/okta.yaml; never a file in the current folder. */
export async function findOkta(request: OktaRequest, from: OktaSources): Promise<FoundOkta> {
  const orgUrl = value(from.env['OKTA_CLIENT_ORGURL'])
  const found = (credentials: OktaCredentials, warnings: string[] = []): FoundOkta => ({
    orgUrl,
    credentials,
    source: credentials.source,
    warnings,
  })
  if (request.tokenFile !== undefined) {
    const { credentials, warnings } = await fromTokenFile(request.tokenFile, from)
    return found(credentials, warnings)
  }
  const fromEnv = fromEnvironment(from.env)
  if (fromEnv) return found(fromEnv)
  const yaml = await fromHome(from)
  if (yaml && sameHost(yaml.orgUrl, request.orgUrl ?? orgUrl)) return yaml
  return { orgUrl, credentials: undefined, source: undefined, warnings: [] }
}

async function fromTokenFile(
  path: string,
  from: OktaSources,
): Promise<{ credentials: OktaCredentials; warnings: string[] }> {
  const source = path === '-' ? 'stdin' : path
  const text = path === '-' ? await from.readStdin() : await from.readFile(path)
  if (text === undefined) {
    throw missing(`The Okta token file ${path} does not exist or cannot be read.`)
  }
  const token = cleanToken(text)
  if (token === '') throw missing(`There is no Okta API token in ${source}: it is empty.`)
  if (/\s/.test(token)) {
    throw missing(`${source} holds more than one word: it must hold the Okta API token alone.`)
  }
  const warnings = path === '-' ? [] : await exposure(path, from.fileMode)
  return { credentials: { kind: 'token', token, source }, warnings }
}

/** An explicit OKTA_CLIENT_AUTHORIZATIONMODE decides, as in Okta's own SDKs. */
function fromEnvironment(env: OktaSources['env']): OktaCredentials | undefined {
  const get = (name: string): string | undefined => value(env[`OKTA_CLIENT_${name}`])
  const mode = get('AUTHORIZATIONMODE')
  const token = cleanToken(get('TOKEN') ?? '')
  if (mode !== undefined && mode !== 'SSWS' && mode !== 'PrivateKey') {
    throw missing(`OKTA_CLIENT_AUTHORIZATIONMODE is "${mode}"; it can be SSWS or PrivateKey.`)
  }
  if (mode === 'PrivateKey') {
    const names = (field: string): string => `OKTA_CLIENT_${field.toUpperCase()}`
    return serviceApp('the OKTA_CLIENT_… variables', names, (field) => get(field.toUpperCase()))
  }
  if (token !== '') return { kind: 'token', token, source: 'OKTA_CLIENT_TOKEN' }
  if (mode === 'SSWS') {
    throw missing('OKTA_CLIENT_AUTHORIZATIONMODE is SSWS, but OKTA_CLIENT_TOKEN is not set.')
  }
  const half = ['CLIENTID', 'PRIVATEKEY', 'KEYID'].filter((name) => get(name) !== undefined)
  if (half.length > 0) {
    throw missing(
      `OKTA_CLIENT_${half[0]} is set, but neither OKTA_CLIENT_TOKEN nor OKTA_CLIENT_AUTHORIZATIONMODE=PrivateKey.`,
    )
  }
  return undefined
}

async function fromHome(from: OktaSources): Promise<FoundOkta | undefined> {
  const path = `${from.homedir}/.okta/okta.yaml`
  const text = await from.readFile(path)
  if (text === undefined) return undefined
  const { orgUrl, credentials } = readOktaYaml(text, '~/.okta/okta.yaml')
  if (!credentials) return undefined
  const warnings = await exposure(path, from.fileMode)
  return { orgUrl, credentials, source: credentials.source, warnings }
}

/** What is shown in the console may have been copied with the name of its scheme. */
export function cleanToken(text: string): string {
  return text.trim().replace(/^SSWS\s+/, '')
}

function value(text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed === '' ? undefined : trimmed
}

function sameHost(there: string | undefined, wanted: string | undefined): boolean {
  if (there === undefined || wanted === undefined) return true
  return hostOf(there) === hostOf(wanted)
}

/** Okta's own domains alone: anybody can have a domain that is called okta-admin. */
const ADMIN_CONSOLE = /^([a-z0-9-]+)-admin\.(okta(?:preview|-emea|-gov)?\.com|okta\.mil)$/

function hostOf(url: string): string {
  const text = url.includes('://') ? url : `https://${url}`
  return (URL.canParse(text) ? new URL(text).host : text).replace(ADMIN_CONSOLE, '$1.$2')
}

function missing(message: string): GuardError {
  return new GuardError({
    code: 'okta-credentials',
    message,
    hint: 'Set OKTA_CLIENT_ORGURL and OKTA_CLIENT_TOKEN, or the variables of a service app, or give --okta-token-file.',
  })
}
