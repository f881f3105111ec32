import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GuardedSite, PEOPLE, startGuardedSite } from '../helpers/sandbox.ts'
import { expectAccessible, expectNoSidewaysScroll, launch, screenshot } from './chromium.ts'

let guarded: GuardedSite
let browser: Browser

beforeAll(async () => {
  ;[guarded, browser] = await Promise.all([startGuardedSite(), launch()])
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
