import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Sandbox, type Site, startSandbox } from '../../../src/sandbox/index.ts'
import { cli, type CliRun } from '../../helpers/cli.ts'
import { askAsStranger, GROUP } from '../world.ts'
import { readersOf } from './readers.ts'

export type Stranger = Awaited<ReturnType<typeof askAsStranger>>

/** One sandbox with one site, in time that only passes where the tool waits. */
export interface World {
  sandbox: Sandbox
  site: Site
  /** A folder of this scenario, as the operator's working directory. */
  folder(): string
  cli(argv: string[]): Promise<CliRun>
  /** What a stranger gets now. */
  ask(): Promise<Stranger>
  /** What is wrong for those who are signed in now. */
  askReaders(): Promise<string[]>
  /** From now on `begin` comes back to here. */
  keep(): void
  /** As it was when it was kept, in a new folder. */
  begin(): Promise<void>
  /** Every call that is under way runs into its deadline. */
  runOutOfTime(): void
  close(): Promise<void>
}

/** Whoever has minutes to wait looks less often here than it would. */
const LONG = 10_000

/** Long enough to be waited for, role and function more than once. */
const DELAYS = { deploy: 45, role: 80, lambda: 40 }

export async function startWorld(): Promise<World> {
  const start = Date.now()
  const sandbox = await startSandbox({ delays: DELAYS, clock: { now: () => start } })
  sandbox.okta.addGroup(GROUP)
  const site = sandbox.createSite()
  const root = await mkdtemp(path.join(tmpdir(), 's3-okta-guard-faults-'))
  const deadlines = new Set<AbortController>()
  const known = new Map<string, Stranger>()
  const readers = readersOf(sandbox, site)
  let restore = sandbox.snapshot()
  let folder = root
  let scenarios = 0

  const world: World = {
    sandbox,
    site,
    folder: () => folder,
    async cli(argv) {
      const real = Date.now
      // To the SDK another clock than AWS's is an error that may be gone in the next of its tries.
      Date.now = () => sandbox.clock.now()
      try {
        return await cli([...argv, '--json'], {
          cwd: folder,
          env: sandbox.environment(),
          now: () => sandbox.clock.now(),
          async sleep(milliseconds, signal) {
            await new Promise((resolve) => setImmediate(resolve))
            signal.throwIfAborted()
            sandbox.clock.advance(milliseconds < LONG ? milliseconds : milliseconds * 10)
          },
          deadline() {
            const controller = new AbortController()
            deadlines.add(controller)
            return controller.signal
          },
        })
      } finally {
        Date.now = real
      }
    },
    async ask() {
      const now = served(sandbox, site)
      const answer = known.get(now) ?? (await askAsStranger(site))
      known.set(now, answer)
      return answer
    },
    askReaders: () => readers.ask(),
    keep() {
      restore = sandbox.snapshot()
    },
    async begin() {
      sandbox.operations.revive()
      sandbox.operations.clearLog()
      deadlines.clear()
      restore()
      readers.begin()
      scenarios += 1
      folder = path.join(root, String(scenarios))
      await mkdir(folder)
    },
    runOutOfTime() {
      for (const controller of deadlines) {
        controller.abort(new DOMException('The operation timed out.', 'TimeoutError'))
      }
      deadlines.clear()
    },
    async close() {
      await sandbox.close()
      await rm(root, { recursive: true, force: true })
    },
  }
  return world
}

/** Everything that the answer to a stranger depends on: while it is the same, nobody has to ask. */
function served(sandbox: Sandbox, site: Site): string {
  const { edge } = sandbox.aws
  const distribution = edge.deployed(new URL(site.url).host)
  const arns = distribution?.behaviors.flatMap(({ viewerRequest }) => viewerRequest ?? []) ?? []
  const code = new Map(
    sandbox.aws
      .functions()
      .flatMap(({ versions }) => versions.map(({ arn, codeSha256 }) => [arn, codeSha256] as const)),
  )
  return JSON.stringify([distribution, arns.map((arn) => [arn, code.get(arn)])])
}
