import type * as promises from 'node:fs/promises'
import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { cli, temporaryFolder, type CliRun } from '../helpers/cli.ts'
import { askAsStranger, GROUP, startWorld } from './world.ts'

/** What the file system does to the next files that are opened: nothing, or an error of this code. */
const disk = vi.hoisted(() => ({ plan: [] as { open?: string; write?: string }[] }))

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof promises>()
  const failure = (code: string): Error => Object.assign(new Error(code), { code })
  const open: typeof real.open = async (file, flags, mode) => {
    const { open: refused, write } =
      String(file).endsWith('.tmp') && flags === 'wx' ? (disk.plan.shift() ?? {}) : {}
    if (refused) throw failure(refused)
    const handle = await real.open(file, flags, mode)
    if (write) handle.writeFile = () => Promise.reject(failure(write))
    return handle
  }
  return { ...real, default: { ...real, open }, open }
})

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startWorld()
})
afterAll(() => sandbox.close())

function init(site: { distributionId: string }, cwd: string): Promise<CliRun> {
  const argv = ['init', '--distribution', site.distributionId, '--group', GROUP, '--yes', '--json']
  return cli(argv, { cwd, env: sandbox.environment() })
}

it.each(['ENOSPC', 'EACCES', 'EROFS'])('B61 %s is told before anything is called', async (code) => {
  const cwd = await temporaryFolder()
  const before = sandbox.operations.log.length
  disk.plan = [{ open: code }]
  const run = await init(sandbox.createSite(), cwd)
  expect(run.exitCode).toBe(2)
  expect(run.json.error?.code).toBe('config-unwritable')
  expect(sandbox.operations.log).toHaveLength(before)
  expect(await readdir(cwd)).toEqual([])
})

it.each([{ open: 'EACCES' }, { open: 'ENOSPC' }, { write: 'ENOSPC' }])(
  'B61 %j while init was at work leaves the guard in place, and the same command writes the file',
  async (later) => {
    const cwd = await temporaryFolder()
    const site = sandbox.createSite()
    disk.plan = [{}, later]
    const run = await init(site, cwd)
    expect(run.exitCode).toBe(1)
    expect(run.json.error).toMatchObject({
      code: 'config-not-written',
      message: expect.stringMatching(
        /^The guard is installed, but .* cannot be written: /,
      ) as string,
      next: [expect.stringMatching(/^s3-okta-guard init --distribution /) as string],
    })
    expect(await askAsStranger(site)).toBe('guarded')
    expect(await readdir(cwd)).toEqual([])

    const before = sandbox.operations.log.length
    const again = await init(site, cwd)
    expect(again.exitCode, again.stdout).toBe(0)
    expect(await readdir(cwd)).toEqual(['s3-okta-guard.json'])
    const calls = sandbox.operations.log.slice(before)
    expect(calls.filter(({ mutating }) => mutating)).toEqual([])
  },
)
