import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { temporaryFolder } from '../helpers/cli.ts'
import { GROUP, inconsistencies, startWorld } from './world.ts'

const BIN = path.resolve('bin/s3-okta-guard.js')

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startWorld()
})
afterAll(() => sandbox.close())

/** A library that throws where nobody waits for it, as soon as SIGUSR2 says so. */
const THROWS = `data:text/javascript,${encodeURIComponent(`
  process.on('SIGUSR2', () => { THROW })
`)}`

const THROWN = `setImmediate(()=>{throw new Error('out%20of%20nowhere')})`

async function init(cwd: string, distributionId: string, thrown?: string) {
  const preload = thrown === undefined ? [] : ['--import', THROWS.replace('THROW', thrown)]
  const argv = ['init', '--distribution', distributionId, '--group', GROUP, '--yes', '--json']
  const child = spawn(process.execPath, [...preload, BIN, ...argv], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...sandbox.environment() },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, stdout, stderr }))
  return { child, stderr: () => stderr, ended }
}

describe('an error that nobody waits for', () => {
  it.each([
    ['thrown', THROWN],
    ['rejected', `Promise.reject(new Error('out%20of%20nowhere'))`],
  ])(
    '%s in the middle of a run ends it as any other: no stack, one document, and the next run goes on',
    async (_name, thrown) => {
      const site = sandbox.createSite()
      const cwd = await temporaryFolder()
      const run = await init(cwd, site.distributionId, thrown)
      const cancel = sandbox.aws.before('CreateFunction', async () => {
        run.child.kill('SIGUSR2')
        while (!run.stderr().includes('Stopping')) await new Promise((soon) => setTimeout(soon, 5))
      })
      const { code, stdout, stderr } = await run.ended
      cancel()
      expect(code).toBe(1)
      expect(stderr).not.toMatch(/\n\s+at .+:\d+:\d+/)
      expect(JSON.parse(stdout)).toMatchObject({
        ok: false,
        exitCode: 1,
        error: { code: 'internal', message: expect.stringContaining('out of nowhere') as string },
      })
      const again = await (await init(cwd, site.distributionId)).ended
      expect(again.code, again.stderr).toBe(0)
      expect(inconsistencies(sandbox, site)).toEqual([])
    },
  )

  it('ends a run whose call never comes back, too', async () => {
    const site = sandbox.createSite()
    const cwd = await temporaryFolder()
    const run = await init(cwd, site.distributionId, THROWN)
    const cancel = sandbox.aws.before('CreateFunction', async () => {
      run.child.kill('SIGUSR2')
      await run.ended
    })
    const { code, stdout } = await run.ended
    cancel()
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'internal' } })
  })
})
