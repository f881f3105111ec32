import { DEFAULTS } from '../access/settings.ts'
import type {
  AcceptedFinding,
  ClientAuthentication,
  OktaClientSettings,
  Settings,
} from '../access/settings.ts'
import type { ConfigFile } from './schema.ts'
import { toSettings } from './settings.ts'

/** What flags may say about settings; InstallOptions fits. */
export interface SettingFlags {
  distribution?: string
  oktaOrgUrl?: string
  authorizationServer?: string
  group: string[]
  everyone: boolean
  host: string[]
  behavior: string[]
  clientId?: string
  clientSecretFile?: string
  kmsKey?: string
  accept: string[]
}

/** Settings as far as they were told; what is undefined must be asked for or found out. */
export interface PartialSettings {
  distribution: string | undefined
  hosts: string[] | undefined
  behaviors: Settings['behaviors']
  okta: Omit<Settings['okta'], 'orgUrl' | 'client'> & {
    orgUrl: string | undefined
    client: ToldClient | undefined
  }
  allow: Settings['allow'] | undefined
  session: Settings['session']
  keys: Settings['keys']
  access: Settings['access']
  site: Settings['site']
  ssm: Settings['ssm']
  function: Settings['function']
  status: Settings['status']
}

/** What was not told of it is as it was, where that app is installed already. */
export interface ToldClient {
  id: string
  authentication: ClientAuthentication | undefined
}

/** Reason recorded for a finding accepted by flag. */
export const ACCEPTED_BY_FLAG = 'accepted with --accept'

/** Flags win over the environment, which wins over the file. */
export function mergeSettings(
  flags: SettingFlags,
  env: Record<string, string | undefined>,
  file: ConfigFile | undefined,
): PartialSettings {
  const filed = file && toSettings(file)
  return {
    distribution:
      flags.distribution ?? nonEmpty(env['S3_OKTA_GUARD_DISTRIBUTION']) ?? filed?.distribution,
    hosts: given(flags.host) ?? filed?.hosts,
    behaviors: given(flags.behavior) ?? filed?.behaviors ?? 'all',
    okta: {
      orgUrl: flags.oktaOrgUrl ?? nonEmpty(env['OKTA_CLIENT_ORGURL']) ?? filed?.okta.orgUrl,
      authorizationServer:
        flags.authorizationServer ??
        filed?.okta.authorizationServer ??
        DEFAULTS.authorizationServer,
      refreshToken: filed?.okta.refreshToken ?? { rotation: DEFAULTS.rotation },
      client: toldClient(flags, filed?.okta.client),
    },
    allow: allowed(flags) ?? filed?.allow,
    session: filed?.session ?? {
      tokenMinutes: DEFAULTS.tokenMinutes,
      maxHours: DEFAULTS.maxHours,
      graceMinutes: DEFAULTS.graceMinutes,
    },
    keys: filed?.keys ?? { maxAgeDays: DEFAULTS.maxAgeDays },
    access: filed?.access ?? { public: [], rules: [] },
    site: filed?.site ?? {},
    ssm: flags.kmsKey === undefined ? (filed?.ssm ?? {}) : { kmsKey: flags.kmsKey },
    function: filed?.function ?? { runtime: DEFAULTS.runtime, logLevel: DEFAULTS.logLevel },
    status: { accept: accepted(flags.accept, filed?.status.accept ?? []) },
  }
}

/** A secret is given to be used. */
function toldClient(
  { clientId, clientSecretFile }: SettingFlags,
  filed: OktaClientSettings | undefined,
): ToldClient | undefined {
  const id = clientId ?? filed?.id
  if (id === undefined) return undefined
  if (clientSecretFile !== undefined) return { id, authentication: 'client_secret' }
  return { id, authentication: id === filed?.id ? filed.authentication : undefined }
}

function allowed(flags: SettingFlags): Settings['allow'] | undefined {
  if (flags.everyone) return { everyone: true }
  const groups = given(flags.group)
  return groups && { groups }
}

function accepted(flags: string[], filed: AcceptedFinding[]): AcceptedFinding[] {
  const known = new Set(filed.map(({ finding }) => finding))
  const added = flags.filter((finding) => !known.has(finding))
  return [...filed, ...added.map((finding) => ({ finding, reason: ACCEPTED_BY_FLAG }))]
}

function given(values: string[]): string[] | undefined {
  return values.length > 0 ? [...new Set(values)] : undefined
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value
}
