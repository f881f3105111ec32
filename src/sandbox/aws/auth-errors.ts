import type { AuthErrors } from './types.ts'

/** STS, IAM and CloudFront. */
export const XML_AUTH_ERRORS: AuthErrors = {
  missing: { code: 'MissingAuthenticationToken', status: 403 },
  'unknown-key': { code: 'InvalidClientTokenId', status: 403 },
  expired: { code: 'ExpiredToken', status: 403 },
  signature: { code: 'SignatureDoesNotMatch', status: 403 },
  denied: { code: 'AccessDenied', status: 403 },
}

/** SSM: as Lambda, but always 400. */
export const JSON_AUTH_ERRORS: AuthErrors = {
  missing: { code: 'MissingAuthenticationTokenException', status: 400 },
  'unknown-key': { code: 'UnrecognizedClientException', status: 400 },
  expired: { code: 'ExpiredTokenException', status: 400 },
  signature: { code: 'InvalidSignatureException', status: 400 },
  denied: { code: 'AccessDeniedException', status: 400 },
}

export const REST_JSON_AUTH_ERRORS: AuthErrors = {
  missing: { code: 'MissingAuthenticationTokenException', status: 403 },
  'unknown-key': { code: 'UnrecognizedClientException', status: 403 },
  expired: { code: 'ExpiredTokenException', status: 403 },
  signature: { code: 'InvalidSignatureException', status: 403 },
  denied: { code: 'AccessDeniedException', status: 403 },
}
