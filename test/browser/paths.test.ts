import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PEOPLE } from '../helpers/sandbox.ts'
import { fetched, fillIn, type Harbor, signedIn, startHarbor } from './harbor.ts'

let harbor: Harbor
let context: BrowserContext
let page: Page

beforeAll(async () => {
  harbor = await startHarbor({ site: { directoryIndex: 'index.html', singlePageApp: '/app.html' } })
})
afterAll(() => harbor?.close())

const forwarded = (): string[] => harbor.stage.sandbox.cloudfront.forwarded.map(({ uri }) => uri)

describe('a single-page app', () => {
  afterEach(() => context.close())

  it('shows the route of a deep link that was opened before signing in', async () => {
    const route = '/berths/4/tides?day=mon%2Ftue&x=a+b'
    ;({ context, page } = await signedIn(harbor, PEOPLE.ada, route))
    expect(await page.locator('#route').textContent()).toBe(route)
    expect(harbor.stage.sandbox.cloudfront.forwarded).toContainEqual(
      expect.objectContaining({ uri: '/app.html', querystring: route.split('?')[1] }),
    )
    await page.reload()
    expect(page.url()).toBe(harbor.at(route))
    expect(await page.locator('#route').textContent()).toBe(route)
  })

  it('keeps the fragment of a deep link where Okta asks for nothing', async () => {
    ;({ context, page } = await signedIn(harbor, PEOPLE.ada))
    await context.clearCookies({ name: /guard/ })
    await page.goto(harbor.at('/berths/4?x=1#tides'))
    expect(page.url()).toBe(harbor.at('/berths/4?x=1#tides'))
    expect(await page.locator('#route').textContent()).toBe('/berths/4?x=1')
  })

  it('asks for the rule of the route as well as for that of its file', async () => {
    harbor.stage.sandbox.okta.removeFromGroup(PEOPLE.ben.login, 'Crew')
    ;({ context, page } = await signedIn(harbor, PEOPLE.ben, '/berths/4'))
    expect(await page.locator('#route').textContent()).toBe('/berths/4')
    expect((await page.goto(harbor.at('/crew/rota')))?.status()).toBe(403)
  })
})

describe('a folder', () => {
  afterEach(() => context.close())

  it('shows its index, and its relative links work', async () => {
    ;({ context, page } = await signedIn(harbor, PEOPLE.ada, '/docs/?q=1'))
    await page.getByRole('heading', { name: 'Handbook' }).waitFor()
    await page.getByRole('link', { name: 'Tides' }).click()
    await page.waitForURL(harbor.at('/docs/tides/'))
    await page.getByText('Twice a day.').waitFor()
  })
})

describe('a stranger', () => {
  beforeAll(async () => {
    context = await harbor.browser.newContext()
    context.setDefaultTimeout(10_000)
  })
  beforeEach(async () => {
    await context.clearCookies()
    page = await context.newPage()
  })
  afterEach(() => page.close())

  it.each(['/robots.txt', '/robots.txt?x=1', '/assets/logo.svg', '/%61ssets/logo.svg'])(
    'reads %s, which is public',
    async (address) => {
      const answer = await page.goto(harbor.at(address))
      expect([answer?.status(), page.url()]).toEqual([200, harbor.at(address)])
      expect(await context.cookies()).toEqual([])
    },
  )

  it.each([
    '/',
    '/docs/',
    '/tally.json',
    '/crew/plan.html',
    '/berths/4',
    '/robots.txt/',
    '/ROBOTS.TXT',
    '/assets',
    '/Assets/logo.svg',
    '/assets/route',
    '//assets/logo.svg',
    '/assets//logo.svg',
    '/assets%2Flogo.svg',
    '/assets%5Clogo.svg',
    '/assets/..%2Ftally.json',
    '/assets/%252e%252e/tally.json',
    '/assets/..;/tally.json',
    '/assets/logo.svg;x=1',
    '/assets/../tally.json',
    '/assets/%2e%2e/tally.json',
    '/assets/.%2e/crew/berths.svg',
  ])('is asked to sign in for %s', async (address) => {
    const before = forwarded().length
    await page.goto(harbor.at(address), { waitUntil: 'commit' })
    await page.getByLabel('Password').waitFor()
    expect(forwarded().slice(before)).toEqual([])
  })

  it('is told 401 where a public page asks for more', async () => {
    await page.goto(harbor.at('/robots.txt'))
    expect((await fetched(page, '/assets/logo.svg'))[0]).toBe(200)
    expect((await fetched(page, '/tally.json'))[0]).toBe(401)
    expect((await fetched(page, '/assets/..%2Ftally.json'))[0]).toBe(401)
  })

  it('signs in at an address that is spelled oddly, and lands on it as it was', async () => {
    const address = '/assets/..%2Ftally.json?x=%2F..'
    await page.goto(harbor.at(address))
    await fillIn(page, PEOPLE.ada)
    await page.waitForURL(harbor.at(address))
  })
})
