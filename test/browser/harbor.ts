import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { ConfigFile } from '../../src/config/schema.ts'
import { editFile, startStage, type Installed, type Stage } from '../helpers/install.ts'
import { PEOPLE } from '../helpers/sandbox.ts'
import { launch } from './chromium.ts'

export const MINUTE = 60_000

export interface Person {
  login: string
  password: string
}

const html = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,"></head><body><h1>${title}</h1>${body}</body></html>`

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="80" height="80"><circle cx="4" cy="4" r="3"/></svg>'

/** Long enough to be scrolled, a corner for the crew, public assets, an app with its own routes. */
const FILES = {
  'index.html': html(
    'Harbor',
    `<a href="/crew/plan.html">Plan</a> <a href="/_guard/logout">Sign out</a><div style="height:4000px"></div>`,
  ),
  'crew/plan.html': html('Crew plan', '<img alt="Berths" src="/crew/berths.svg">'),
  'crew/berths.svg': PICTURE,
  'docs/index.html': html('Handbook', '<a href="tides/">Tides</a>'),
  'docs/tides/index.html': html('Tides', '<p>Twice a day.</p>'),
  'tally.json': '{"boats":23}',
  'assets/logo.svg': PICTURE,
  'robots.txt': 'User-agent: *\nDisallow: /\n',
  'app.html': html('App', '<p id="route"></p><script src="/assets/app.js"></script>'),
  'assets/app.js':
    "document.getElementById('route').textContent = location.pathname + location.search",
}

/** A site that `init` has guarded with the command line, a sandbox of its own around it, and Chromium. */
export interface Harbor extends Installed {
  stage: Stage
  browser: Browser
  at(path: string): string
  /** Time passes for Okta, AWS and the edge functions; Chromium's own clock stands. */
  pass(minutes: number): void
  /** Changes the operator's file and runs `apply`. */
  apply(change: Partial<ConfigFile>): Promise<void>
  /** `refresh_token 200`: what Okta's token endpoint was asked for since the log was cleared. */
  tokenCalls(): string[]
  close(): Promise<void>
}

export const CREW_ONLY = {
  public: ['/robots.txt', '/assets/*'],
  rules: [
    { paths: ['/crew/*'], allow: { groups: ['Crew'] } },
    { paths: ['/*'], allow: 'everyone' as const },
  ],
}

export async function startHarbor(settings: Partial<ConfigFile> = {}): Promise<Harbor> {
  const [stage, browser] = await Promise.all([startStage(), launch()])
  const close = async (): Promise<void> => {
    await Promise.all([stage.close(), browser.close()])
  }
  try {
    const { sandbox } = stage
    sandbox.okta.addUser({ ...PEOPLE.ada, groups: ['Reports', 'Crew'] })
    sandbox.okta.addUser({ ...PEOPLE.ben, groups: ['Reports', 'Crew'] })
    sandbox.okta.addUser(PEOPLE.eve)
    const site = sandbox.createSite({ files: FILES, defaultRootObject: 'index.html' })
    const cwd = await stage.folder()
    const file: ConfigFile = {
      version: 1,
      distribution: site.distributionId,
      hosts: [site.url],
      behaviors: 'all',
      okta: { orgUrl: sandbox.okta.url },
      allow: { groups: ['Reports'] },
      access: CREW_ONLY,
      ...settings,
    }
    await writeFile(path.join(cwd, 's3-okta-guard.json'), JSON.stringify(file))
    const run = async (argv: string[]): Promise<void> => {
      const ran = await stage.run(argv, { cwd, now: () => sandbox.clock.now() })
      expect(ran.exitCode, ran.stderr).toBe(0)
    }
    await run(['init', '--yes'])
    const appId = stage.app(site.distributionId).id
    sandbox.okta.setGroupsClaim(appId, { filter: { type: 'REGEX', value: 'Reports|Crew' } })
    return {
      ...site,
      cwd,
      stage,
      browser,
      at: (where) => site.url + where,
      pass: (minutes) => sandbox.clock.advance(minutes * MINUTE),
      async apply(change) {
        await editFile(cwd, (before) => ({ ...before, ...change }))
        await run(['apply', '--yes'])
      },
      tokenCalls: () =>
        sandbox.operations.log
          .filter(({ operation }) => operation === 'POST /oauth2/v1/token')
          .map(({ resource, status }) => `${resource} ${status}`),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Fills in Okta's form, wherever it is shown. */
export async function fillIn(page: Page, { login, password }: Person): Promise<void> {
  await page.getByLabel('Username').fill(login)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** A new browser in which somebody has opened a page, and has signed in for it. */
export async function signedIn(
  { browser, at, stage }: Harbor,
  who: Person,
  where = '/',
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext()
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  await page.goto(at(where))
  await fillIn(page, who)
  await page.waitForURL(at(where))
  stage.sandbox.operations.clearLog()
  return { context, page }
}

/** Loads a picture as a page does; its width, or what went wrong. */
export function picture(page: Page, address: string): Promise<number | string> {
  return page.evaluate<number | string>(`new Promise((resolve) => {
    const image = new Image()
    image.onload = () => resolve(image.naturalWidth)
    image.onerror = () => resolve('broken')
    image.src = ${JSON.stringify(address)}
  })`)
}

/** What a script of the page gets: status, and where it ended after redirects. */
export function fetched(page: Page, address: string): Promise<[status: number, url: string]> {
  return page.evaluate<[number, string]>(
    `fetch(${JSON.stringify(address)}, { headers: { accept: 'application/json' } }).then(async (answer) => [answer.status, answer.url])`,
  )
}

/** Statuses of the redirects of a page from now on, with their paths. */
export function redirectsOf(page: Page): string[] {
  const seen: string[] = []
  page.on('response', (response) => {
    if (response.status() >= 300 && response.status() < 400)
      seen.push(`${response.status()} ${new URL(response.url()).pathname}`)
  })
  return seen
}

export const COOKIE = { session: '__Host-guard', refresh: '__Secure-guard-refresh' } as const
