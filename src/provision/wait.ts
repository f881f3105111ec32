import { GuardError } from '../errors/guard-error.ts'
import type { Cloud } from './cloud.ts'

export interface Wait {
  /** Completes "still waiting for …". */
  what: string
  /** Milliseconds between two looks. */
  pace: number
  /** Milliseconds until it is given up. */
  deadline: number
  /** Milliseconds that have passed are given, for progress. */
  look: (elapsed: number) => Promise<boolean>
}

/** Looks again and again until it is so, the deadline has passed, or the run is interrupted. */
export async function waitUntil(cloud: Pick<Cloud, 'sleep'>, wait: Wait): Promise<void> {
  let elapsed = 0
  while (!(await wait.look(elapsed))) {
    if (elapsed >= wait.deadline) {
      throw new GuardError({
        code: 'wait-timeout',
        message: `Still waiting for ${wait.what} after ${Math.round(wait.deadline / 1000)} s.`,
        hint: 'Nothing is lost: run the same command again and it goes on waiting.',
      })
    }
    await cloud.sleep(wait.pace)
    elapsed += wait.pace
  }
}
