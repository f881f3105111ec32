import type { Settings } from '../../access/settings.ts'
import type { Problem } from './problem.ts'

/** The grace counts from Okta's last word: within the life of a token it would never begin. */
export function checkGrace({ graceMinutes, tokenMinutes }: Settings['session']): Problem[] {
  if (graceMinutes === 0 || graceMinutes > tokenMinutes) return []
  const message = `counts from Okta’s last answer, as the token’s ${tokenMinutes} minutes do; it should be longer than them, or 0`
  return [{ path: ['session', 'graceMinutes'], message }]
}
