import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// Runs the AWS contract against stock moto: `python3 -m moto.server`, installed where it is missing.

const MODULE = ['-m', 'moto.server']
const root = join(import.meta.dirname, '..')

/** A Python that has moto's server, from the machine or from a virtual environment of ours. */
function findPython() {
  if (hasMoto('python3')) return 'python3'
  const home = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const folder = join(home, 's3-okta-guard', 'moto')
  const python = join(folder, 'bin', 'python3')
  if (existsSync(python) && hasMoto(python)) return python
  console.error(`moto is not installed: installing it into ${folder}`)
  mkdirSync(folder, { recursive: true })
  mustRun('python3', ['-m', 'venv', folder])
  mustRun(python, ['-m', 'pip', 'install', '--quiet', 'moto[server]'])
  if (!hasMoto(python)) throw new Error('moto[server] was installed and does not start')
  return python
}

function hasMoto(python) {
  return spawnSync(python, [...MODULE, '--help'], { stdio: 'ignore' }).status === 0
}

function mustRun(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] })
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} failed (${error?.message ?? `exit ${status}`})`)
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

async function ready(url, server) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (server.exitCode !== null) throw new Error(`moto ended with exit ${server.exitCode}`)
    const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined)
    if (answer?.ok) return
    await sleep(100)
  }
  throw new Error('moto did not answer within 30 seconds')
}

function finished(child) {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)))
  })
}

async function main() {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const args = [...MODULE, '-H', '127.0.0.1', '-p', String(port)]
  const server = spawn(findPython(), args, { stdio: ['ignore', 'ignore', 'ignore'] })
  const children = [server]
  const stop = () => children.forEach((child) => child.kill('SIGKILL'))
  process.on('exit', stop)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))
  await ready(url, server)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const suite = spawn(
    process.execPath,
    [vitest, 'run', '--config', 'vitest.contract.config.ts', ...process.argv.slice(2)],
    { cwd: root, stdio: 'inherit', env: { ...process.env, GUARD_MOTO_URL: url } },
  )
  children.push(suite)
  const code = await finished(suite)
  stop()
  return code
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(`The contract with moto could not be run: ${error.message}`)
  console.log('\n0 passed, 1 failed, 0 skipped')
  process.exitCode = 1
}
