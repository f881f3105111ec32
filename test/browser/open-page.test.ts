import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PEOPLE } from '../helpers/sandbox.ts'
import {
  COOKIE,
  fetched,
  fillIn,
  type Harbor,
  picture,
  redirectsOf,
  signedIn,
  startHarbor,
} from './harbor.ts'

const WHERE = '/?berth=4&note=a%20b%2Fc'
let harbor: Harbor
let context: BrowserContext
let page: Page

beforeAll(async () => {
  harbor = await startHarbor()
})
afterAll(() => harbor?.close())
beforeEach(async () => {
  ;({ context, page } = await signedIn(harbor, PEOPLE.ada, WHERE))
})
afterEach(() => context.close())

/** What somebody would lose if the page were loaded again. */
async function leaveOpen(): Promise<() => Promise<void>> {
  await page.evaluate('window.scrollTo(0, 1200); window.draft = "not saved yet"')
  const documents: string[] = []
  page.on('framenavigated', (frame) => documents.push(frame.url()))
  return async () => {
    expect(await page.evaluate('[window.scrollY, window.draft]')).toEqual([1200, 'not saved yet'])
    expect(page.url()).toBe(harbor.at(WHERE))
    expect(documents).toEqual([])
  }
}

const cookie = async (name: string) =>
  (await context.cookies(harbor.at('/_guard/refresh'))).find((one) => one.name === name)

describe('a page left open past the life of its token', () => {
  it('keeps its session cookie in the browser for the longest session', async () => {
    const { expires = 0 } = (await cookie(COOKIE.session)) ?? {}
    const hours = (expires - harbor.stage.sandbox.clock.now() / 1000) / 3600
    // Chromium counts Max-Age on its own clock, which the sandbox does not move.
    const own = (expires - Date.now() / 1000) / 3600
    expect(Math.round(own)).toBe(12)
    expect(hours).toBeLessThanOrEqual(12)
  })

  it('goes on loading images', async () => {
    const asItWas = await leaveOpen()
    const before = await cookie(COOKIE.session)
    harbor.pass(16)
    expect(await picture(page, '/crew/berths.svg?late')).toBe(80)
    await asItWas()
    expect(harbor.tokenCalls()).toEqual(['refresh_token 200'])
    expect((await cookie(COOKIE.session))?.value).not.toBe(before?.value)
  })

  it('goes on fetching JSON, and each hour anew', async () => {
    const asItWas = await leaveOpen()
    for (const hour of [1, 2, 3]) {
      harbor.pass(60)
      const address = `/tally.json?hour=${hour}`
      expect(await fetched(page, address)).toEqual([200, harbor.at(address)])
    }
    await asItWas()
    expect(harbor.tokenCalls()).toEqual(Array(3).fill('refresh_token 200'))
  })

  it('lets ten requests at once through', async () => {
    const asItWas = await leaveOpen()
    harbor.pass(16)
    const addresses = Array.from({ length: 10 }, (_, index) => `/tally.json?at-once=${index}`)
    const answers = await Promise.all(addresses.map((address) => fetched(page, address)))
    expect(answers).toEqual(addresses.map((address) => [200, harbor.at(address)]))
    await asItWas()
    const calls = harbor.tokenCalls().length
    expect(await fetched(page, '/tally.json?after')).toEqual([200, harbor.at('/tally.json?after')])
    expect(harbor.tokenCalls()).toHaveLength(calls)
  })

  it('is renewed for a script that asks for it', async () => {
    harbor.pass(16)
    expect(await fetched(page, '/_guard/refresh')).toEqual([204, harbor.at('/_guard/refresh')])
    expect(await fetched(page, '/_guard/me')).toEqual([200, harbor.at('/_guard/me')])
  })

  it('follows a link without a form, query and all', async () => {
    harbor.pass(16)
    const redirects = redirectsOf(page)
    await page.getByRole('link', { name: 'Plan' }).click()
    await page.waitForURL(harbor.at('/crew/plan.html'))
    await page.goto(harbor.at('/docs/index.html?q=a%2Fb+c'))
    expect(page.url()).toBe(harbor.at('/docs/index.html?q=a%2Fb+c'))
    expect(redirects).toEqual(['302 /crew/plan.html', '303 /_guard/refresh', '303 /_guard/refresh'])
  })

  it('is out when the longest session is over, however often it was refreshed', async () => {
    for (let hours = 0; hours < 12; hours += 2) {
      expect(await picture(page, `/crew/berths.svg?hours=${hours}`)).toBe(80)
      harbor.pass(121)
    }
    expect(await picture(page, '/crew/berths.svg?too-late')).toBe('broken')
    expect((await fetched(page, '/tally.json?too-late'))[0]).toBe(401)
    await page.reload()
    await fillIn(page, PEOPLE.ada)
    await page.waitForURL(harbor.at(WHERE.replace(/#.*/, '')) + '*')
    expect(await picture(page, '/crew/berths.svg?again')).toBe(80)
  })
})

describe('without its refresh cookie, a page left open', () => {
  beforeEach(async () => {
    await context.clearCookies({ name: COOKIE.refresh })
    harbor.pass(16)
  })

  it('is told 401 where it asks for images and JSON, once each', async () => {
    const statuses: string[] = []
    page.on('response', (answer) => {
      statuses.push(`${answer.status()} ${new URL(answer.url()).pathname}`)
    })
    expect(await picture(page, '/crew/berths.svg?no-way')).toBe('broken')
    expect((await fetched(page, '/tally.json?no-way'))[0]).toBe(401)
    expect(statuses).toEqual([
      '302 /crew/berths.svg',
      '401 /_guard/refresh',
      '302 /tally.json',
      '401 /_guard/refresh',
    ])
    expect(harbor.tokenCalls()).toEqual([])
  })

  it('goes by Okta and comes back to the same address when it is loaded again', async () => {
    const redirects = redirectsOf(page)
    await page.reload()
    expect(page.url()).toBe(harbor.at(WHERE))
    expect(redirects.slice(0, 4)).toEqual([
      '302 /',
      '302 /_guard/refresh',
      '302 /_guard/login',
      '303 /oauth2/v1/authorize',
    ])
    expect(harbor.tokenCalls()).toEqual(['authorization_code 200'])
    expect(await picture(page, '/crew/berths.svg?again')).toBe(80)
  })

  it('asks for the password, and comes back, when Okta has forgotten the browser too', async () => {
    harbor.stage.sandbox.okta.endSessions(PEOPLE.ada.login)
    await page.reload()
    await fillIn(page, PEOPLE.ada)
    await page.waitForURL(harbor.at(WHERE))
  })
})
