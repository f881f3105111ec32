import type { OktaMetadata } from '../access/edge-config.ts'
import type { PublicRsaJwk } from '../access/jwk.ts'
import type { FunctionAssociation, LambdaAssociation } from './distribution.ts'

/** What is installed. Its presence alone means installed; it is written first and deleted last. */
export interface Manifest {
  version: 1
  /** Version of the tool that wrote it. */
  tool: string
  distribution: string
  account: string
  state: 'installing' | 'installed' | 'tearing-down'
  installedAt: string
  keys: { session: PublicKeyEntry[]; client: PublicKeyEntry[]; seal: KeyEntry[] }
  okta?: InstalledApp
  /** What the zip was built with: reused until something else changes. */
  metadata?: OktaMetadata
  function?: InstalledFunction
  /** Versions that are no longer attached, and since when; deleted as replicas let go. */
  retired: { arn: string; since: string }[]
}

export interface KeyEntry {
  kid: string
  state: 'pending' | 'current' | 'previous'
  /** ISO 8601, AWS's clock. */
  createdAt: string
}

export interface PublicKeyEntry extends KeyEntry {
  public: PublicRsaJwk
}

export interface InstalledApp {
  appId: string
  clientId: string
  orgUrl: string
}

export interface InstalledFunction {
  versionArn: string
  /** base64(sha256(zip)), as Lambda gives it. */
  codeSha256: string
  /** SHA-256 of config.json, hex. */
  configDigest: string
  /** SHA-256 over the two scripts, hex: which build of the edge function. */
  build: string
}

/** What was associated before us, per guarded behavior; teardown puts it back. */
export interface Before {
  version: 1
  behaviors: { pattern: string; lambda: LambdaAssociation[]; functions: FunctionAssociation[] }[]
}
