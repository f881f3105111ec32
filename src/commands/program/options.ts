import type { RingName } from '../../plan/names.ts'

/** Options of every command, as the parser hands them over. */
export interface CommonOptions {
  json: boolean
  /** NDJSON on stderr instead of text. */
  jsonEvents: boolean
  /** `--no-input` makes it false. */
  input: boolean
  /** `--no-color` makes it false. */
  color: boolean
  quiet: boolean
  debug: boolean
  yes: boolean
}

/** Options of every command that works on a distribution. */
export interface TargetOptions extends CommonOptions {
  distribution?: string
  config?: string
  profile?: string
  /** A file, or `-` for stdin. */
  oktaTokenFile?: string
  dryRun: boolean
  /** Seconds. */
  lockTimeout: number
}

/** init and apply. */
export interface InstallOptions extends TargetOptions {
  oktaOrgUrl?: string
  authorizationServer?: string
  group: string[]
  everyone: boolean
  host: string[]
  behavior: string[]
  /** Of an Okta app that is not the guard's. */
  clientId?: string
  /** A file, or `-` for stdin. */
  clientSecretFile?: string
  kmsKey?: string
  accept: string[]
  /** `--no-wait` makes it false. */
  wait: boolean
  writeConfig: boolean
}

export interface StatusOptions extends TargetOptions {
  /** What is due counts as well. */
  strict: boolean
}

export interface DoctorOptions extends TargetOptions {
  /** What is due counts as well. */
  strict: boolean
}

export interface TeardownOptions extends TargetOptions {
  /** The distribution id, typed out. */
  confirm?: string
  /** Wait until Lambda has let its replicas go. */
  wait: boolean
  /** What the edges have logged goes, too. */
  logs: boolean
}

export interface RotateOptions extends TargetOptions {
  /** Empty: all rings. */
  only: RingName[]
  compromised: boolean
  /** The new secret of an Okta app that is not the guard's: a file, or `-` for stdin. */
  clientSecretFile?: string
  /** `--no-wait` makes it false. */
  wait: boolean
}

export interface RevokeOptions extends TargetOptions {
  /** An e-mail address or a `sub`. */
  user?: string
  all: boolean
  /** The distribution id, typed out; for `all`. */
  confirm?: string
  /** `--no-wait` makes it false. */
  wait: boolean
}

export interface DemoOptions extends CommonOptions {
  folder?: string
  port?: number
  check: boolean
}

export interface ExplainOptions extends CommonOptions {
  /** A path of the site, or an address of it. */
  path: string
  user?: string
  groups?: string[]
  rootObject?: string
  config?: string
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

export interface CompletionOptions extends CommonOptions {
  shell: Shell
}

export const COMMON_DEFAULTS = {
  json: false,
  jsonEvents: false,
  input: true,
  color: true,
  quiet: false,
  debug: false,
  yes: false,
} as const satisfies CommonOptions

export const TARGET_DEFAULTS = {
  ...COMMON_DEFAULTS,
  dryRun: false,
  lockTimeout: 90,
} as const satisfies TargetOptions

export const INSTALL_DEFAULTS: InstallOptions = {
  ...TARGET_DEFAULTS,
  group: [],
  everyone: false,
  host: [],
  behavior: [],
  accept: [],
  wait: true,
  writeConfig: false,
}

export const STATUS_DEFAULTS: StatusOptions = { ...TARGET_DEFAULTS, strict: false }

export const DOCTOR_DEFAULTS: DoctorOptions = { ...TARGET_DEFAULTS, strict: false }

export const TEARDOWN_DEFAULTS: TeardownOptions = { ...TARGET_DEFAULTS, wait: false, logs: false }

export const ROTATE_DEFAULTS: RotateOptions = {
  ...TARGET_DEFAULTS,
  only: [],
  compromised: false,
  wait: true,
}

export const REVOKE_DEFAULTS: RevokeOptions = { ...TARGET_DEFAULTS, all: false, wait: true }

export const DEMO_DEFAULTS: DemoOptions = { ...COMMON_DEFAULTS, check: false }

export const EXPLAIN_DEFAULTS: ExplainOptions = { ...COMMON_DEFAULTS, path: '/' }

export const COMPLETION_DEFAULTS: CompletionOptions = { ...COMMON_DEFAULTS, shell: 'bash' }
