import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import type { FaultKind } from '../../src/sandbox/types.ts'
import { askAsStranger, endState, inconsistencies, init, mutationsOf, startWorld } from './world.ts'

const KINDS = ['crash-before', 'crash-after'] as const satisfies FaultKind[]

describe.each(KINDS)('B01 B02 init killed by %s at every mutating call', (kind) => {
  let sandbox: Sandbox

  beforeAll(async () => {
    sandbox = await startWorld()
  })
  afterAll(() => sandbox.close())

  it('ends in the state of an uninterrupted run, with nothing twice', async () => {
    const smooth = sandbox.createSite()
    const calls = await mutationsOf(sandbox, () => init(sandbox, smooth))
    const wanted = endState(sandbox, smooth)
    expect(calls).toBeGreaterThan(15)
    for (let call = 1; call <= calls; call++) {
      const where = `${kind} at mutating call ${call} of ${calls}`
      const site = sandbox.createSite()
      sandbox.operations.arm({ at: { mutation: call }, kind })
      const killed = await init(sandbox, site)
      expect(sandbox.operations.crashed, where).toBe(true)
      sandbox.operations.revive()
      expect(await askAsStranger(site), `${where}: the site is up`).toMatch(/open|guarded/)

      const again = await init(sandbox, site)
      expect(again.exitCode, `${where}: ${again.stdout}\nfirst: ${killed.stdout}`).toBe(0)
      expect(endState(sandbox, site), where).toEqual(wanted)
      expect(inconsistencies(sandbox, site), where).toEqual([])
      expect(await askAsStranger(site), where).toBe('guarded')
    }
  }, 240_000)
})

describe('B03 an answer to init is lost at every mutating call', () => {
  let sandbox: Sandbox

  beforeAll(async () => {
    sandbox = await startWorld()
  })
  afterAll(() => sandbox.close())

  it('goes on, or ends well when run again, and makes nothing twice', async () => {
    const smooth = sandbox.createSite()
    const calls = await mutationsOf(sandbox, () => init(sandbox, smooth))
    const wanted = endState(sandbox, smooth)
    for (let call = 1; call <= calls; call++) {
      const where = `answer lost at mutating call ${call} of ${calls}`
      const site = sandbox.createSite()
      sandbox.operations.arm({ at: { mutation: call }, kind: 'lost-answer' })
      const first = await init(sandbox, site)
      sandbox.operations.revive()
      const last = first.exitCode === 0 ? first : await init(sandbox, site)
      expect(last.exitCode, `${where}: ${last.stdout}\nfirst: ${first.stdout}`).toBe(0)
      expect(endState(sandbox, site), where).toEqual(wanted)
      expect(inconsistencies(sandbox, site), where).toEqual([])
      expect(await askAsStranger(site), where).toBe('guarded')
    }
  }, 240_000)
})
