import type { IssuerJwk, PublicRsaJwk } from './jwk.ts'
import type { AccessSettings, Site } from './rules.ts'
import type { LogLevel } from './settings.ts'

/**
 * `config.json` in the zip: all that the edge function knows, none of it secret.
 * Written by the edge package, read by the edge function.
 */
export interface EdgeConfig {
  version: 1
  /** CloudFront distribution id; also part of the session's `iss`. */
  distribution: string
  /** Origins (`https://reports.example.com`, or `http://localhost:8080` on a sandbox); the first is canonical. */
  origins: string[]
  clientId: string
  /** Okta's name on pages, e.g. `acme.okta.com`. */
  oktaHost: string
  okta: OktaMetadata
  /** Public halves by which a session JWT is checked, newest last. */
  sessionKeys: PublicRsaJwk[]
  /** Seconds; with a grace of 0 there is no session without Okta's word. */
  session: { tokenSeconds: number; maxSeconds: number; graceSeconds: number }
  access: EdgeAccess
  site: Site
  notBefore: NotBefore
  log: LogLevel
  secrets: SecretLocation
}

export interface EdgeAccess extends AccessSettings {
  /** Grows with every change of what a session may open; a session of a lower one is refreshed. */
  revision: number
  /** Groups that only the rules before named: sessions keep them, for edges that lag behind. */
  formerGroups?: string[]
}

/** Sessions that were revoked: those whose `start`, in seconds, is not after the time given here. Empty: none. */
export interface NotBefore {
  everyone?: number
  /** By {@link subjectHash} of `sub` or e-mail. */
  users?: Record<string, number>
}

/** From `/.well-known/openid-configuration`, fetched by the CLI. OpenID Connect Discovery 1.0, section 3. */
export interface OktaMetadata {
  issuer: string
  authorizationEndpoint: string
  tokenEndpoint: string
  endSessionEndpoint: string
  revocationEndpoint: string
  userinfoEndpoint: string
  jwksUri: string
  /** True when Okta promises `iss` on the callback (RFC 9207). */
  issParameterSupported: boolean
  keys: IssuerJwk[]
}

/** Where the private keys are: SSM SecureString parameters. */
export interface SecretLocation {
  region: 'us-east-1'
  /** Only for a stand-in cloud on loopback; absent on AWS. */
  endpoint?: string
  session: string
  client: string
  seal: string
}

/** The JSON inside the SecureString of a ring. The first key is the one to sign (or seal) with. */
export interface SecretRing<Key> {
  version: 1
  keys: { kid: string; key: Key }[]
}

/** The session ring holds private JWKs. */
export type PrivateJwkRing = SecretRing<Record<string, string>>
/** The client ring holds private JWKs; for an app that has a client secret, the secret. */
export type ClientRing = SecretRing<ClientKey>
export type ClientKey = Record<string, string> | string
/** The seal ring holds 256-bit keys as base64url. */
export type SealRing = SecretRing<string>
