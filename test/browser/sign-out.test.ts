import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PEOPLE } from '../helpers/sandbox.ts'
import { COOKIE, type Harbor, signedIn, startHarbor } from './harbor.ts'

let harbor: Harbor
let context: BrowserContext
let page: Page

beforeAll(async () => {
  harbor = await startHarbor()
})
afterAll(() => harbor?.close())
beforeEach(async () => {
  ;({ context, page } = await signedIn(harbor, PEOPLE.ada))
})
afterEach(() => context?.close())

const calls = (): string[] =>
  harbor.stage.sandbox.operations.log
    .filter(({ operation }) => operation.includes('/oauth2/'))
    .map(({ operation, status }) => `${operation} ${status}`)

const guardCookies = async (): Promise<string[]> =>
  (await context.cookies([harbor.url, harbor.at('/_guard/refresh')]))
    .map(({ name }) => name)
    .filter((name) => /guard/.test(name))

describe('signing out', () => {
  it('revokes the refresh token, ends the session at Okta, and leaves no cookie', async () => {
    await page.getByRole('link', { name: 'Sign out' }).click()
    await page.waitForURL(harbor.at('/_guard/signed-out'))
    expect(calls()).toEqual(['POST /oauth2/v1/revoke 200'])
    expect(await guardCookies()).toEqual([])
    await page.getByRole('link', { name: 'Sign in again' }).click()
    await page.getByLabel('Password').waitFor()
  })

  it('leaves nothing that somebody who kept the cookies could refresh', async () => {
    const kept = await context.cookies([harbor.url, harbor.at('/_guard/refresh')])
    await page.getByRole('link', { name: 'Sign out' }).click()
    await page.waitForURL(harbor.at('/_guard/signed-out'))
    await context.addCookies(kept.filter(({ name }) => /guard/.test(name)))
    expect(await guardCookies()).toEqual(expect.arrayContaining(Object.values(COOKIE)))
    harbor.pass(16)
    await page.goto(harbor.at('/'))
    await page.getByLabel('Password').waitFor()
    expect(calls()).toEqual(['POST /oauth2/v1/revoke 200', 'POST /oauth2/v1/token 400'])
  })

  it('works from a page left open past the life of its token', async () => {
    harbor.pass(40)
    await page.getByRole('link', { name: 'Sign out' }).click()
    await page.waitForURL(harbor.at('/_guard/signed-out'))
    expect(calls()).toEqual(['POST /oauth2/v1/revoke 200'])
    expect(await guardCookies()).toEqual([])
  })

  it('closes the other tabs of the browser too', async () => {
    const other = await context.newPage()
    await other.goto(harbor.at('/docs/index.html'))
    await page.getByRole('link', { name: 'Sign out' }).click()
    await page.waitForURL(harbor.at('/_guard/signed-out'))
    await other.reload()
    await other.getByLabel('Password').waitFor()
  })
})

describe('another site that wants people signed out', () => {
  /** A page of another site, with this in it: `site2.localhost` is not `localhost`. */
  async function visit(body: string): Promise<void> {
    const files = { 'index.html': `<!doctype html><title>Elsewhere</title>${body}` }
    const elsewhere = harbor.stage.sandbox.createSite({ files, defaultRootObject: 'index.html' })
    await page.goto(`${elsewhere.url}/`)
  }
  const address = (): string => harbor.at('/_guard/logout')

  async function expectStillIn(): Promise<void> {
    expect(await guardCookies()).toEqual(expect.arrayContaining(Object.values(COOKIE)))
    expect(calls()).toEqual([])
    await page.goto(harbor.at('/'))
    await page.getByRole('heading', { name: 'Harbor' }).waitFor()
  }

  it('gets people to the page that asks them, by a link; who says yes is out', async () => {
    await visit(`<a href="${address()}">A kitten</a>`)
    await page.getByRole('link', { name: 'A kitten' }).click()
    await page.getByRole('heading', { name: 'Sign out?' }).waitFor()
    expect(calls()).toEqual([])
    await page.getByRole('link', { name: 'Sign out' }).click()
    await page.waitForURL(harbor.at('/_guard/signed-out'))
    expect(calls()).toEqual(['POST /oauth2/v1/revoke 200'])
    expect(await guardCookies()).toEqual([])
  })

  it.each([
    ['a script', (url: string) => `<script>location = '${url}'</script>`],
    [
      'a form',
      (url: string) => `<form action="${url}"></form><script>document.forms[0].submit()</script>`,
    ],
    ['a refresh', (url: string) => `<meta http-equiv="refresh" content="0;url=${url}">`],
  ])('gets no further by %s', async (_by, html) => {
    await visit(html(address()))
    await page.getByRole('heading', { name: 'Sign out?' }).waitFor()
    await expectStillIn()
  })

  it('gets nowhere by an image, a frame or a fetch', async () => {
    let ended = 0
    const count = (one: { url(): string }): void => {
      if (one.url() === address()) ended += 1
    }
    page.on('requestfinished', count)
    // What Chromium does not hand to the page: it has been asked for all the same.
    page.on('requestfailed', count)
    await visit(
      `<img alt="" src="${address()}"><iframe src="${address()}"></iframe><script>fetch('${address()}', { mode: 'no-cors', credentials: 'include' })</script>`,
    )
    await expect.poll(() => ended).toBe(3)
    await expectStillIn()
  })
})
