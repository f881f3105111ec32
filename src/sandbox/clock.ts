import type { Clock, SandboxClock } from './types.ts'

/** A clock on top of another one, which tests push forward by hand. */
export function createClock(base: Clock = { now: () => Date.now() }): SandboxClock {
  let ahead = 0
  return {
    now: () => base.now() + ahead,
    advance(milliseconds) {
      ahead += milliseconds
    },
  }
}
