import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PEOPLE } from '../helpers/sandbox.ts'
import {
  CREW_ONLY,
  fetched,
  type Harbor,
  picture,
  redirectsOf,
  signedIn,
  startHarbor,
} from './harbor.ts'

const DOCS_TOO = {
  public: CREW_ONLY.public,
  rules: [
    { paths: ['/docs/*', '/crew/*'], allow: { groups: ['Crew'] } },
    { paths: ['/*'], allow: 'everyone' as const },
  ],
}
const { ada, ben } = PEOPLE
let harbor: Harbor
let context: BrowserContext
let page: Page

beforeAll(async () => {
  harbor = await startHarbor()
  harbor.stage.sandbox.okta.removeFromGroup(ben.login, 'Crew')
})
afterAll(() => harbor?.close())
afterEach(() => context?.close())

/** Every other request goes to an edge location that may lag behind. */
function alternate(): void {
  let count = 0
  harbor.stage.sandbox.cloudfront.edgeFor = () => (count++ % 2 === 0 ? 'local' : 'far')
}

describe('a change of the rules while a page is open', () => {
  it('closes a path for an open session at once, and asks Okta alone', async () => {
    ;({ context, page } = await signedIn(harbor, ben))
    expect((await fetched(page, '/docs/index.html?before'))[0]).toBe(200)
    harbor.pass(2)
    await harbor.apply({ access: DOCS_TOO })
    harbor.stage.sandbox.operations.clearLog()
    expect((await fetched(page, '/docs/index.html?after'))[0]).toBe(403)
    expect((await fetched(page, '/tally.json?after'))[0]).toBe(200)
    expect((await page.goto(harbor.at('/docs/index.html')))?.status()).toBe(403)
    expect(await page.getByRole('main').textContent()).toContain(ben.login)
    expect(harbor.tokenCalls()).toEqual(['refresh_token 200'])
  })

  it('opens it again the same way', async () => {
    ;({ context, page } = await signedIn(harbor, ben))
    expect((await page.goto(harbor.at('/docs/index.html')))?.status()).toBe(403)
    harbor.pass(2)
    await harbor.apply({ access: CREW_ONLY })
    expect((await page.reload())?.status()).toBe(200)
    await page.getByRole('heading', { name: 'Handbook' }).waitFor()
  })

  it('sends nobody to and fro while an edge still has the version before', async () => {
    ;({ context, page } = await signedIn(harbor, ada))
    harbor.pass(2)
    const { cloudfront } = harbor.stage.sandbox
    cloudfront.hold('far')
    await harbor.apply({ access: DOCS_TOO })
    alternate()
    const redirects = redirectsOf(page)
    for (let minute = 0; minute < 3; minute += 1) {
      for (let request = 0; request < 5; request += 1) {
        const address = `/docs/index.html?request=${minute}.${request}`
        expect((await page.goto(harbor.at(address)))?.status()).toBe(200)
        expect(page.url()).toBe(harbor.at(address))
        expect(await picture(page, `/crew/berths.svg?request=${minute}.${request}`)).toBe(80)
      }
      // Once by the refresh, and by it again to see that the cookies were taken: the worst case is that it
      // meets the version before each time.
      expect(redirects.length).toBeLessThanOrEqual(3)
      expect(redirects.filter((one) => one.includes('/_guard/login'))).toEqual([])
      if (minute === 0) expect(redirects).toHaveLength(3)
      redirects.length = 0
      harbor.pass(1.1)
    }

    cloudfront.release('far')
    for (let request = 0; request < 4; request += 1)
      expect((await page.goto(harbor.at(`/docs/index.html?then=${request}`)))?.status()).toBe(200)
    expect(redirects.length).toBeLessThanOrEqual(3)
  })
})
