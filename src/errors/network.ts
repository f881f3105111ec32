/** Node's, OpenSSL's and node-fetch's codes for "no answer at all", in words for a message. */
const REASONS: Record<string, string> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was dropped',
  EPIPE: 'the connection was dropped',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'it did not answer in time',
  ABORT_ERR: 'it did not answer in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that Node does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is signed by an authority that Node does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is signed by an authority that Node does not know',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  EPROTO: 'it does not speak TLS there',
}

/** Why a request got no answer, or undefined when the error is of another kind. */
export function networkReason(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 4; depth += 1) {
    const { code, type } = cause as Error & { code?: unknown; type?: unknown }
    if (typeof code === 'string') {
      if (code in REASONS) return REASONS[code]
      if (code.startsWith('ERR_SSL_')) return 'it does not speak TLS there'
      if (/CERT|SELF_SIGNED/.test(code)) return `its certificate is not accepted (${code})`
    }
    // node-fetch's word for a deadline of ours; Ctrl-C is told apart before.
    if (type === 'aborted') return REASONS['ETIMEDOUT']
    if (type === 'request-timeout' || type === 'body-timeout') return REASONS['ETIMEDOUT']
    if (cause.name === 'TimeoutError') return REASONS['ETIMEDOUT']
    if (cause instanceof AggregateError) return networkReason(cause.errors[0])
    cause = cause.cause
  }
  return undefined
}
