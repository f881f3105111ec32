import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type GuardedSite, PEOPLE, startGuardedSite } from '../helpers/sandbox.ts'
import { launch, screenshot } from './chromium.ts'

const DEEP = '/reports/q3.html?route=harbor&view=table&note=a%20b%2Fc'
let guarded: GuardedSite
let browser: Browser
let context: BrowserContext
let page: Page

beforeAll(async () => {
  ;[guarded, browser] = await Promise.all([startGuardedSite(), launch()])
})
afterAll(async () => {
  await browser?.close()
  await guarded?.close()
})
beforeEach(async () => {
  context = await browser.newContext()
  page = await context.newPage()
})
afterEach(() => context.close())

const at = (path: string): string => guarded.site.url + path

async function fillIn(on: Page, who: { login: string; password: string }): Promise<void> {
  await on.getByLabel('Username').fill(who.login)
  await on.getByLabel('Password').fill(who.password)
  await on.getByRole('button', { name: 'Sign in' }).click()
}

describe('in Chromium', () => {
  it('signs in at a deep link and lands there, query and all', async () => {
    await page.goto(at(DEEP))
    expect(new URL(page.url()).origin).toBe(guarded.sandbox.okta.url)
    await screenshot(page, 'okta-sign-in')
    await fillIn(page, PEOPLE.ada)
    await page.waitForURL(at(DEEP))
    await page.getByText('Signed in as Ada Byron').waitFor()
    expect(await page.locator('#query').textContent()).toBe(DEEP.split('?')[1])
    const cookies = await context.cookies(guarded.site.url)
    const session = cookies.find(({ name }) => name === '__Host-guard')
    expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })
    await screenshot(page, 'site-signed-in')
  })

  it('lets a second tab that had started before also land', async () => {
    const second = await context.newPage()
    await page.goto(at('/reports/q3.html?tab=1'))
    await second.goto(at('/docs/index.html?tab=2'))
    await fillIn(page, PEOPLE.ada)
    await page.waitForURL(at('/reports/q3.html?tab=1'))
    await fillIn(second, PEOPLE.ada)
    await second.waitForURL(at('/docs/index.html?tab=2'))
    expect(await second.getByRole('heading', { level: 1 }).textContent()).toBe('Handbook')
  })

  it('protects the site again after signing out', async () => {
    await page.goto(at('/'))
    await fillIn(page, PEOPLE.ben)
    await page.waitForURL(at('/'))
    await page.getByRole('link', { name: 'Sign out' }).click()
    await page.waitForURL(at('/_guard/signed-out'))
    await screenshot(page, 'signed-out')
    await page.goto(at('/'))
    await page.getByLabel('Password').waitFor()
    await page.goBack()
    await page.goto(at('/docs/index.html'))
    await page.getByLabel('Password').waitFor()
  })

  it('shows a refused user a page, not a loop', async () => {
    const visited: string[] = []
    page.on('framenavigated', (frame) => visited.push(frame.url()))
    await page.goto(at(DEEP))
    await fillIn(page, PEOPLE.eve)
    await page.getByRole('link', { name: 'Use another account' }).waitFor()
    await screenshot(page, 'refused')
    await page.waitForTimeout(500)
    expect(visited.filter((url) => url.includes('/_guard/callback'))).toHaveLength(1)
    await page.reload()
    await page
      .getByRole('link', { name: 'Use another account' })
      .or(page.getByRole('link'))
      .first()
      .waitFor()
    expect(page.url()).toContain(guarded.site.url)
  })

  it('lets a refused user in with another account, at the page first asked for', async () => {
    await page.goto(at(DEEP))
    await fillIn(page, PEOPLE.eve)
    await page.getByRole('link', { name: 'Use another account' }).click()
    await fillIn(page, PEOPLE.ada)
    await page.waitForURL(at(DEEP))
  })

  it('says so when the password is wrong, and goes on', async () => {
    await page.goto(at('/'))
    await fillIn(page, { login: PEOPLE.ada.login, password: 'wrong' })
    expect(await page.getByRole('alert').textContent()).toBe('Unable to sign in')
    await fillIn(page, PEOPLE.ada)
    await page.waitForURL(at('/'))
  })
})
