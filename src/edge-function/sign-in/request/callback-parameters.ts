import type { OktaMetadata } from '../../../access/edge-config.ts'

/** The authorization response: a code or an error. RFC 6749, section 4.1.2. */
export interface CallbackParameters {
  state: string
  code: string | undefined
  error: string | undefined
  iss: string | undefined
}

const MAX_CODE_LENGTH = 2048

/** Undefined when a parameter comes twice or `state` is not one of ours. RFC 6749, section 3.1. */
export function readParameters(querystring: string): CallbackParameters | undefined {
  const query = new URLSearchParams(querystring)
  const [state, code, error, iss] = ['state', 'code', 'error', 'iss'].map((name) => {
    const values = query.getAll(name)
    return values.length > 1 ? null : values[0]
  })
  if (!state || code === null || error === null || iss === null) return
  if (!/^[\w-]{8}\.[\w-]{22}$/.test(state)) return
  return { state, code, error, iss }
}

/** One of code and error, and the right issuer, where it is named or has been promised. RFC 9207. */
export function isSound({ code, error, iss }: CallbackParameters, okta: OktaMetadata): boolean {
  if ((code === undefined) === (error === undefined)) return false
  if (code !== undefined && !/^[ -~]+$/.test(code.slice(0, MAX_CODE_LENGTH + 1))) return false
  if ((code?.length ?? 0) > MAX_CODE_LENGTH) return false
  return iss === undefined ? !okta.issParameterSupported : iss === okta.issuer
}
