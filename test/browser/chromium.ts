import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
]

/** The system's Chromium; nothing is downloaded. */
export function launch(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  return chromium.launch({ executablePath, args: ARGS })
}

const results = new URL('../../test-results/', import.meta.url).pathname

/** For people to look at: `test-results/NAME.png`. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(results, { recursive: true })
  await page.screenshot({ path: `${results}${name}.png`, fullPage: true })
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface AxeResult {
  passes: { id: string }[]
  violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[]
}

/** No accessibility violation by axe-core, and axe really looked at the page. */
export async function expectAccessible(page: Page): Promise<void> {
  // By the debugger's way in: a page of the guard runs no script of its own.
  const session = await page.context().newCDPSession(page)
  const { readFileSync } = await import('node:fs')
  await session.send('Runtime.evaluate', { expression: readFileSync(axe, 'utf8') })
  const { result } = await session.send('Runtime.evaluate', {
    expression: 'axe.run().then((found) => JSON.stringify(found))',
    awaitPromise: true,
    returnByValue: true,
  })
  await session.detach()
  const found = JSON.parse(result.value as string) as AxeResult
  expect(found.passes.length).toBeGreaterThan(5)
  const violations = found.violations.map(({ id, nodes }) => [
    id,
    ...nodes.map((n) => n.failureSummary),
  ])
  expect(violations).toEqual([])
}

/** Nothing sticks out of a window of 320 CSS pixels. WCAG 2.2, 1.4.10. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const before = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 640 })
  const [content, window] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )
  expect(window).toBe(320)
  expect(content).toBeLessThanOrEqual(window)
  if (before) await page.setViewportSize(before)
}
