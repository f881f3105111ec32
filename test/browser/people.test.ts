import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PEOPLE } from '../helpers/sandbox.ts'
import { screenshot } from './chromium.ts'
import { fetched, fillIn, type Harbor, picture, signedIn, startHarbor } from './harbor.ts'

const { ada, ben } = PEOPLE
const PLAN = '/crew/plan.html?week=48&note=a%20b%2Fc'
let harbor: Harbor
let context: BrowserContext
let page: Page

beforeAll(async () => {
  harbor = await startHarbor()
})
afterAll(() => harbor?.close())
afterEach(() => context?.close())

const okta = () => harbor.stage.sandbox.okta

describe('somebody who was moved out of a group', () => {
  it('loses the path at the next refresh, and nothing else', async () => {
    ;({ context, page } = await signedIn(harbor, ben, PLAN))
    okta().removeFromGroup(ben.login, 'Crew')
    expect((await page.reload())?.status()).toBe(200)
    harbor.pass(16)
    expect((await page.reload())?.status()).toBe(403)
    expect(page.url()).toBe(harbor.at(PLAN))
    await page.getByText('You may not open this page').waitFor()
    expect(await page.getByRole('main').textContent()).toContain(ben.login)
    await page.getByRole('link', { name: 'Go to the start page' }).click()
    await page.getByRole('heading', { name: 'Harbor' }).waitFor()
    expect((await fetched(page, '/crew/berths.svg'))[0]).toBe(403)
    expect((await fetched(page, '/tally.json'))[0]).toBe(200)
    expect(harbor.tokenCalls()).toEqual(['refresh_token 200'])
  })

  it('may open the page with another account, and lands on it', async () => {
    // Out of the group since the test before: Okta says so from the start.
    ;({ context, page } = await signedIn(harbor, ben))
    expect((await page.goto(harbor.at(PLAN)))?.status()).toBe(403)
    const asked = page.waitForRequest((request) => request.url().includes('/v1/authorize'))
    await page.getByRole('link', { name: 'Use another account' }).click()
    expect(new URL((await asked).url()).searchParams.get('prompt')).toBe('login')
    await fillIn(page, ada)
    await page.waitForURL(harbor.at(PLAN))
    await page.getByRole('heading', { name: 'Crew plan' }).waitFor()
    expect(await page.evaluate('fetch("/_guard/me").then((me) => me.json())')).toMatchObject({
      email: ada.login,
      groups: ['Crew'],
    })
  })

  it('has the path again at the refresh after they are back', async () => {
    ;({ context, page } = await signedIn(harbor, ben))
    expect((await page.goto(harbor.at(PLAN)))?.status()).toBe(403)
    okta().addToGroup(ben.login, 'Crew')
    harbor.pass(16)
    expect((await page.reload())?.status()).toBe(200)
  })
})

describe('somebody who was suspended', () => {
  it('is out within the life of one token, and Okta lets them in no more', async () => {
    ;({ context, page } = await signedIn(harbor, ben, PLAN))
    okta().suspendUser(ben.login)
    harbor.pass(14)
    expect(await picture(page, '/crew/berths.svg?until-then')).toBe(80)
    harbor.pass(2)
    expect(await picture(page, '/crew/berths.svg?no-more')).toBe('broken')
    expect((await fetched(page, '/tally.json?no-more'))[0]).toBe(401)
    expect(harbor.tokenCalls()).toEqual(['refresh_token 400'])
    await page.reload()
    expect(new URL(page.url()).origin).toBe(okta().url)
    await fillIn(page, ben)
    expect(await page.getByRole('alert').textContent()).toBe('Unable to sign in')
    await screenshot(page, 'suspended')
    await page.goto(harbor.at('/'))
    await page.getByLabel('Password').waitFor()
  })
})
