import type { OktaMetadata } from '../access/edge-config.ts'
import type { PublicRsaJwk } from '../access/jwk.ts'
import type { Settings } from '../access/settings.ts'
import type { Distribution, Tags } from './distribution/distribution.ts'
import type { Before, Manifest, Revocations } from './manifest.ts'

/** Everything the plan may know about the world: read in one go, plain data, nothing decrypted. */
export interface Observed {
  identity: Identity
  /** undefined: no such distribution in this account. */
  distribution: Distribution | undefined
  role: Role | undefined
  lambda: LambdaFunction | undefined
  parameters: Parameter[]
  manifest: Manifest | undefined
  settings: Settings | undefined
  before: Before | undefined
  /** undefined: nobody was ever signed out before the time. */
  revocations: Revocations | undefined
  versionArn: string | undefined
  okta: OktaObserved
}

export interface Identity {
  account: string
  arn: string
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  partition: string
}

export type OktaObserved =
  | {
      checked: false
      reason: string
      /** Of an app that is its admin's, what Okta tells anybody; undefined: the guard has its own. */
      client?: ClientObserved
    }
  | {
      checked: true
      /** Found by the id in the manifest, or by label and ownership in `profile`. */
      app: OktaApp | undefined
      /** An app with our label that is not ours. */
      foreignApp: OktaApp | undefined
      /** Groups assigned to the app. */
      assigned: OktaGroup[]
      /** The groups that `allow` names, by id; those of access rules are only looked up. */
      wanted: OktaGroup[]
      /** Wanted names that fit no group, or several. */
      unclear: UnclearGroup[]
      /** undefined: not asked for, as teardown has no use for it. */
      metadata: OktaMetadata | undefined
    }

export interface ClientObserved {
  /** undefined: not asked for, as teardown has no use for it. */
  metadata: OktaMetadata | undefined
  /** A sign-in begun and not gone on with, at each redirect URI. */
  begun: BegunSignIn[]
  /** undefined: Okta did not say. */
  pkceRequired: boolean | undefined
}

export interface BegunSignIn {
  redirectUri: string
  answer: AuthorizeAnswer
}

/** What `/authorize` says to somebody who is not signed in and must not be asked to (`prompt=none`). */
export type AuthorizeAnswer =
  /** The app is there, and takes the redirect URI and the scopes. */
  | { kind: 'taken' }
  /** A page in place of a redirect (`redirect_uri` or `client_id` is not known), or an error at the redirect. */
  | { kind: 'refused'; error: string }
  | { kind: 'unclear'; detail: string }

export interface UnclearGroup {
  name: string
  fits: OktaGroup[]
  /** Where the settings name it, e.g. `access.rules[1].allow.groups`. */
  where: string[]
}

export interface OktaGroup {
  id: string
  name: string
  /** `BUILT_IN` for Everyone. */
  type: string
}

/** Only the fields that the guard owns; see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/ */
export interface OktaAppFields {
  label: string
  redirectUris: string[]
  postLogoutRedirectUris: string[]
  initiateLoginUri: string
  grantTypes: string[]
  responseTypes: string[]
  applicationType: string
  tokenEndpointAuthMethod: string
  pkceRequired: boolean
  consentMethod: string
  issuerMode: string
  jwks: PublicRsaJwk[]
  refreshToken: RefreshTokenFields
  /** Ownership. */
  profile: OktaAppProfile
}

/** As Okta has them; the leeway counts only where tokens rotate. */
export interface RefreshTokenFields {
  rotation: string
  leewaySeconds?: number
}

export interface OktaAppProfile {
  managedBy: string
  distribution: string
  awsAccount: string
}

export interface OktaApp extends OktaAppFields {
  id: string
  clientId: string
  status: 'ACTIVE' | 'INACTIVE' | (string & {})
}

export interface Role {
  name: string
  arn: string
  /** Parsed trust policy document. */
  trust: unknown
  /** Parsed inline policies by name. */
  inlinePolicies: Record<string, unknown>
  attachedPolicies: string[]
  tags: Tags
}

export interface LambdaFunction {
  name: string
  /** Unqualified. */
  arn: string
  roleArn: string
  runtime: string
  handler: string
  /** MB. */
  memory: number
  /** Seconds. */
  timeout: number
  codeSha256: string
  state: string
  lastUpdateStatus: string
  revisionId: string
  tags: Tags
  /** Numbered versions, oldest first; `$LATEST` is not among them. */
  versions: LambdaVersion[]
}

export interface LambdaVersion {
  /** With the number. */
  arn: string
  version: string
  codeSha256: string
  runtime: string
  description: string
}

/** From DescribeParameters and ListTagsForResource: no values. */
export interface Parameter {
  name: string
  type: 'String' | 'SecureString' | (string & {})
  version: number
  description: string
  keyId: string
  tags: Tags
}

/** Tag on role, function and parameters; the value is the distribution id. */
export const OWNER_TAG = 's3-okta-guard:distribution'
/** Value of `profile.managedBy`. */
export const MANAGED_BY = 's3-okta-guard'
