import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** The browser to test with: `CHROMIUM_PATH`, or one that is installed; undefined when there is none. */
export function findChromium(env = process.env) {
  if (env.CHROMIUM_PATH) {
    if (!isExecutable(env.CHROMIUM_PATH)) {
      throw new Error(`CHROMIUM_PATH is ${env.CHROMIUM_PATH}, which cannot be run.`)
    }
    return env.CHROMIUM_PATH
  }
  const folders = ['/usr/bin', ...(env.PATH ?? '').split(path.delimiter).filter(Boolean)]
  const candidates = folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name)))
  return [...candidates, MAC].find(isExecutable)
}

/** Debian and Ubuntu, as root: a CI machine, or somebody's container. */
export function installChromium() {
  const run = (...args) => execFileSync('apt-get', args, { stdio: ['ignore', 2, 2] })
  run('update')
  run('install', '-y', '--no-install-recommends', 'chromium')
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
