import type { NotBefore, OktaMetadata } from '../access/edge-config.ts'
import type { ClientAuthentication } from '../access/settings.ts'
import type { PublicRsaJwk } from '../access/jwk.ts'
import type { FunctionAssociation, LambdaAssociation } from './distribution/distribution.ts'
import type { RingName } from './names.ts'

/** What is installed. Its presence alone means installed; it is written first and deleted last. */
export interface Manifest {
  version: 1
  /** Version of the tool that wrote it. */
  tool: string
  distribution: string
  account: string
  state: 'installing' | 'installed' | 'tearing-down'
  installedAt: string
  keys: { session: PublicKeyEntry[]; client: ClientKeyEntry[]; seal: KeyEntry[] }
  /** Rotations that were asked for and are not finished, by ring. */
  rotation?: Partial<Record<RingName, RotationRequest>>
  okta?: InstalledApp
  /** What the zip was built with: reused until something else changes. */
  metadata?: StoredMetadata
  /** Missing where the version before access rules installed. */
  access?: InstalledAccess
  function?: InstalledFunction
  /** Which revocations every edge knows; missing: none. */
  revocations?: KnownRevocations
  /** Versions that are no longer attached, and since when; deleted as replicas let go. */
  retired: { arn: string; since: string }[]
}

export interface KeyEntry {
  kid: string
  state: 'pending' | 'current' | 'previous'
  /** ISO 8601, AWS's clock, as are the others. */
  createdAt: string
  /** When the first version that knows it was seen deployed; for session keys alone. */
  deployedAt?: string
  /** When it was put in use; the first key of a ring has none. */
  promotedAt?: string
  /** Of a previous key: until then something that is still in use may need it. */
  retireAfter?: string
}

/** What `rotate-keys` was asked for; it outlives a run that dies. */
export interface RotationRequest {
  /** ISO 8601, AWS's clock. */
  since: string
  /** No key that was made before `since` is trusted. */
  compromised: boolean
}

export function isAdmins(app: InstalledApp | undefined): app is AdminsApp {
  return app !== undefined && 'authentication' in app
}

export interface PublicKeyEntry extends KeyEntry {
  public: PublicRsaJwk
}

/** A client secret has no public half. */
export type ClientKeyEntry = KeyEntry & Partial<Pick<PublicKeyEntry, 'public'>>

export type InstalledApp = OwnApp | AdminsApp

/** Made by the guard, and deleted by it. */
export interface OwnApp {
  appId: string
  clientId: string
  orgUrl: string
}

/** Looked after by an Okta admin; the guard knows it by its client id alone. */
export interface AdminsApp {
  appId?: never
  clientId: string
  orgUrl: string
  authentication: ClientAuthentication
  /** With what Okta took a sign-in when it was asked last; missing: it never did. */
  tried?: { digest: string; kid: string }
}

/** As baked in by any version: the first knew neither revocation nor userinfo. */
export type StoredMetadata = Omit<OktaMetadata, Later> & Partial<Pick<OktaMetadata, Later>>
type Later = 'revocationEndpoint' | 'userinfoEndpoint'

/** Which access the sessions of today are minted for. */
export interface InstalledAccess {
  /** Never goes down: an edge takes a session of a higher one as it is. */
  revision: number
  /** Of all that the revision stands for. */
  digest: string
  /** Groups that the rules name, and those that the rules before named and these do not. */
  groups: string[]
  formerGroups: string[]
}

export interface InstalledFunction {
  versionArn: string
  /** base64(sha256(zip)), as Lambda gives it. */
  codeSha256: string
  /** SHA-256 of config.json, hex. */
  configDigest: string
  /** Ids of the session keys in config.json; missing where an older tool installed: those of the manifest. */
  sessionKids?: string[]
  /** SHA-256 over the two scripts, hex: which build of the edge function. */
  build: string
}

/** Sessions that were ended before their time; times in seconds. */
export interface Revocations extends NotBefore {
  version: 1
}

/** Written when every edge has them: what is on record beyond them is not yet in force. */
export interface KnownRevocations {
  /** Of what is baked in. */
  digest: string
  /** The newest of them; seconds. */
  until: number
}

/** What was associated before us, per guarded behavior; teardown puts it back. */
export interface Before {
  version: 1
  behaviors: { pattern: string; lambda: LambdaAssociation[]; functions: FunctionAssociation[] }[]
}
