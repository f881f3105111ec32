import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { askAsStranger, endState, inconsistencies, init, startWorld } from './world.ts'

let sandbox: Sandbox
let wanted: unknown

beforeAll(async () => {
  sandbox = await startWorld()
})
afterAll(() => sandbox.close())

it.each([
  'POST /api/v1/apps',
  'CreateRole',
  'CreateFunction',
  'PublishVersion',
  'UpdateDistribution',
])(
  'B03 B25 B41 one run of init gets over a lost answer to %s, and makes nothing twice',
  async (operation) => {
    if (wanted === undefined) {
      const smooth = sandbox.createSite()
      await init(sandbox, smooth)
      wanted = endState(sandbox, smooth)
    }
    const site = sandbox.createSite()
    sandbox.operations.arm({ at: { operation, nth: 1 }, kind: 'lost-answer' })
    const run = await init(sandbox, site)
    sandbox.operations.revive()
    expect(run.exitCode, run.stdout).toBe(0)
    expect(endState(sandbox, site)).toEqual(wanted)
    expect(inconsistencies(sandbox, site)).toEqual([])
    expect(await askAsStranger(site)).toBe('guarded')
  },
)
