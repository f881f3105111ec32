import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '../types.ts'

const real = Date.now
const ahead = new AsyncLocalStorage<number>()
let borrowers = 0

/**
 * oidc-provider asks `Date.now` alone for the time. What runs inside `at` gets the sandbox's answer
 * there, everybody else in the process the real one. The result gives `Date.now` back.
 */
export function borrowTime(): () => void {
  borrowers += 1
  if (borrowers === 1) Date.now = () => real() + (ahead.getStore() ?? 0)
  let given = false
  return () => {
    if (given) return
    given = true
    borrowers -= 1
    if (borrowers === 0) Date.now = real
  }
}

/** Runs it at the time of the clock, which must not itself be asked inside. */
export function at<Result>(clock: Clock, run: () => Result): Result {
  return ahead.run(Math.round(clock.now() - real()), run)
}
