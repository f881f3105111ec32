/** Public halves only: these travel in the zip, in the manifest and to Okta. RFC 7517. */
export interface PublicRsaJwk {
  kty: 'RSA'
  kid: string
  alg: 'RS256'
  use: 'sig'
  n: string
  e: string
}

/** A key of the authorization server as its JWKS publishes it; other members are dropped. */
export interface IssuerJwk {
  kty: 'RSA'
  kid: string
  alg?: string
  use?: string
  n: string
  e: string
}
