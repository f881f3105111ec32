import type { AccessRule, Allowance } from '../access/rules.ts'
import { DEFAULTS } from '../access/settings.ts'
import type { OktaClientSettings, RefreshTokenSettings, Settings } from '../access/settings.ts'
import type { ConfigFile } from './schema.ts'

type FiledClient = NonNullable<ConfigFile['okta']['client']>
type Filed<Section extends keyof ConfigFile> = NonNullable<ConfigFile[Section]>

/** The file with its defaults filled in. */
export function toSettings(file: ConfigFile): Settings {
  const { okta, session, keys, access, site } = file
  return {
    version: 1,
    distribution: file.distribution,
    hosts: file.hosts,
    behaviors: file.behaviors,
    okta: {
      orgUrl: okta.orgUrl.replace(/\/+$/, ''),
      authorizationServer: okta.authorizationServer ?? DEFAULTS.authorizationServer,
      refreshToken: toRefreshToken(okta.refreshToken),
      ...(okta.client && { client: toClient(okta.client) }),
    },
    allow: file.allow,
    session: {
      tokenMinutes: session?.tokenMinutes ?? DEFAULTS.tokenMinutes,
      maxHours: session?.maxHours ?? DEFAULTS.maxHours,
      graceMinutes: session?.graceMinutes ?? DEFAULTS.graceMinutes,
    },
    keys: { maxAgeDays: keys?.maxAgeDays ?? DEFAULTS.maxAgeDays },
    access: { public: access?.public ?? [], rules: (access?.rules ?? []).map(toRule) },
    site: {
      ...(site?.directoryIndex !== undefined && { directoryIndex: site.directoryIndex }),
      ...(site?.singlePageApp !== undefined && { singlePageApp: site.singlePageApp }),
    },
    ssm: { ...(file.ssm?.kmsKey !== undefined && { kmsKey: file.ssm.kmsKey }) },
    function: {
      runtime: file.function?.runtime ?? DEFAULTS.runtime,
      logLevel: file.function?.logLevel ?? DEFAULTS.logLevel,
    },
    status: { accept: file.status?.accept ?? [] },
  }
}

/** The shortest file that means these settings: defaults are left out. */
export function fromSettings(settings: Settings, schemaUrl?: string): ConfigFile {
  const { okta, access, status } = settings
  const refreshToken = chosen(okta.refreshToken) as Filed<'okta'>['refreshToken'] & object
  const session = chosen(settings.session)
  const keys = chosen(settings.keys)
  const edge = chosen(settings.function)
  const opened = {
    ...(access.public.length > 0 && { public: access.public }),
    ...(access.rules.length > 0 && { rules: access.rules }),
  }
  return {
    ...(schemaUrl !== undefined && { $schema: schemaUrl }),
    version: 1,
    distribution: settings.distribution,
    hosts: settings.hosts,
    behaviors: settings.behaviors,
    okta: {
      orgUrl: okta.orgUrl,
      ...chosen({ authorizationServer: okta.authorizationServer }),
      ...(isFilled(refreshToken) && { refreshToken }),
      ...(okta.client && { client: fromClient(okta.client) }),
    },
    allow: settings.allow,
    ...(isFilled(session) && { session }),
    ...(isFilled(keys) && { keys }),
    ...(isFilled(opened) && { access: opened }),
    ...(isFilled(settings.site) && { site: settings.site }),
    ...(isFilled(settings.ssm) && { ssm: settings.ssm }),
    ...(isFilled(edge) && { function: edge }),
    ...(status.accept.length > 0 && { status: { accept: status.accept } }),
  }
}

function toClient({ id, authentication }: FiledClient): OktaClientSettings {
  return { id, authentication: authentication ?? DEFAULTS.authentication }
}

function fromClient({ id, authentication }: OktaClientSettings): FiledClient {
  return { id, ...chosen({ authentication }) }
}

function toRefreshToken(filed: Filed<'okta'>['refreshToken']): RefreshTokenSettings {
  if (filed?.rotation !== 'ROTATE') return { rotation: DEFAULTS.rotation }
  return { rotation: 'ROTATE', leewaySeconds: filed.leewaySeconds ?? DEFAULTS.leewaySeconds }
}

function toRule({ paths, allow }: NonNullable<Filed<'access'>['rules']>[number]): AccessRule {
  return { paths, allow: allow === 'everyone' ? allow : toAllowance(allow) }
}

/** In lower case, as the edge compares them. */
function toAllowance({ groups, emails, emailDomains }: FiledLists): Allowance {
  return {
    ...(groups && { groups }),
    ...(emails && { emails: emails.map(inLowerCase) }),
    ...(emailDomains && { emailDomains: emailDomains.map(inLowerCase) }),
  }
}

/** ASCII alone: other letters may turn into ASCII ones, as the Kelvin sign into k. */
function inLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

type FiledLists = Exclude<NonNullable<Filed<'access'>['rules']>[number]['allow'], 'everyone'>

/** Without what is the default. */
function chosen<T extends object>(values: T): Partial<T> {
  const defaults: Record<string, unknown> = DEFAULTS
  const entries = Object.entries(values).filter(([name, value]) => value !== defaults[name])
  return Object.fromEntries(entries) as Partial<T>
}

function isFilled(section: object): boolean {
  return Object.keys(section).length > 0
}
