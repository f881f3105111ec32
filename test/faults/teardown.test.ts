import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox, Site } from '../../src/sandbox/index.ts'
import type { FaultKind } from '../../src/sandbox/types.ts'
import { askAsStranger, endState, init, mutationsOf, startWorld, teardown } from './world.ts'

const KINDS = ['crash-before', 'crash-after'] as const satisfies FaultKind[]

describe.each(KINDS)('B59 teardown killed by %s at every mutating call', (kind) => {
  let sandbox: Sandbox

  async function installed(): Promise<Site> {
    const site = sandbox.createSite()
    expect((await init(sandbox, site)).exitCode).toBe(0)
    return site
  }

  beforeAll(async () => {
    sandbox = await startWorld()
  })
  afterAll(() => sandbox.close())

  it('leaves nothing behind once it is run again', async () => {
    const smooth = await installed()
    const calls = await mutationsOf(sandbox, () => teardown(sandbox, smooth))
    const wanted = endState(sandbox, smooth)
    expect(calls).toBeGreaterThan(8)
    for (let call = 1; call <= calls; call++) {
      const where = `${kind} at mutating call ${call} of ${calls}`
      const site = await installed()
      sandbox.operations.arm({ at: { mutation: call }, kind })
      const killed = await teardown(sandbox, site)
      expect(sandbox.operations.crashed, where).toBe(true)
      sandbox.operations.revive()

      const again = await teardown(sandbox, site)
      expect(again.exitCode, `${where}: ${again.stdout}\nfirst: ${killed.stdout}`).toBe(0)
      expect(endState(sandbox, site), where).toEqual(wanted)
      expect(await askAsStranger(site), where).toBe('open')
    }
  }, 240_000)
})
