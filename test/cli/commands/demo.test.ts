import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { cli, temporaryFolder } from '../../helpers/cli.ts'
import { expectValid } from '../../helpers/schema.ts'

const BIN = path.resolve('bin/s3-okta-guard.js')

interface Running {
  child: ChildProcess
  /** stderr so far. */
  said(): string
  folder: string
  temp: string
}

/** The built demo as a process of its own, with a folder for temporary files that is its alone. */
async function startDemo(...argv: string[]): Promise<Running> {
  const folder = await temporaryFolder()
  const temp = path.join(folder, 'tmp')
  await mkdir(temp)
  const child = spawn(process.execPath, [BIN, 'demo', ...argv], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: temp },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, said: () => text, folder, temp }
}

async function untilSaid(demo: Running, words: string): Promise<void> {
  while (!demo.said().includes(words)) {
    if (demo.child.exitCode !== null) throw new Error(demo.said())
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** From /proc where there is one: not every machine with Node has `ps`. */
function childrenOf(pid: number): string[] {
  if (!existsSync('/proc/self/stat')) {
    const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    const rows = table.split('\n').map((line) => line.trim().split(/\s+/))
    return rows.filter(([, parent]) => parent === String(pid)).map(([child = '']) => child)
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === pid)
}

function parentOf(pid: string): number | undefined {
  try {
    // The command's name, in parentheses, may hold anything; the parent is the second field after it.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
  } catch {
    return undefined
  }
}

it('Ctrl-C ends the demo without an error, and no process, port or file is left', async () => {
  const demo = await startDemo()
  await untilSaid(demo, 'Ctrl-C stops it all')
  const addresses = [...demo.said().matchAll(/http:\/\/(?:localhost|127\.0\.0\.1):\d+/g)]
  const origins = [...new Set(addresses.map(([origin]) => origin))]
  expect(origins.length).toBeGreaterThanOrEqual(3)
  // A visitor has started the edge function.
  await fetch(`${origins[0] ?? ''}/`, { redirect: 'manual' })
  const children = childrenOf(demo.child.pid ?? 0)
  expect(children.length).toBeGreaterThan(0)
  expect(await readdir(demo.temp)).not.toEqual([])

  demo.child.kill('SIGINT')
  const [code] = (await once(demo.child, 'close')) as [number | null]
  expect(code, demo.said()).toBe(0)
  expect(await readdir(demo.temp)).toEqual([])
  expect(await readdir(demo.folder)).toEqual(['tmp'])
  for (const child of children) expect(() => process.kill(Number(child), 0)).toThrow('ESRCH')
  for (const origin of origins) await expect(fetch(origin)).rejects.toThrow('fetch failed')
}, 60_000)

it('shows a folder of the visitor, and says what of it is open before and after', async () => {
  const folder = await temporaryFolder()
  await writeFile(path.join(folder, 'index.html'), '<h1>Mine</h1>')
  const demo = await startDemo(folder)
  await untilSaid(demo, 'Ctrl-C stops it all')
  expect(demo.said()).toContain('GET / answers 200 to a stranger')
  expect(demo.said()).toContain('asks for Okta sign-in')
  demo.child.kill('SIGINT')
  await once(demo.child, 'close')
}, 60_000)

it('demo --check --json answers with one document', async () => {
  const run = await cli(['demo', '--check', '--json'])
  expect(run.exitCode, run.stderr).toBe(0)
  expectValid('demo', run.stdout)
  const { checks } = run.json.data as { checks: { ok: boolean }[] }
  expect(checks.map(({ ok }) => ok)).toEqual(Array(9).fill(true))
}, 60_000)

it.each([
  ['a folder that is not there', ['demo', './nowhere'], 'There is no folder'],
  ['a file in place of a folder', ['demo', 'package.json'], 'is not a folder'],
])('refuses %s', async (_what, argv, words) => {
  const run = await cli([...argv, '--json'], { cwd: path.resolve('.') })
  expect(run.exitCode).toBe(2)
  expect(run.json.error?.message).toContain(words)
})
