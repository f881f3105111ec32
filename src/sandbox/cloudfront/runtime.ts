import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { unzipSync } from 'fflate'
import type { Clock, EdgeVersion } from '../types.ts'
import { type Instance, type Outcome, startInstance } from './instance.ts'
import { RUNNER } from './runner.ts'

export interface Runtime {
  /** At an edge location: none shares an instance with another. */
  invoke(edge: string, version: EdgeVersion, id: string, event: unknown): Promise<Outcome>
  /** Processes that have been started so far: cold starts. */
  readonly coldStarts: number
  close(): Promise<void>
}

/** The instances of one version at one edge location. */
interface Pool {
  version: EdgeVersion
  /** Where its code is. */
  code: string
  idle: Instance[]
  busy: Set<Instance>
  waiting: ((instance: Instance) => void)[]
}

/** Two cores are enough for a page and what it loads at once; more wait in line. */
const MAX_INSTANCES = 3

/** Over all edges and versions; Lambda ends idle instances when it likes, here the oldest goes. */
const MAX_IDLE = 8

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
export async function startRuntime(clock: Clock, log: (line: string) => void): Promise<Runtime> {
  const root = await mkdtemp(join(tmpdir(), 's3-okta-guard-sandbox-'))
  await chmod(root, 0o700)
  const runner = join(root, 'runner.cjs')
  await writeFile(runner, RUNNER)
  // A package.json further up must not make modules of Lambda's CommonJS.
  await writeFile(join(root, 'package.json'), '{"type":"commonjs"}')
  const folders = new Map<string, Promise<string>>()
  const pools = new Map<string, Pool>()
  /** The one that was used last comes last. */
  const idle = new Map<Instance, Pool>()
  let coldStarts = 0
  let closed = false

  function folderOf({ version, code }: Pool): Promise<string> {
    const known = folders.get(code)
    if (known) return known
    const folder = join(root, String(folders.size + 1))
    const ready = mkdir(folder)
      .then(() => unpack(folder, version.zip))
      .then(() => folder)
    folders.set(code, ready)
    return ready
  }

  /** The digest too: a function that was deleted and made again counts its versions from 1. */
  function poolOf(edge: string, version: EdgeVersion): Pool {
    const code = `${version.arn} ${createHash('sha256').update(version.zip).digest('base64url')}`
    const name = `${edge} ${code}`
    const pool = pools.get(name) ?? { version, code, idle: [], busy: new Set(), waiting: [] }
    pools.set(name, pool)
    return pool
  }

  async function take(pool: Pool): Promise<Instance> {
    const folder = await folderOf(pool)
    for (let one = pool.idle.pop(); one; one = pool.idle.pop()) {
      idle.delete(one)
      if (!one.alive) continue
      pool.busy.add(one)
      return one
    }
    if (pool.busy.size >= MAX_INSTANCES) return new Promise((free) => pool.waiting.push(free))
    if (closed) throw new Error('the sandbox is closed')
    coldStarts += 1
    const made = startInstance(runner, folder, pool.version, clock, log)
    pool.busy.add(made)
    return made
  }

  function give(pool: Pool, instance: Instance): void {
    const next = pool.waiting.shift()
    if (instance.alive) {
      if (next) return next(instance)
      pool.busy.delete(instance)
      pool.idle.push(instance)
      idle.set(instance, pool)
      if (idle.size > MAX_IDLE) endOldest()
      return
    }
    pool.busy.delete(instance)
    if (next) void take(pool).then(next)
  }

  function endOldest(): void {
    const [[instance, pool] = []] = idle
    if (!instance || !pool) return
    idle.delete(instance)
    pool.idle = pool.idle.filter((other) => other !== instance)
    void instance.close()
  }

  return {
    get coldStarts() {
      return coldStarts
    },
    async invoke(edge, version, id, event) {
      const pool = poolOf(edge, version)
      const instance = await take(pool)
      try {
        return await instance.invoke(id, event)
      } finally {
        give(pool, instance)
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
