import type { AccessSettings, SiteSettings } from './rules.ts'

/**
 * What is wanted (`s3-okta-guard.json`) and what is installed (`settings` in SSM): one type for both.
 * Plain data, no secrets.
 */
export interface Settings {
  version: 1
  /** CloudFront distribution id, e.g. `E2QWRUHAPOMQZL`. */
  distribution: string
  /** Host names (https is meant) or, on loopback only, `http://localhost:PORT`; the first is canonical. */
  hosts: string[]
  /** Path patterns of the guarded cache behaviors; `default` is the default one. */
  behaviors: 'all' | string[]
  okta: {
    /** `https://acme.okta.com`, no trailing slash. */
    orgUrl: string
    /** `org` is the org authorization server; else the id of a custom one (`/oauth2/{id}`). */
    authorizationServer: string
    refreshToken: RefreshTokenSettings
    /** An app that an Okta admin looks after; without it, the guard makes one and looks after it. */
    client?: OktaClientSettings
  }
  /** Who may sign in: Okta groups by name, or everyone in the org. */
  allow: { everyone: true } | { groups: string[] }
  session: {
    /** Life of one session JWT, minutes. */
    tokenMinutes: number
    /** Longest session from sign-in, hours. */
    maxHours: number
    /** How long sessions go on while Okta does not answer, minutes from its last word; 0: not at all. */
    graceMinutes: number
  }
  keys: {
    /** A key in use that is older is due to be rotated. */
    maxAgeDays: number
  }
  access: AccessSettings
  site: SiteSettings
  ssm: SsmSettings
  function: { runtime: string; logLevel: LogLevel }
  status: { accept: AcceptedFinding[] }
}

/** An Okta app that is not the guard's: its settings are the Okta admin's to enter. */
export interface OktaClientSettings {
  /** `client_id` of the app. */
  id: string
  authentication: ClientAuthentication
}

/** With a key whose public half the Okta admin has entered, or with the secret that Okta made. */
export type ClientAuthentication = 'private_key_jwt' | 'client_secret'

/** How Okta gives out refresh tokens: https://developer.okta.com/docs/guides/refresh-tokens/main/ */
export type RefreshTokenSettings =
  | { rotation: 'STATIC' }
  /** For `leewaySeconds`, 30 to 60, the token before is taken as well. */
  | { rotation: 'ROTATE'; leewaySeconds: number }

/** Where the private keys are. */
export interface SsmSettings {
  /** ARN of the KMS key that encrypts them; without it, the account's `alias/aws/ssm`. */
  kmsKey?: string
}

/** What the edge function writes: all of it, errors alone, or nothing. */
export type LogLevel = 'info' | 'error' | 'off'

export interface AcceptedFinding {
  /** Finding code, e.g. `error-page`, or `code:subject` for one place only. */
  finding: string
  reason: string
}

/**
 * Longest `session.tokenMinutes`. The edge takes no session JWT of a longer life, and none of a shorter
 * one back when the setting changes: nobody is signed out by it.
 */
export const MAX_TOKEN_MINUTES = 60

/** Longest `session.maxHours`: a week. */
export const MAX_SESSION_HOURS = 168

/** Longest session JWT, in characters; a browser drops a cookie over 4,096 bytes without a word. */
export const MAX_TOKEN_LENGTH = 3072

export const DEFAULTS = {
  authorizationServer: 'org',
  rotation: 'STATIC',
  leewaySeconds: 60,
  tokenMinutes: 15,
  maxHours: 12,
  graceMinutes: 0,
  maxAgeDays: 90,
  authentication: 'private_key_jwt',
  runtime: 'nodejs22.x',
  logLevel: 'info',
} as const

/** Settings as the first version of the tool wrote them, without what it did not know. */
export interface OlderSettings extends Omit<
  Settings,
  'okta' | 'session' | 'keys' | 'access' | 'site' | 'ssm' | 'function'
> {
  okta: OptionalIn<Settings['okta'], 'refreshToken'>
  session: OptionalIn<Settings['session'], 'graceMinutes'>
  keys?: Settings['keys']
  access?: Partial<AccessSettings>
  site?: SiteSettings
  ssm?: SsmSettings
  function: OptionalIn<Settings['function'], 'logLevel'>
}

type OptionalIn<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>

/** Settings of any version, whole: what is missing works as it did before it could be said. */
export function withDefaults(settings: OlderSettings): Settings {
  const { okta, session, keys, access, site, ssm, function: edge } = settings
  return {
    ...settings,
    okta: { ...okta, refreshToken: okta.refreshToken ?? { rotation: DEFAULTS.rotation } },
    session: { ...session, graceMinutes: session.graceMinutes ?? DEFAULTS.graceMinutes },
    keys: keys ?? { maxAgeDays: DEFAULTS.maxAgeDays },
    access: { public: access?.public ?? [], rules: access?.rules ?? [] },
    site: site ?? {},
    ssm: ssm ?? {},
    function: { ...edge, logLevel: edge.logLevel ?? DEFAULTS.logLevel },
  }
}

/** `reports.example.com` → `https://reports.example.com`; an origin is returned as it is. */
export function originOf(host: string): string {
  if (host.includes('://')) return host
  return /^(([a-z0-9-]+\.)*localhost|127\.0\.0\.1):\d+$/.test(host)
    ? `http://${host}`
    : `https://${host}`
}
