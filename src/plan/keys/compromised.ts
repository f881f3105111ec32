import type { RingName } from '../names.ts'
import { HELD_AT_EDGES } from './times.ts'

/** What it means to cut over at once; seconds. */
export interface Cutover {
  /** Who signs in again, for people. */
  signedOut: string
  /** What fails meanwhile, for people; empty where nothing does. */
  meanwhile: string
  /** Until when an edge that lags may still take the old key. */
  until: 'deployed' | { usual: number; most: number }
}

/** Told to the operator before a compromised key is dropped. */
export function cutover(name: RingName): Cutover {
  switch (name) {
    case 'session':
      return {
        signedOut: 'everybody, with the next request at an edge that has the new version',
        meanwhile: 'who meets edges of both versions may sign in more than once',
        until: 'deployed',
      }
    case 'client':
      return {
        signedOut: 'nobody',
        meanwhile:
          'edges that hold the old key read the new one when Okta refuses it, once a minute',
        until: HELD_AT_EDGES,
      }
    case 'seal':
      return {
        signedOut: 'everybody, when the session token expires',
        meanwhile: 'sign-ins that were begun before must be begun again',
        until: HELD_AT_EDGES,
      }
  }
}
