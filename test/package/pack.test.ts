import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const run = promisify(execFile)

interface Packed {
  filename: string
  size: number
  files: { path: string; mode: number }[]
}

let folder: string
let home: string
let packed: Packed

/** Like a stranger's machine: no cache, no configuration of ours, and an unreachable registry. */
function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    npm_config_cache: path.join(home, 'cache'),
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
  }
}

function inFolder(command: string, ...args: string[]) {
  return run(command, args, { cwd: folder, env: environment(), maxBuffer: 1 << 24 })
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 's3-okta-guard-pack-'))
  home = path.join(folder, '.home')
  await mkdir(home)
  // `npm test` has just built dist/; building it again here would pull it from under other tests.
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const { stdout } = await run('npm', pack, { cwd: root, env: { ...environment() } })
  const [first] = JSON.parse(stdout) as Packed[]
  if (first === undefined) throw new Error(`npm pack said: ${stdout}`)
  packed = first
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }')
  await inFolder('npm', 'install', path.join(folder, packed.filename))
}, 120_000)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('the package as npm gives it to an operator', () => {
  test('is at most 2 MB', async () => {
    const { size } = await stat(path.join(folder, packed.filename))
    expect(size).toBeLessThanOrEqual(2 * 1024 * 1024)
  })

  test('holds what runs, what an operator copies and the notices, and nothing else', () => {
    const files = packed.files.map((file) => file.path)
    for (const needed of [
      ...['package.json', 'README.md', 'LICENSE', 'bin/s3-okta-guard.js', 'dist/cli.js'],
      ...['dist/edge/index.js', 'dist/edge/sign-in.js', 'dist/THIRD-PARTY-NOTICES.txt'],
    ]) {
      expect(files).toContain(needed)
    }
    for (const file of files) {
      expect(file).toMatch(
        /^(package\.json|(README|CHANGELOG)\.md|LICENSE|(bin|dist|templates|docs\/schemas)\/.+)$/,
      )
      expect(file).not.toMatch(/\.(map|ts|test\.js|tgz)$/)
    }
  })

  test('installs without a registry: every dependency is inside', async () => {
    const installed = await readdir(path.join(folder, 'node_modules'))
    expect(installed.filter((name) => !name.startsWith('.'))).toEqual(['s3-okta-guard'])
  })

  test('names the licence of every package whose code it carries', async () => {
    const notices = await readFile(
      path.join(folder, 'node_modules/s3-okta-guard/dist/THIRD-PARTY-NOTICES.txt'),
      'utf8',
    )
    for (const name of ['oauth4webapi', 'commander', '@aws-sdk/client-ssm', 'oidc-provider']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'))
    }
  })

  test('npx s3-okta-guard --help says what it can do', async () => {
    const { stdout, stderr } = await inFolder('npx', 's3-okta-guard', '--help')
    for (const command of ['init', 'apply', 'status', 'teardown', 'demo']) {
      expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, 'm'))
    }
    expect(stderr).toBe('')
  })

  test('npx s3-okta-guard demo --check installs, signs in and tears down', async () => {
    const { stderr } = await inFolder('npx', 's3-okta-guard', 'demo', '--check')
    expect(stderr).not.toMatch(/Warning|WARNING|deprecat/)
  }, 120_000)
})
