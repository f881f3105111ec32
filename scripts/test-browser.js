// `npm run test:browser`: finds Chromium, or installs it where that is ours to do, and runs the suite.
import { spawnSync } from 'node:child_process'
import { findChromium, installChromium } from './lib/find-chromium.js'

const mayInstall = Boolean(process.env.CI) || process.getuid?.() === 0
let chromium = findChromium()
if (chromium === undefined && mayInstall) {
  process.stderr.write('No Chromium here; installing it with apt-get.\n')
  try {
    installChromium()
  } catch (error) {
    process.stderr.write(`Chromium could not be installed: ${error.message}\n`)
  }
  chromium = findChromium()
}
if (chromium === undefined) missing()

process.stderr.write(`Chromium: ${chromium}\n`)
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.browser.config.ts'],
  { stdio: 'inherit', env: { ...process.env, CHROMIUM_PATH: chromium } },
)
process.exitCode = status ?? 1

/** In CI a browser that cannot be had is a failure; on somebody's machine it is one suite not run. */
function missing() {
  process.stderr.write(
    'The browser suite needs Chromium. Install it, or set CHROMIUM_PATH to a Chromium or Chrome.\n',
  )
  const failed = process.env.CI ? 1 : 0
  process.stdout.write(`\n0 passed, ${failed} failed, ${1 - failed} skipped\n`)
  process.exit(failed)
}
