import { gatePage } from '../pages/gate.ts'
import type { SignIn } from '../types.ts'
import { describe, log } from './log.ts'

/** For whatever was thrown: a line in the log, and a page that tells nothing about it. */
export const failure: SignIn['failure'] = (error, cf, instance, ms) => {
  const requestId = String(cf?.config?.requestId)
  const origin = instance?.canonicalOrigin ?? ''
  if (instance?.config.log !== 'off') {
    log('error', cf?.request?.uri, requestId, { ms, ...describe(error) })
  }
  return gatePage('unavailable', origin, requestId, `${origin}/`)
}
