import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { namesOf } from '../../src/plan/names.ts'
import type { Sandbox, Site } from '../../src/sandbox/index.ts'
import { temporaryFolder } from '../helpers/cli.ts'
import { askAsStranger, GROUP, inconsistencies, startWorld } from './world.ts'

const BIN = path.resolve('bin/s3-okta-guard.js')

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startWorld()
})
afterAll(() => sandbox.close())

interface Started {
  interrupt(): void
  stderr(): string
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>
}

/** The built program as a process of its own, with a terminal's Ctrl-C. */
async function start(site: Site, ...more: string[]): Promise<Started> {
  const cwd = await temporaryFolder()
  const argv = ['init', '--distribution', site.distributionId, '--group', GROUP, '--yes', ...more]
  const child = spawn(process.execPath, [BIN, ...argv], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...sandbox.environment() },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return {
    interrupt: () => child.kill('SIGINT'),
    stderr: () => stderr,
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr })),
  }
}

function goOn(site: Site): string {
  return `s3-okta-guard init --distribution ${site.distributionId} --group ${GROUP} --yes`
}

function locks(site: Site): string[] {
  const { lock } = namesOf(site.distributionId)
  const names = sandbox.aws.parameters().map(({ name }) => name)
  return names.filter((name) => name.startsWith(lock))
}

async function finishes(site: Site): Promise<void> {
  const again = await (await start(site)).ended
  expect(again.code, again.stderr).toBe(0)
  expect(await askAsStranger(site)).toBe('guarded')
  expect(inconsistencies(sandbox, site)).toEqual([])
}

describe('Ctrl-C in the built program', () => {
  it.each(['CreateRole', 'CreateFunction', 'UpdateDistribution'])(
    'B06 once, while %s is under way: the call ends, and the rest waits for the next run',
    async (operation) => {
      const site = sandbox.createSite()
      const run = await start(site)
      const cancel = sandbox.aws.before(operation, async () => {
        run.interrupt()
        while (!run.stderr().includes('Stopping')) await new Promise((soon) => setTimeout(soon, 5))
      })
      const { code, stderr } = await run.ended
      cancel()
      expect(code, stderr).toBe(130)
      const status = sandbox.operations.log.findLast((one) => one.operation === operation)?.status
      expect(status).toBeLessThan(300)
      expect(stderr).toMatch(/Interrupted after \d+ of \d+ steps; what was done stays\./)
      expect(stderr).toMatch(/done: create \S/)
      expect(stderr).toContain(goOn(site))
      expect(stderr).not.toMatch(/\n\s+at .+:\d+:\d+/)
      expect(locks(site)).toEqual([])
      await finishes(site)
    },
    60_000,
  )

  it('B06 twice, while a call gets no answer: it leaves at once', async () => {
    const site = sandbox.createSite()
    sandbox.operations.arm({ at: { operation: 'CreateFunction', nth: 1 }, kind: 'hang' })
    const run = await start(site, '--json')
    const reached = new Promise<void>((resolve) => {
      sandbox.aws.before('CreateFunction', () => resolve())
    })
    await reached
    run.interrupt()
    while (!run.stderr().includes('Stopping')) await new Promise((soon) => setTimeout(soon, 5))
    run.interrupt()
    const { code, stdout } = await run.ended
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      exitCode: 130,
      error: { code: 'interrupted', next: [`${goOn(site)} --json`] },
    })
    // It did not wait for the call, and so it did not give the lock back.
    expect(locks(site)).toHaveLength(1)
    sandbox.operations.revive()
    await finishes(site)
  }, 60_000)
})
