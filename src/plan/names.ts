import { originOf } from '../access/settings.ts'

/** Everything the guard owns in the cloud, by name; all of it in us-east-1. */
export interface Names {
  role: string
  policy: string
  function: string
  /** Ends with `/`. */
  path: string
  manifest: string
  settings: string
  before: string
  revocations: string
  versionArn: string
  keys: { session: string; client: string; seal: string }
  /** The generation is appended. */
  lock: string
}

export function namesOf(distribution: string): Names {
  const base = `s3-okta-guard-${distribution}`
  const path = `/s3-okta-guard/${distribution}/`
  return {
    role: base,
    policy: 's3-okta-guard',
    function: base,
    path,
    manifest: `${path}manifest`,
    settings: `${path}settings`,
    before: `${path}before`,
    revocations: `${path}revocations`,
    versionArn: `${path}version-arn`,
    keys: {
      session: `${path}keys/session`,
      client: `${path}keys/client`,
      seal: `${path}keys/seal`,
    },
    lock: `${path}lock/`,
  }
}

export const RINGS = ['session', 'client', 'seal'] as const
export type RingName = (typeof RINGS)[number]

/** How the label of every app of ours begins, whatever its host. */
export const APP_LABEL = 'S3 Okta Guard: '

export function appLabel(canonicalHost: string): string {
  return `${APP_LABEL}${originOf(canonicalHost).replace(/^https?:\/\//, '')}`
}

export function functionArn(account: string, distribution: string): string {
  return `arn:aws:lambda:us-east-1:${account}:function:${namesOf(distribution).function}`
}
