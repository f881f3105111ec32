import type { OktaApp, OktaAppFields, OktaGroup } from '../plan/observed.ts'

/** Okta's management API as the rest of the tool sees it. No decisions. */
export interface OktaAdmin {
  orgUrl: string
  /** One cheap call that fails as the later ones would: bad token, missing role. */
  check(): Promise<void>
  /**
   * Types of the admin roles behind the credentials (`SUPER_ADMIN`, `READ_ONLY_ADMIN` …); undefined where
   * Okta does not say, as for service apps and for admins who may not see roles.
   */
  roles(): Promise<string[] | undefined>
  /** Apps whose label begins so. */
  findAppsByLabel(prefix: string): Promise<OktaApp[]>
  getApp(id: string): Promise<OktaApp | undefined>
  createApp(fields: OktaAppFields): Promise<OktaApp>
  /** Changes only the fields of {@link OktaAppFields}; everything else in the app survives. */
  updateApp(id: string, fields: OktaAppFields): Promise<OktaApp>
  activateApp(id: string): Promise<void>
  deactivateApp(id: string): Promise<void>
  /** Missing is no error. */
  deleteApp(id: string): Promise<void>
  /** Refresh tokens of every user of the app. */
  revokeAppTokens(id: string): Promise<void>
  /** Refresh tokens that this app holds for one user; those of other apps stay. */
  revokeUserTokens(userId: string, clientId: string): Promise<void>
  /** By address or login where there is an @, else by id or the short form of a login; none is no error. */
  findUsers(name: string): Promise<OktaUser[]>
  /** Groups whose name is exactly `name`; more than one is possible. */
  findGroups(name: string): Promise<OktaGroup[]>
  /** For the picker; at most `limit`. */
  listGroups(limit: number): Promise<OktaGroup[]>
  /** The built-in group Everyone. */
  everyone(): Promise<OktaGroup | undefined>
  assignedGroups(appId: string): Promise<OktaGroup[]>
  assignGroup(appId: string, groupId: string): Promise<void>
  unassignGroup(appId: string, groupId: string): Promise<void>
}

export interface OktaUser {
  /** The `sub` of their ID tokens. */
  id: string
  login: string
  status: 'ACTIVE' | 'SUSPENDED' | 'DEPROVISIONED' | (string & {})
}

/** Where the credentials came from is for messages only. */
export type OktaCredentials =
  | { kind: 'token'; token: string; source: string }
  | {
      kind: 'service-app'
      clientId: string
      /** RSA private key, PEM or JWK JSON. */
      privateKey: string
      keyId: string | undefined
      scopes: string[]
      source: string
    }

export interface FailureContext {
  orgUrl: string
  credentials: OktaCredentials
  /** What was tried, to be read after "to": `create the app "…"`. */
  action: string
  /** Something that only Okta answers has been answered before. */
  hasAnswered?: boolean
}
