import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccessRule } from '../../src/access/rules.ts'
import {
  type GuardedSite,
  type GuardedSiteOptions,
  PEOPLE,
  startGuardedSite,
} from '../helpers/sandbox.ts'
import { expectAccessible, expectNoSidewaysScroll, launch, screenshot } from './chromium.ts'

const GROUPS = { filter: { type: 'REGEX', value: '.*' } } as const
const CREW: AccessRule = { paths: ['/crew/*'], allow: { groups: ['Crew'] } }
const ALL: AccessRule = { paths: ['/*'], allow: 'everyone' }
const TOKEN_LIFE = 16 * 60_000

let guarded: GuardedSite
let browser: Browser

beforeAll(async () => {
  const options: GuardedSiteOptions = {
    groupsClaim: GROUPS,
    change: (config) => ({ ...config, access: { revision: 1, public: [], rules: [CREW, ALL] } }),
  }
  ;[guarded, browser] = await Promise.all([startGuardedSite(options), launch()])
})
afterAll(async () => {
  await browser?.close()
  await guarded?.close()
})

async function signIn(page: Page, who: { login: string; password: string }): Promise<void> {
  await page.getByLabel('Username').fill(who.login)
  await page.getByLabel('Password').fill(who.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${guarded.site.url}/**`)
}

/** The next version of the rules, while sessions of the version before are still young. */
function closeToAll(path: string): Promise<void> {
  return guarded.publish((config) => {
    const { revision, rules, ...access } = config.access
    const closed: AccessRule = { paths: [path], allow: { emails: ['nobody@tidewater.example'] } }
    return {
      ...config,
      access: { ...access, revision: revision + 1, rules: [closed, ...rules] },
    }
  })
}

/** How a person comes to see each page. */
const PAGES: Record<string, (page: Page, at: (path: string) => string) => Promise<unknown>> = {
  'okta-form': (page, at) => page.goto(at('/')),
  'site-home': async (page, at) => {
    await page.goto(at('/'))
    await signIn(page, PEOPLE.ada)
    await page.getByText('passengers on').waitFor()
    await page.getByText('Signed in as').waitFor()
  },
  'site-report': async (page, at) => {
    await page.goto(at('/reports/q3.html?route=harbor&view=table'))
    await signIn(page, PEOPLE.ada)
    await page.getByText('Signed in as').waitFor()
  },
  refused: async (page, at) => {
    await page.goto(at('/reports/q3.html'))
    await signIn(page, PEOPLE.eve)
  },
  denied: async (page, at) => {
    await page.goto(at('/crew/plan.html'))
    await signIn(page, PEOPLE.ada)
    await page.getByText(PEOPLE.ada.login).waitFor()
  },
  'denied-without-groups': async (page, at) => {
    guarded.sandbox.okta.setGroupsClaim(guarded.appId, undefined)
    await page.goto(at('/crew/plan.html'))
    await signIn(page, PEOPLE.ben)
    guarded.sandbox.okta.setGroupsClaim(guarded.appId, GROUPS)
    await page.getByText('Okta did not').waitFor()
  },
  updating: async (page, at) => {
    await page.goto(at('/'))
    await signIn(page, PEOPLE.ada)
    await closeToAll(`/closed-${guarded.config.access.revision}/*`)
    await page.goto(at(`/closed-${guarded.config.access.revision - 1}/`))
    await page.getByText('is being changed').waitFor()
  },
  'not-refreshed': async (page, at) => {
    await page.goto(at('/'))
    await signIn(page, PEOPLE.ada)
    guarded.sandbox.clock.advance(TOKEN_LIFE)
    const at503 = { operation: 'POST /oauth2/v1/token', nth: 1 }
    guarded.sandbox.operations.arm({ at: at503, kind: { status: 503 }, times: 9 })
    await page.goto(at('/reports/q3.html'))
    guarded.sandbox.operations.revive()
    await page.getByText('not signed out').waitFor()
  },
  'signed-out': (page, at) => page.goto(at('/_guard/signed-out')),
  'sign-out-confirmation': async (page, at) => {
    await page.goto(at('/'))
    await signIn(page, PEOPLE.ada)
    await page.setExtraHTTPHeaders({ 'sec-purpose': 'prefetch' })
    await page.goto(at('/_guard/logout'))
  },
  'not-found': (page, at) => page.goto(at('/_guard/nowhere')),
  'attempt-gone': (page, at) => page.goto(at('/_guard/callback?code=x&state=gone.gone')),
  'bad-request': (page, at) => page.goto(at('/_guard/login?iss=https%3A%2F%2Fevil.example')),
  'cookies-blocked': async (page, at) => {
    await page.goto(at('/'))
    await page.context().clearCookies({ domain: 'localhost' })
    await signIn(page, PEOPLE.ada)
  },
  framed: async (page, at) => {
    await page.route('**/frame-me', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<!doctype html><html lang="en"><title>Frame</title><main><h1>Frame</h1><iframe title="site" width="300" height="400" src="${at('/docs/index.html')}"></iframe></main>`,
      }),
    )
    await page.goto(at('/frame-me'))
  },
}

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  it.each(Object.keys(PAGES))('%s: no violation, no sideways scroll', async (name) => {
    const context: BrowserContext = await browser.newContext({ colorScheme })
    try {
      const page = await context.newPage()
      await PAGES[name]?.(page, (path) => guarded.site.url + path)
      expect(await page.title()).not.toBe('')
      await screenshot(page, `${name}-${colorScheme}`)
      await expectAccessible(page)
      await expectNoSidewaysScroll(page)
      await page.setViewportSize({ width: 320, height: 640 })
      await screenshot(page, `${name}-${colorScheme}-320`)
    } finally {
      await context.close()
    }
  })
})
