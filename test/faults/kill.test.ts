import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { temporaryFolder } from '../helpers/cli.ts'
import { askAsStranger, GROUP, inconsistencies, startWorld } from './world.ts'

const BIN = path.resolve('bin/s3-okta-guard.js')

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startWorld()
})
afterAll(() => sandbox.close())

interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stderr: string
}

/** The built program as a process of its own, which can really be killed. */
async function run(
  argv: string[],
  cwd: string,
  killed: (kill: () => void) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...argv], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...sandbox.environment() },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  killed(() => child.kill('SIGKILL'))
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, stderr }
}

it.each(['CreateFunction', 'UpdateDistribution'])(
  'B29 takes over at once from a process that was killed at %s',
  async (operation) => {
    const site = sandbox.createSite()
    const cwd = await temporaryFolder()
    const argv = ['init', '--distribution', site.distributionId, '--group', GROUP, '--yes']
    let cancel: () => void = () => undefined
    const first = await run(argv, cwd, (kill) => {
      cancel = sandbox.aws.before(operation, kill)
    })
    cancel()
    expect(first.signal).toBe('SIGKILL')

    const second = await run(argv, cwd, () => undefined)
    expect(second.code, second.stderr).toBe(0)
    expect(await askAsStranger(site)).toBe('guarded')
    expect(inconsistencies(sandbox, site)).toEqual([])
  },
  60_000,
)
