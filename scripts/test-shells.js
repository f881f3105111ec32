// `npm run test:shells`: finds bash, zsh and fish, or installs them where that is ours to do, and runs the suite.
import { spawnSync } from 'node:child_process'

const mayInstall = Boolean(process.env.CI) || process.getuid?.() === 0
let missing = missingShells()
if (missing.length > 0 && mayInstall) {
  process.stderr.write(`No ${missing.join(', no ')} here; installing with apt-get.\n`)
  apt('update')
  apt('install', '--yes', '--no-install-recommends', ...missing)
  missing = missingShells()
}
if (missing.length > 0) give()

const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.shells.config.ts'],
  { stdio: 'inherit' },
)
process.exitCode = status ?? 1

function missingShells() {
  return ['bash', 'zsh', 'fish'].filter(
    (shell) => spawnSync(shell, ['--version'], { stdio: 'ignore' }).status !== 0,
  )
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['--quiet', ...args], { stdio: ['ignore', 2, 2], env })
}

/** In CI a shell that cannot be had is a failure; on somebody's machine it is one suite not run. */
function give() {
  process.stderr.write(`The shells suite needs ${missing.join(' and ')}, which is not installed.\n`)
  const failed = process.env.CI ? 1 : 0
  process.stdout.write(`\n0 passed, ${failed} failed, ${1 - failed} skipped\n`)
  process.exit(failed)
}
