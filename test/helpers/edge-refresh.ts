import { beforeEach, expect } from 'vitest'
import type { EdgeConfig } from '../../src/access/edge-config.ts'
import { EdgeBrowser } from './edge-browser.ts'
import { signInWorld } from './edge-sign-in.ts'
import type { World } from './edge-sign-in.ts'
import { configuredFor, startHostileOkta } from './hostile-okta.ts'
import type { HostileOkta } from './hostile-okta.ts'

/** A guarded site whose Okta gives out refresh tokens and may turn hostile. */
export interface RefreshWorld {
  world: World
  okta: HostileOkta
  /** Configuration for the hostile Okta. */
  configured(changes?: Partial<EdgeConfig>): EdgeConfig
  /** Another instance, with memory of its own. */
  edge(changes?: Partial<EdgeConfig>): World['handler']
  browser(): EdgeBrowser
  /** A browser that has signed in, and whose session JWT has expired since. */
  expired(): Promise<EdgeBrowser>
}

export const TOKEN_PATH = '/oauth2/v1/token'
export const REVOKE_PATH = '/oauth2/v1/revoke'
export const SESSION = '__Host-guard'
export const REFRESH = '__Secure-guard-refresh'

/** For the top of a test file: sets up and takes down by itself. */
export function refreshWorld(): RefreshWorld {
  const own = { world: signInWorld() } as RefreshWorld
  beforeEach(async () => {
    own.okta = await startHostileOkta(() => own.world.now)
    own.world.handler = own.edge()
  })
  return Object.assign(own, {
    configured: (changes: Partial<EdgeConfig> = {}) => ({
      ...configuredFor(own.okta, own.world.configured()),
      ...changes,
    }),
    edge: (changes: Partial<EdgeConfig> = {}) => own.world.instance(own.configured(changes)),
    browser: () => new EdgeBrowser(() => own.world.handler, own.okta),
    async expired() {
      const browser = own.browser()
      const { response, sawOkta } = await browser.open('/start')
      expect(response).toBeUndefined()
      expect(sawOkta).toBe(true)
      expect([...browser.jar.keys()]).toEqual(expect.arrayContaining([SESSION, REFRESH]))
      own.world.now += 900_000
      own.okta.seen.length = 0
      return browser
    },
  })
}
