import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { unzipSync } from 'fflate'
import type { EdgeVersion } from '../types.ts'
import { type Instance, type Outcome, startInstance } from './instance.ts'
import { RUNNER } from './runner.ts'

export interface Runtime {
  invoke(version: EdgeVersion, id: string, event: unknown): Promise<Outcome>
  /** Processes that have been started so far: cold starts. */
  readonly coldStarts: number
  close(): Promise<void>
}

interface Pool {
  idle: Instance[]
  busy: Set<Instance>
  waiting: ((instance: Instance) => void)[]
}

/** Two cores are enough for a page and what it loads at once; more wait in line. */
const MAX_INSTANCES = 3

async function unpack(folder: string, zip: Uint8Array): Promise<void> {
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    const file = resolve(folder, name)
    if (!file.startsWith(`${folder}/`)) throw new Error(`the zip leaves its folder: ${name}`)
    if (name.endsWith('/')) continue
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, bytes, { mode: 0o600 })
  }
}

/** Runs published versions, each in processes of its own, in a private folder that goes at `close`. */
export async function startRuntime(log: (line: string) => void): Promise<Runtime> {
  const root = await mkdtemp(join(tmpdir(), 's3-okta-guard-sandbox-'))
  await chmod(root, 0o700)
  const runner = join(root, 'runner.cjs')
  await writeFile(runner, RUNNER)
  // A package.json further up must not make modules of Lambda's CommonJS.
  await writeFile(join(root, 'package.json'), '{"type":"commonjs"}')
  const folders = new Map<string, Promise<string>>()
  const pools = new Map<string, Pool>()
  let coldStarts = 0
  let closed = false

  function folderOf(version: EdgeVersion): Promise<string> {
    const known = folders.get(version.arn)
    if (known) return known
    const folder = join(root, String(folders.size + 1))
    const ready = mkdir(folder)
      .then(() => unpack(folder, version.zip))
      .then(() => folder)
    folders.set(version.arn, ready)
    return ready
  }

  function poolOf(arn: string): Pool {
    const pool = pools.get(arn) ?? { idle: [], busy: new Set(), waiting: [] }
    pools.set(arn, pool)
    return pool
  }

  async function take(version: EdgeVersion): Promise<Instance> {
    const folder = await folderOf(version)
    const pool = poolOf(version.arn)
    for (let one = pool.idle.pop(); one; one = pool.idle.pop())
      if (one.alive) {
        pool.busy.add(one)
        return one
      }
    if (pool.busy.size >= MAX_INSTANCES) return new Promise((free) => pool.waiting.push(free))
    if (closed) throw new Error('the sandbox is closed')
    coldStarts += 1
    const made = startInstance(runner, folder, version, log)
    pool.busy.add(made)
    return made
  }

  function give(version: EdgeVersion, instance: Instance): void {
    const pool = poolOf(version.arn)
    const next = pool.waiting.shift()
    if (instance.alive) {
      if (next) return next(instance)
      pool.busy.delete(instance)
      pool.idle.push(instance)
      return
    }
    pool.busy.delete(instance)
    if (next) void take(version).then(next)
  }

  return {
    get coldStarts() {
      return coldStarts
    },
    async invoke(version, id, event) {
      const instance = await take(version)
      try {
        return await instance.invoke(id, event)
      } finally {
        give(version, instance)
      }
    },
    async close() {
      closed = true
      const all = [...pools.values()].flatMap((pool) => [...pool.idle, ...pool.busy])
      await Promise.all(all.map((instance) => instance.close()))
      await rm(root, { recursive: true, force: true })
    },
  }
}
