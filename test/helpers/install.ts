import dns from 'node:dns'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import type { ConfigFile } from '../../src/config/schema.ts'
import {
  startSandbox,
  type NewSite,
  type Sandbox,
  type SandboxOptions,
  type Site,
} from '../../src/sandbox/index.ts'
import type { InstallData, StatusData, TeardownData } from '../../src/ui/schemas/data.ts'
import { cli, type CliOptions, type CliRun } from './cli.ts'
import { sdkClients, type SdkClients } from './sandbox-aws.ts'
import { expectValid } from './schema.ts'

/** A site, and the folder with the file that `init` wrote for it. */
export interface Installed extends Site {
  cwd: string
}

/** A sandbox with two groups, and the command line in front of it. */
export interface Stage {
  sandbox: Sandbox
  /** Other hands than ours. */
  clients: SdkClients
  env: Record<string, string>
  /** Runs one command line in a folder of its own; every `--json` document is held to its schema. */
  run(argv: string[], options?: CliOptions): Promise<CliRun>
  /** A new site, guarded by `init`. */
  installed(site?: NewSite, argv?: string[]): Promise<Installed>
  /** Mutating calls since the log was cleared, as `CreateRole s3-okta-guard-E1`. */
  mutating(): string[]
  folder(): Promise<string>
  /** The app of a site, as the org holds it. */
  app(distribution: string): OktaAppRecord
  groupId(name: string): string
  close(): Promise<void>
}

export type OktaAppRecord = NonNullable<ReturnType<Sandbox['okta']['store']['apps']['get']>>

export async function startStage(options: SandboxOptions = {}): Promise<Stage> {
  const sandbox = await startSandbox(options)
  sandbox.okta.addGroup('Reports')
  sandbox.okta.addGroup('Crew')
  const root = await mkdtemp(path.join(tmpdir(), 's3-okta-guard-commands-'))
  const folder = (): Promise<string> => mkdtemp(path.join(root, 'run-'))
  const clients = sdkClients(sandbox.aws, sandbox.aws.credentials)
  const names = resolveHere()
  const env = { ...sandbox.environment(), AWS_CONFIG_FILE: '/dev/null' }
  const run: Stage['run'] = async (argv, given = {}) => {
    const cwd = given.cwd ?? (await folder())
    const ran = await cli(argv, { env, sleep: shortly, ...given, cwd })
    if (argv.includes('--json')) expectValid(argv[0] ?? '', ran.stdout)
    return ran
  }
  return {
    sandbox,
    clients,
    env,
    run,
    async installed(site, argv = []) {
      const made = sandbox.createSite(site)
      const cwd = await folder()
      const ran = await run(
        ['init', '--distribution', made.distributionId, '--group', 'Reports', '--yes', ...argv],
        { cwd },
      )
      expect(ran.exitCode, ran.stderr).toBe(0)
      return { ...made, cwd }
    },
    mutating: () =>
      sandbox.operations.log
        .filter(({ mutating }) => mutating)
        .map(({ operation, resource }) => `${operation} ${resource}`),
    folder,
    app(distribution) {
      const [found, ...others] = [...sandbox.okta.store.apps.values()].filter(
        (app) =>
          (app['profile'] as { distribution?: string } | undefined)?.distribution === distribution,
      )
      if (!found || others.length > 0) throw new Error(`${others.length + 1} apps or none`)
      return found
    },
    groupId(name) {
      const found = [...sandbox.okta.store.groups.values()].find((group) => group.name === name)
      if (!found) throw new Error(`no group ${name}`)
      return found.id
    },
    async close() {
      names()
      for (const client of Object.values<{ destroy(): void }>({ ...clients })) client.destroy()
      await sandbox.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** What a failure must say. */
export interface Refusal {
  exit: number
  code: string
  message: RegExp
  /** Somewhere in hint, next and details. */
  says?: (RegExp | string)[]
}

/** It must fail with exactly this, and change nothing. */
export async function expectRefusal(
  stage: Stage,
  argv: string[],
  refusal: Refusal,
  options: CliOptions = {},
): Promise<CliRun> {
  stage.sandbox.operations.clearLog()
  const run = await stage.run([...argv, '--json'], options)
  const { error } = run.json
  expect({ exit: run.exitCode, code: error?.code }, run.stdout).toEqual({
    exit: refusal.exit,
    code: refusal.code,
  })
  expect(error?.message).toMatch(refusal.message)
  const rest = [error?.hint, ...(error?.next ?? []), ...(error?.details ?? [])].join('\n')
  for (const words of refusal.says ?? []) expect(rest).toMatch(words)
  expect(rest.trim(), 'what to do next').not.toBe('')
  expect(stage.mutating(), 'nothing was changed').toEqual([])
  return run
}

export function installData(run: CliRun): InstallData {
  expect(run.json.error).toBeUndefined()
  return run.json.data as InstallData
}

export function statusData(run: CliRun): StatusData {
  expect(run.json.error).toBeUndefined()
  return run.json.data as StatusData
}

export function teardownData(run: CliRun): TeardownData {
  expect(run.json.error).toBeUndefined()
  return run.json.data as TeardownData
}

/** `create okta.app`, in order. */
export function stepsOf(data: InstallData | TeardownData): string[] {
  return data.plan.steps.map(({ action, id }) => `${action} ${id}`)
}

/** The plan without its bookkeeping in SSM, which follows from the rest. */
export function newsOf(data: InstallData | TeardownData): string[] {
  return stepsOf(data).filter((step) => !/ (manifest|settings|before|version-arn)\b/.test(step))
}

export async function editFile(cwd: string, edit: (file: ConfigFile) => ConfigFile): Promise<void> {
  const name = path.join(cwd, 's3-okta-guard.json')
  const file = JSON.parse(await readFile(name, 'utf8')) as ConfigFile
  await writeFile(name, JSON.stringify(edit(file), undefined, 2))
}

/** Long enough for others to come in, short enough for tests. */
function shortly(_ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    setTimeout(resolve, 2)
  })
}

/** Every name is this machine: `site2.localhost` (RFC 6761, section 6.3), and no test leaves it. */
function resolveHere(): () => void {
  const original = dns.lookup
  type Lookup = (name: string, ...rest: unknown[]) => void
  const lookup = original as unknown as Lookup
  dns.lookup = ((name: string, ...rest: unknown[]) => {
    lookup(isIP(name) === 0 ? '127.0.0.1' : name, ...rest)
  }) as unknown as typeof dns.lookup
  return () => {
    dns.lookup = original
  }
}
